"""A sequence that attends to another, with several heads."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.cross_attend import CrossAttend
from specc.reference._attention import allowed_steps, multi_head, without_masked
from specc.reference._steps import Masks
from specc.reference.tape import Value


def cross_attend(
    op: CrossAttend,
    weights: Mapping[str, Value],
    masks: Masks,
    query: Value,
    memory: Value,
) -> Value:
    """y = [head_1, ..., head_n] W_o + b_o, queries of one, the rest of the other."""
    allowed = allowed_steps(query, memory, masks[1], op.causal)
    seen = without_masked(memory, masks[1])
    return multi_head(op, weights, query, seen, allowed)
