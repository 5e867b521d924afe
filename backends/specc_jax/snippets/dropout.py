"""Dropping at random while training."""

import jax
import jax.numpy as jnp


def training_key(training, rng):
    """The key to draw with while training, else None: nothing is drawn."""
    if not training:
        return None
    if rng is None:
        raise ValueError("training needs rng, a key such as jax.random.key(0)")
    return rng


def dropout(x, rate, rng, place):
    """Zero numbers at random and scale the others by 1 / (1 - rate)."""
    return x if rng is None else drop(x, rate, rng, place, x.shape)


def dropout_features(x, rate, rng, place):
    """Zero features at random, each for all steps or places, and scale the others."""
    shape = (x.shape[0], *[1] * (x.ndim - 2), x.shape[-1])
    return x if rng is None else drop(x, rate, rng, place, shape)


def drop(x, rate, rng, place, shape):
    """Draw what to zero; every place in the model has a stream of its own."""
    kept = jax.random.bernoulli(jax.random.fold_in(rng, place), 1 - rate, shape)
    return jnp.where(kept, x / (1 - rate), 0)
