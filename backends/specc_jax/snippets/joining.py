"""Sequences one after the other."""

import jax.numpy as jnp


def join_steps(parts, masks):
    """Begin each sequence where the one before ends in its row.  parts: [B, T, ...].

    A sequence ends after its last valid step; what was padding there comes last.
    """
    x = jnp.concatenate(parts, axis=1)
    ends = jnp.concatenate([after_the_end(mask) for mask in masks], axis=1)
    order = jnp.argsort(ends, axis=1, stable=True)
    return x[jnp.arange(x.shape[0])[:, None], order]


def after_the_end(mask):
    """Tell the steps that no valid one follows.  mask: [B, T] or [B, T, C]."""
    valid = mask.reshape(*mask.shape[:2], -1).any(axis=-1)
    return jnp.cumsum(valid[:, ::-1], axis=1)[:, ::-1] == 0
