"""Two vectors compared."""

import jax.numpy as jnp

from specc_jax.snippets.normalizing import normalize


def cosine(a, b):
    """Take the cosine of the angle over the last axis; 0 where one is all zeros."""
    return jnp.sum(normalize(a) * normalize(b), axis=-1)


def manhattan(a, b):
    """Take the l1 distance over the last axis."""
    difference = a - b
    # Not jnp.abs, whose slope at 0 is 1: equal numbers pass no gradient.
    return jnp.sum(difference * jnp.sign(difference), axis=-1)


def euclidean(a, b):
    """Take the l2 distance over the last axis; that of equal vectors is 1e-6."""
    square = jnp.sum(jnp.square(a - b), axis=-1)
    return jnp.sqrt(jnp.maximum(square, 1e-12))
