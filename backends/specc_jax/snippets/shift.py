"""Steps moved along time."""

import jax.numpy as jnp


def shift(x, steps):
    """Move every step later; zeros come in at the start.  x: [B, T, ...]."""
    before = [(0, 0), (steps, 0), *[(0, 0)] * (x.ndim - 2)]
    return jnp.pad(x, before)[:, : x.shape[1]]
