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


def dropout_mask(x, sizes, rate, rng, place):
    """What to multiply a state with at all steps: 0 or 1 / (1 - rate), drawn per row.

    Outside training it is 1.  x: anything whose first axis is the rows.
    """
    if rng is None:
        return 1
    shape = (x.shape[0], *sizes)
    return drop(jnp.ones_like(x, shape=shape), rate, rng, place, shape)


def dropout_weights(w, names, rate, rng, place, path=""):
    """Zero numbers of some weights at random, for the whole call, and scale the others.

    names: of those weights; one inside another cell has that one's name before its own.
    """
    if rng is None:
        return w
    key = jax.random.fold_in(rng, place) if not path else rng
    found = dict(w)
    for name, weight in w.items():
        if isinstance(weight, dict):
            inner = f"{path}{name}."
            found[name] = dropout_weights(weight, names, rate, key, place, inner)
        elif path + name in names:
            number = names.index(path + name)
            found[name] = drop(weight, rate, key, number, weight.shape)
    return found


def drop(x, rate, rng, place, shape):
    """Draw what to zero; every place in the model has a stream of its own."""
    kept = jax.random.bernoulli(jax.random.fold_in(rng, place), 1 - rate, shape)
    return jnp.where(kept, x / (1 - rate), 0)
