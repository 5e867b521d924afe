"""All steps to one value."""

import jax.numpy as jnp
from jax import lax


def mean_masked(x, mask):
    """Take the mean of the valid steps; 0 where none is valid.  x: [B, T, ...]."""
    count = jnp.sum(mask, axis=1)[:, None]
    return jnp.sum(x, axis=1, where=mask[..., None]) / jnp.maximum(count, 1)


def max_masked(x, mask):
    """Take the largest of the valid steps; 0 where none is valid.  x: [B, T, ...]."""
    y = max_of_any(jnp.where(mask[..., None], x, -jnp.inf))
    return jnp.where(jnp.any(mask, axis=1)[:, None], y, 0)


def first_masked(x, mask):
    """Take the first valid step; 0 where none is valid.  x: [B, T, ...]."""
    first = mask & (jnp.cumsum(mask, axis=1) == 1)
    return jnp.sum(x, axis=1, where=first[..., None])


def last_masked(x, mask):
    """Take the last valid step; 0 where none is valid.  x: [B, T, ...]."""
    last = mask & (jnp.cumsum(mask[:, ::-1], axis=1)[:, ::-1] == 1)
    return jnp.sum(x, axis=1, where=last[..., None])


def mean_of_any(x):
    """Take the mean over time; 0 where there is no step."""
    return jnp.sum(x, axis=1) / jnp.maximum(x.shape[1], 1)


def max_of_any(x):
    """Take the largest over time; 0 where there is no step."""
    one_more = [(0, 0), (0, 1), *[(0, 0)] * (x.ndim - 2)]
    y = largest(jnp.pad(x, one_more, constant_values=-jnp.inf))
    return jnp.where(jnp.greater(x.shape[1], 0), y, 0)


def largest(x):
    """Take the largest over time; equal ones share its gradient.  x: [B, T, ...].

    The largest is known by its place: `jnp.max` looks for what is equal to it, and XLA
    on a CPU may round x otherwise there, so that gradients are lost or not finite.
    """
    place = jnp.argmax(x, axis=1, keepdims=True)
    ties = x == jnp.take_along_axis(x, place, axis=1)
    ties |= lax.broadcasted_iota(place.dtype, x.shape, 1) == place
    share = ties / jnp.sum(ties, axis=1, keepdims=True, dtype=x.dtype)
    return jnp.sum(lax.stop_gradient(share) * x, axis=1, where=ties)


def first_of_any(x):
    """Take the first step; 0 where there is none."""
    return jnp.sum(x[:, :1], axis=1)


def last_of_any(x):
    """Take the last step; 0 where there is none."""
    return jnp.sum(x[:, -1:], axis=1)
