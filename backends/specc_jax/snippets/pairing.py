"""Every step of one sequence beside every step of another."""

import jax.numpy as jnp


def pair(h, u):
    """Lay both out over the steps of both.  h: [B, T, ...], u: [B, S, ...]."""
    steps = (*h.shape[:2], u.shape[1])
    h_laid_out = jnp.broadcast_to(h[:, :, None], steps + h.shape[2:])
    u_laid_out = jnp.broadcast_to(u[:, None], steps + u.shape[2:])
    return h_laid_out, u_laid_out
