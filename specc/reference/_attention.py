"""Weights over the steps of a memory, and their mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from specc.ops._attention import MultiHead
from specc.reference._steps import valid_steps
from specc.reference.arrays import concatenate, matmul, reshape, sum_over
from specc.reference.elementwise import cos, exp, sin, where
from specc.reference.tape import Flags, Value, constant


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


def near_steps(steps: int, window: int, causal: bool) -> Flags:
    """[T, T]: true where step s is at most `window` from t, or with `causal` nearer."""
    apart = np.abs(np.arange(steps)[:, None] - np.arange(steps))
    near: Flags = apart < window if causal else apart <= window
    return near


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
    place: Callable[[Value], Value] = lambda part: part,
    lower: Callable[[Value, int], Value] = lambda scores, head: scores,
) -> Value:
    """y = [head_1, ..., head_n] W_o + b_o.

    `place` is done to each q_i and k_i, and `lower` to their scores.
    """
    q, k, v = (
        _affine(x, weights, name)
        for x, name in ((query, "q"), (memory, "k"), (memory, "v"))
    )
    size = q.shape[-1] // op.heads
    divisor = 1.0 if op.scale == "none" else float(np.sqrt(size))
    heads = []
    for head in range(op.heads):
        own, shared = _numbers(head, size), _numbers(head // op.groups, size)
        scores = products(place(q[own]), place(k[shared])) / divisor
        heads.append(attention(lower(scores, head), allowed, v[shared]))
    return _affine(concatenate(heads, axis=-1), weights, "o")


def rotated(x: Value, base: float) -> Value:
    """The pair i, i + d / 2 of step t turned by t base^(-2i / d).  x: [B, T, d]."""
    steps, half = x.shape[1], x.shape[2] // 2
    rates = constant([base ** (-i / half) for i in range(half)], x.dtype)
    angles = Value(np.arange(steps).astype(x.dtype)[:, None] * rates.data)
    c, s = cos(angles), sin(angles)
    a, b = x[:, :, :half], x[:, :, half:]
    return concatenate([a * c - b * s, b * c + a * s], axis=-1)


def lowered(scores: Value, head: int, heads: int) -> Value:
    """score_ts - slope |t - s|, with the slope of a head.  scores: [B, T, T]."""
    steps = np.arange(scores.shape[1])
    apart = np.abs(steps[:, None] - steps).astype(scores.dtype)
    return scores - constant(_slope(head, heads) * apart, scores.dtype)


def _slope(head: int, heads: int) -> float:
    """2^(-8 i / p), i from 1, p the power of two below; beyond it, odd i of 2 p."""
    power = 1
    while 2 * power <= heads:
        power *= 2
    if head < power:
        return float(2 ** (-8 * (head + 1) / power))
    return float(2 ** (-8 * (2 * (head - power) + 1) / (2 * power)))


def _numbers(head: int, size: int) -> tuple[slice, slice, slice]:
    """The part of a head among the numbers of all."""
    return (slice(None), slice(None), slice(head * size, (head + 1) * size))


def _affine(x: Value, weights: Mapping[str, Value], name: str) -> Value:
    y = matmul(x, weights[f"W_{name}"])
    return y + weights[f"b_{name}"] if f"b_{name}" in weights else y
