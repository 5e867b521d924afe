"""Weights over the steps of a memory, and their mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops._attention import MultiHead
from specc.reference._steps import valid_steps
from specc.reference.arrays import concatenate, matmul, reshape, sum_over
from specc.reference.elementwise import exp, where
from specc.reference.tape import Flags, Value


def allowed_steps(
    query: Value, memory: Value, mask: Flags | None, causal: bool
) -> Flags:
    """[B, T, S]: true where step t may attend to step s."""
    (batch, steps), (_, length) = query.shape[:2], memory.shape[:2]
    allowed = np.ones((batch, steps, length), bool)
    if mask is not None:
        allowed &= mask[:, None, :]
    if causal:
        allowed &= np.arange(length) <= np.arange(steps)[:, None]
    return allowed


def without_masked(memory: Value, mask: Flags | None) -> Value:
    """The memory with masked steps read as zeros."""
    return memory if mask is None else where(valid_steps(mask, memory), memory, 0.0)


def products(queries: Value, keys: Value) -> Value:
    """score_ts = q_t k_s.  queries: [B, T, d]; keys: [B, S, d]; result [B, T, S]."""
    return sum_over(queries[:, :, None] * keys[:, None], axis=-1)


def attention(scores: Value, allowed: Flags, values: Value) -> Value:
    """y_t = sum_s a_ts v_s, a_t the softmax over the steps allowed; 0 without any.

    Taking the largest from every score changes nothing but the size of the powers.
    """
    known = where(allowed, scores, 0.0)
    largest = np.where(allowed, scores.data.real, -np.inf).max(
        axis=-1, keepdims=True, initial=-np.inf
    )
    powers = exp(known - np.where(np.isfinite(largest), largest, 0.0))
    powers = where(allowed, powers, 0.0)
    total = sum_over(powers, axis=-1, keep=True)
    weights = powers / where(total.data.real > 0, total, 1.0)
    return sum_over(reshape(weights, (*weights.shape, 1)) * values[:, None], axis=2)


def multi_head(
    op: MultiHead,
    weights: Mapping[str, Value],
    query: Value,
    memory: Value,
    allowed: Flags,
) -> Value:
    """y = [head_1, ..., head_n] W_o + b_o."""
    q, k, v = (
        _affine(x, weights, name)
        for x, name in ((query, "q"), (memory, "k"), (memory, "v"))
    )
    size = q.shape[-1] // op.heads
    heads = []
    for head in range(op.heads):
        part = (slice(None), slice(None), slice(head * size, (head + 1) * size))
        scores = products(q[part], k[part]) / np.sqrt(size)
        heads.append(attention(scores, allowed, v[part]))
    return _affine(concatenate(heads, axis=-1), weights, "o")


def _affine(x: Value, weights: Mapping[str, Value], name: str) -> Value:
    y = matmul(x, weights[f"W_{name}"])
    return y + weights[f"b_{name}"] if f"b_{name}" in weights else y
