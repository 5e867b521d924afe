"""Windows along time."""

import jax.numpy as jnp
from jax import lax


def maxpool(x, size, stride, padding):
    """Take the largest of each window along time.  x: [B, T, features]."""
    return lax.reduce_window(
        x, -jnp.inf, lax.max, (1, size, 1), (1, stride, 1), padding
    )


def maxpool_masked(x, mask, size, stride, padding):
    """Take the largest valid step of each window; 0 where none is valid."""
    y = maxpool(jnp.where(mask[..., None], x, -jnp.inf), size, stride, padding)
    return jnp.where(jnp.isneginf(y), 0, y)


def avgpool(x, size, stride):
    """Take the mean of each window along time.  x: [B, T, features]."""
    return window_sum(x, size, stride, "VALID") / size


def avgpool_same(x, size, stride):
    """Take the mean of each window along time, padding left out."""
    count = window_sum(jnp.ones_like(x), size, stride, "SAME")
    return window_sum(x, size, stride, "SAME") / count


def avgpool_masked(x, mask, size, stride, padding):
    """Take the mean of the valid steps of each window; 0 where none is valid."""
    valid = mask[..., None]
    total = window_sum(jnp.where(valid, x, 0), size, stride, padding)
    count = window_sum(valid.astype(x.dtype), size, stride, padding)
    return total / jnp.maximum(count, 1)


def window_sum(x, size, stride, padding):
    """Sum each window along time."""
    return lax.reduce_window(x, 0.0, lax.add, (1, size, 1), (1, stride, 1), padding)
