"""Attention: weights over the steps of a memory."""

import jax
import jax.numpy as jnp


def self_heads(w, x, heads):
    """Make queries, keys and values [B, heads, T, size] of a sequence [B, T, in]."""
    return cross_heads(w, x, x, heads)


def self_heads_unbiased(w, x, heads):
    """Make queries, keys and values [B, heads, T, size] of a sequence [B, T, in]."""
    return cross_heads_unbiased(w, x, x, heads)


def cross_heads(w, query, memory, heads):
    """Make queries [B, heads, T, size], keys and values [B, heads, S, size]."""
    return (
        split_heads(query @ w["W_q"] + w["b_q"], heads),
        split_heads(memory @ w["W_k"] + w["b_k"], heads),
        split_heads(memory @ w["W_v"] + w["b_v"], heads),
    )


def cross_heads_unbiased(w, query, memory, heads):
    """Make queries [B, heads, T, size], keys and values [B, heads, S, size]."""
    return (
        split_heads(query @ w["W_q"], heads),
        split_heads(memory @ w["W_k"], heads),
        split_heads(memory @ w["W_v"], heads),
    )


def split_heads(x, heads):
    """Give each head its part: [B, T, heads size] to [B, heads, T, size]."""
    parts = x.reshape(*x.shape[:2], heads, x.shape[2] // heads)
    return jnp.swapaxes(parts, 1, 2)


def merge_heads(w, y):
    """Map the heads together: [y_1, ..., y_n] W_o + b_o.  y: [B, heads, T, size]."""
    return merge_heads_unbiased(w, y) + w["b_o"]


def merge_heads_unbiased(w, y):
    """Map the heads together: [y_1, ..., y_n] W_o.  y: [B, heads, T, size]."""
    batch, heads, steps, size = y.shape
    return jnp.swapaxes(y, 1, 2).reshape(batch, steps, heads * size) @ w["W_o"]


def scaled_scores(queries, keys):
    """Score every key for every query: q k / sqrt(size)."""
    return plain_scores(queries, keys) / keys.shape[-1] ** 0.5


def plain_scores(queries, keys):
    """Score every key for every query: q k.  [..., T, size] and [..., S, size]."""
    return queries @ jnp.swapaxes(keys, -1, -2)


def additive_scores(w, query, keys):
    """Score every key for every query: v tanh(q W_q + k + b)."""
    q = (query @ w["W_q"])[:, :, None]
    return jnp.tanh(q + keys[:, None] + w["b"]) @ w["v"]


def additive_scores_unbiased(w, query, keys):
    """Score every key for every query: v tanh(q W_q + k)."""
    q = (query @ w["W_q"])[:, :, None]
    return jnp.tanh(q + keys[:, None]) @ w["v"]


def causal_softmax(scores):
    """Weigh the steps up to t for step t.  scores: [..., T, T]."""
    return softmax_where(scores, up_to_now(scores))


def masked_softmax(scores, mask):
    """Weigh the steps that count.  scores: [B, ..., T, S]; mask: [B, S]."""
    return softmax_where(scores, for_queries(mask, scores))


def causal_masked_softmax(scores, mask):
    """Weigh the steps up to t that count.  scores: [B, ..., T, T]; mask: [B, T]."""
    return softmax_where(scores, for_queries(mask, scores) & up_to_now(scores))


def up_to_now(scores):
    """Allow each step itself and those before it."""
    steps, length = scores.shape[-2:]
    return jnp.tri(steps, length, dtype=bool)


def for_queries(mask, scores):
    """Give a mask [B, S] the axes of scores [B, ..., T, S]."""
    return jnp.expand_dims(mask, tuple(range(1, scores.ndim - 1)))


def softmax_where(scores, allowed, axis=-1):
    """Take the softmax over the steps allowed; all zeros where none is."""
    lowest = jnp.finfo(scores.dtype).min
    weights = jax.nn.softmax(jnp.where(allowed, scores, lowest), axis)
    return jnp.where(allowed, weights, 0)


def log_softmax_where(scores, allowed, axis=-1):
    """Take the logarithm of the softmax over the steps allowed; 0 at all others."""
    lowest = jnp.finfo(scores.dtype).min
    weights = jax.nn.log_softmax(jnp.where(allowed, scores, lowest), axis)
    return jnp.where(allowed, weights, 0)
