"""The mean of a memory's steps, weighted by how well they fit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.ops.attend import Attend
from specc.reference._attention import (
    allowed_steps,
    attention,
    products,
    without_masked,
)
from specc.reference._steps import Masks
from specc.reference.arrays import matmul, sum_over
from specc.reference.elementwise import tanh
from specc.reference.tape import Value


def attend(
    op: Attend,
    weights: Mapping[str, Value],
    masks: Masks,
    query: Value,
    *memories: Value,
) -> Value:
    """y_t = sum_s a_ts value_s, a_t = softmax over s of score(query_t, key_s)."""
    if query.ndim == 2:
        return attend(op, weights, masks, query[:, None], *memories)[:, 0]
    seen = []
    allowed = allowed_steps(query, memories[0], None, op.causal)
    for memory, mask in zip(memories, masks[1:], strict=True):
        allowed &= allowed_steps(query, memory, mask, causal=False)
        seen.append(without_masked(memory, mask))
    return attention(_scores(op, weights, query, seen[0]), allowed, seen[-1])


def _scores(
    op: Attend, weights: Mapping[str, Value], query: Value, memory: Value
) -> Value:
    """q k / sqrt(size), q W k, or v tanh(q W_q + k W_m + b)."""
    if op.scoring == "general":
        return products(matmul(query, weights["W"]), memory)
    if op.scoring == "dot":
        size = 1.0 if op.scale == "none" else float(np.sqrt(memory.shape[-1]))
        return products(query, memory) / size
    q, k = matmul(query, weights["W_q"]), matmul(memory, weights["W_m"])
    inner = q[:, :, None] + k[:, None]
    if "b" in weights:
        inner = inner + weights["b"]
    return sum_over(weights["v"] * tanh(inner), axis=-1)
