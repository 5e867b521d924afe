"""Ids to vectors that are 1 in one place."""

import jax
import jax.numpy as jnp


def one_hot(ids, count):
    """Put a 1 at the place of the id; an id that is not below count gives NaN."""
    known = (ids >= 0) & (ids < count)
    return jnp.where(known[..., None], jax.nn.one_hot(ids, count), jnp.nan)
