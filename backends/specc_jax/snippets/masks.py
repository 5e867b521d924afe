"""What masks do outside of layers of their own."""

import jax.numpy as jnp
from jax import lax


def zero_masked(x, mask):
    """Zero the steps that do not count.  x: [B, T, ...]; mask: [B, T]."""
    return jnp.where(mask[..., None], x, 0)


def all_in_window(mask, size, stride):
    """A window of steps counts where all of them do."""
    return lax.reduce_window(
        mask, True, lax.bitwise_and, (1, size), (1, stride), "VALID"
    )
