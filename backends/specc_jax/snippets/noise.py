"""Noise while training."""

import jax


def noise(x, stddev, rng, place):
    """Add normal numbers; every place in the model has a stream of its own."""
    if rng is None:
        return x
    key = jax.random.fold_in(rng, place)
    return x + stddev * jax.random.normal(key, x.shape, x.dtype)
