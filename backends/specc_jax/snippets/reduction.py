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
    return jnp.where(jnp.greater(x.shape[1], 0), largest_of_any(x, 1), 0)


def largest_of_any(x, axis):
    """Take the largest along an axis; minus infinity where it is empty."""
    one_more = [(0, int(place == axis)) for place in range(x.ndim)]
    return largest(jnp.pad(x, one_more, constant_values=-jnp.inf), axis)


def largest(x, axis=1):
    """Take the largest over time, or an axis; equal ones share its gradient.

    The largest is known by its place: `jnp.max` looks for what is equal to it, and XLA
    on a CPU may round x otherwise there, so that gradients are lost or not finite.
    """
    place = jnp.argmax(x, axis, keepdims=True)
    ties = x == jnp.take_along_axis(x, place, axis)
    ties |= lax.broadcasted_iota(place.dtype, x.shape, axis) == place
    share = ties / jnp.sum(ties, axis, keepdims=True, dtype=x.dtype)
    return jnp.sum(lax.stop_gradient(share) * x, axis, where=ties)


def first_of_any(x):
    """Take the first step; 0 where there is none."""
    return jnp.sum(x[:, :1], axis=1)


def last_of_any(x):
    """Take the last step; 0 where there is none."""
    return jnp.sum(x[:, -1:], axis=1)


def mean_where(x, counts, axis):
    """Take the mean of what counts along an axis; 0 where nothing does."""
    total = jnp.sum(x, axis, where=counts)
    return total / jnp.maximum(jnp.sum(counts, axis), 1)


def max_where(x, counts, axis):
    """Take the largest of what counts along an axis; 0 where nothing does."""
    y = largest_of_any(jnp.where(counts, x, -jnp.inf), axis)
    return jnp.where(jnp.any(counts, axis), y, 0)


def mean_along(x, axis):
    """Take the mean along an axis; 0 where it is empty."""
    return jnp.sum(x, axis) / jnp.maximum(x.shape[axis], 1)


def max_along(x, axis):
    """Take the largest along an axis; 0 where it is empty."""
    y = largest_of_any(x, axis)
    return jnp.where(jnp.greater(x.shape[axis], 0), y, 0)
