"""All steps to one value."""

import jax.numpy as jnp


def mean_masked(x, mask):
    """Take the mean of the valid steps; 0 where none is valid.  x: [B, T, ...]."""
    count = jnp.sum(mask, axis=1)[:, None]
    return jnp.sum(x, axis=1, where=mask[..., None]) / jnp.maximum(count, 1)


def max_masked(x, mask):
    """Take the largest of the valid steps; 0 where none is valid.  x: [B, T, ...]."""
    y = jnp.max(x, axis=1, where=mask[..., None], initial=-jnp.inf)
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
    y = jnp.max(x, axis=1, initial=-jnp.inf)
    return jnp.where(jnp.greater(x.shape[1], 0), y, 0)


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
    y = jnp.max(x, axis, where=counts, initial=-jnp.inf)
    return jnp.where(jnp.any(counts, axis), y, 0)


def mean_along(x, axis):
    """Take the mean along an axis; 0 where it is empty."""
    return jnp.sum(x, axis) / jnp.maximum(x.shape[axis], 1)


def max_along(x, axis):
    """Take the largest along an axis; 0 where it is empty."""
    y = jnp.max(x, axis, initial=-jnp.inf)
    return jnp.where(jnp.greater(x.shape[axis], 0), y, 0)
