"""Vectors for the places of a sequence."""

import jax.numpy as jnp
import numpy as np

from specc_jax.snippets.embed import embed


def learned_positions(w, x):
    """Look steps up; one beyond the table gives NaN.  x: [B, T, ...]."""
    rows = embed(w, jnp.arange(x.shape[1]))
    return jnp.broadcast_to(rows, (*x.shape[:2], rows.shape[1]))


def sinusoidal_positions(x, dim):
    """Give step t sin(r t), cos(r t) for dim / 2 rates r.  x: [B, T, ...]."""
    rates = 10000.0 ** (-np.arange(0, dim, 2) / dim)
    angles = jnp.arange(x.shape[1], dtype=float)[:, None] * rates
    waves = jnp.stack([jnp.sin(angles), jnp.cos(angles)], axis=-1)
    return jnp.broadcast_to(waves.reshape(-1, dim), (*x.shape[:2], dim))
