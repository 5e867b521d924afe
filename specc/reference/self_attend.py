"""A sequence that attends to itself, with several heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from specc.ops.self_attend import SelfAttend
from specc.reference._attention import (
    allowed_steps,
    lowered,
    multi_head,
    near_steps,
    rotated,
    without_masked,
)
from specc.reference._steps import Masks
from specc.reference.tape import Value


def self_attend(
    op: SelfAttend, weights: Mapping[str, Value], masks: Masks, x: Value
) -> Value:
    """y = [head_1, ..., head_n] W_o + b_o, all of x itself."""
    allowed = allowed_steps(x, x, masks[0], op.causal)
    if op.window is not None:
        allowed &= near_steps(x.shape[1], op.window, op.causal)
    seen = without_masked(x, masks[0])
    own: dict[str, Callable[..., Value]] = {}
    if op.rotary:
        own["place"] = partial(rotated, base=op.rotary_base)
    if op.alibi:
        own["lower"] = partial(lowered, heads=op.heads)
    return multi_head(op, weights, seen, seen, allowed, **own)
