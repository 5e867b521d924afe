"""Ids to vectors."""

import jax.numpy as jnp


def embed(w, ids):
    """Look ids up; an id outside the table gives NaN.  table: [vocabulary, dim]."""
    rows = w["table"].at[ids]
    return rows.get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)
