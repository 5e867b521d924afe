"""A sequence that attends to itself, with several heads."""

from __future__ import annotations

from collections.abc import Mapping

from specc.ops.self_attend import SelfAttend
from specc.reference._attention import allowed_steps, multi_head, without_masked
from specc.reference._steps import Masks
from specc.reference.tape import Value


def self_attend(
    op: SelfAttend, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = [head_1, ..., head_n] W_o + b_o, all of x itself."""
    allowed = allowed_steps(x, x, masks[0], op.causal)
    seen = without_masked(x, masks[0])
    return multi_head(op, weights, seen, seen, allowed)
