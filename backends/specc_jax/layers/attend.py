"""`attend`: the mean of a memory's steps, weighted by how well they fit."""

from __future__ import annotations

from specc.codegen.expressions import (
    Atom,
    Binary,
    Expression,
    Index,
    Slice,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.attend import Attend
from specc_jax.layers._attention import weigh
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the weights and what they give; one query is a sequence of one step."""
    op = step.op
    assert isinstance(op, Attend)
    query, keys = writer.value(step), writer.value(step, 1)
    one = step.input_types[0].rank == 1
    if one:
        query = Index(query, Tuple_((Slice(), literal(None))))
    mask = writer.mask(step, 1)
    if len(step.inputs) == 3:
        keys, values = (writer.without_masked(step, place) for place in (1, 2))
        mask = _common(mask, writer.mask(step, 2))
    else:
        if mask is not None:
            seen = Atom(writer.temporary("seen"))
            writer.put((seen,), writer.without_masked(step, 1), "")
            keys = seen
        values = keys
    weights = Atom(writer.temporary("weights"))
    scores = _scores(step, writer, query, keys)
    writer.put((weights,), weigh(scores, mask, op.causal), "")
    y: Expression = Binary("@", weights, values)
    if one:
        y = Index(y, Tuple_((Slice(), literal(0))))
    writer.assign(step, y)


def _common(a: Expression | None, b: Expression | None) -> Expression | None:
    """The mask of steps that count in both."""
    if a is None or b is None or a == b:
        return a if b is None else b
    return Binary("&", a, b)


def _scores(
    step: Step, writer: Writer, query: Expression, memory: Expression
) -> Expression:
    op = step.op
    assert isinstance(op, Attend)
    match op.scoring:
        case "dot":
            name = "plain_scores" if op.scale == "none" else "scaled_scores"
            return call(name, query, memory)
        case "general":
            mapped = Binary("@", query, writer.weight(step, "W"))
            return call("plain_scores", mapped, memory)
        case "additive":
            unbiased = "" if writer.has_weight(step, "b") else "_unbiased"
            keys = Atom(writer.temporary("keys"))
            made = Binary("@", memory, writer.weight(step, "W_m"))
            writer.put((keys,), made, "")
            name = f"additive_scores{unbiased}"
            return call(name, writer.weights(step), query, keys)
