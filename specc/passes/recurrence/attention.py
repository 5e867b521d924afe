"""Attention inside a cell, as the operations it is made of.

What depends on the memory alone, such as its keys, is a value of its own: where no step
changes the memory, it is computed once, before the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.ir.graph import Node
from specc.ops.attend import Attend
from specc.ops.both import Both
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.ops import Contraction, Unmasked, Weighing


def open_attention(
    growing: Growing,
    node: Node,
    inputs: Sequence[int],
    masks: Sequence[int | None],
    weights: Mapping[str, int],
    changing: bool,
) -> int:
    """What one query finds; `changing`: whether steps change what it looks at."""
    query, *memories = inputs
    seen = []
    for memory, mask in zip(memories, masks[1:], strict=True):
        if mask is not None:
            memory = growing.add(Unmasked(), memory, mask, local="seen")
        seen.append(memory)
    scores = _scores(growing, node, query, seen[0], weights, changing)
    growing.label(scores, "scores")
    counting = _common(growing, [mask for mask in masks[1:] if mask is not None])
    shares = growing.add(Weighing(), scores, *counting, local="shares")
    return growing.add(Contraction("s,sm->m"), shares, seen[-1], local=node.local)


def _common(growing: Growing, masks: list[int]) -> list[int]:
    """The mask of steps that count in all, where there is any."""
    if len(set(masks)) < 2:
        return masks[:1]
    return [growing.add(Both(), *masks, local="counting")]


def _scores(
    growing: Growing,
    node: Node,
    query: int,
    keys: int,
    weights: Mapping[str, int],
    changing: bool,
) -> int:
    """q k / sqrt(size), q W k, or v tanh(q W_q + k W_m + b)."""
    assert isinstance(node.op, Attend)
    match node.op.scoring:
        case "dot":
            scores = growing.add(Contraction("m,sm->s"), query, keys)
            if node.op.scale == "none":
                return scores
            size = growing.type(keys).last.at({})
            return growing.arithmetic("/", scores, growing.number(size**0.5))
        case "general" if changing:
            query = growing.add(Contraction("q,qm->m"), query, weights["W"], local="q")
            return growing.add(Contraction("m,sm->s"), query, keys)
        case "general":
            mapped = Contraction("sm,qm->sq")
            keys = growing.add(mapped, keys, weights["W"], local="keys")
            return growing.add(Contraction("q,sq->s"), query, keys)
        case "additive":
            q = growing.add(Contraction("q,qu->u"), query, weights["W_q"], local="q")
            keys = growing.add(Contraction("sm,mu->su"), keys, weights["W_m"])
            if "b" in weights:
                keys = growing.arithmetic("+", keys, weights["b"])
            growing.label(keys, "keys")
            inner = growing.arithmetic("+", q, keys)
            inner = growing.function("tanh", inner, local="inner")
            return growing.add(Contraction("su,u->s"), inner, weights["v"])
