"""Steps in reverse order."""

import jax.numpy as jnp


def reverse_masked(x, mask):
    """Reverse the valid steps among themselves; the others stay.  x: [B, T, ...]."""
    valid_first = jnp.argsort(~mask, axis=1, stable=True)
    count = jnp.cumsum(mask, axis=1)
    from_end = jnp.take_along_axis(valid_first, count[:, -1:] - count, axis=1)
    places = jnp.where(mask, from_end, jnp.arange(x.shape[1]))
    return x[jnp.arange(x.shape[0])[:, None], places]
