"""`attend`: the mean of a memory's steps, weighted by how well they fit."""

from __future__ import annotations

from specc.codegen.expressions import (
    Binary,
    Call,
    Expression,
    Index,
    Slice,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.attend import Attend
from specc_tensorflow.layers._attention import READ_AS_ZEROS, weight_options
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the layer of the score; one query is a sequence of one step."""
    op = step.op
    assert isinstance(op, Attend)
    query = writer.value(step)
    if step.input_types[0].rank == 1:
        one = writer.temporary("query")
        writer.put(one.text, call("ops.expand_dims", query, axis=literal(1)))
        query = one
    layer = Layer(_made(step, op), {w.name: w.name for w in step.node.weights})
    memories, mask = _memories(step, writer)
    then = _first if step.input_types[0].rank == 1 else None
    ahead = {"keys": memories[0]} if op.scoring == "additive" else {}
    writer.apply(step, layer, query, *memories, named=mask, ahead=ahead, then=then)


def _memories(
    step: Step, writer: Writer
) -> tuple[tuple[Expression, ...], dict[str, Expression]]:
    """The memory, or keys and values, with zeros at masked steps; and their mask."""
    keys = writer.without_masked(step, READ_AS_ZEROS, 1)
    mask = writer.mask(step, 1)
    if len(step.inputs) == 2:
        return (keys,), mask
    other = writer.mask(step, 2)
    values = writer.without_masked(step, READ_AS_ZEROS, 2, "seen_values")
    if mask and other and mask != other:
        return (keys, values), {"mask": Binary("&", mask["mask"], other["mask"])}
    return (keys, values), mask or other


def _first(y: Expression) -> Expression:
    return Index(y, Tuple_((Slice(), literal(0))))


def _made(step: Step, op: Attend) -> Call:
    causal = {"causal": literal(True)} if op.causal else {}
    match op.scoring:
        case "dot":
            scaled = {"scaled": literal(False)} if op.scale == "none" else {}
            return call("DotAttention", **scaled, **causal)
        case "general":
            return call("GeneralAttention", **causal, **weight_options(step))
        case "additive":
            assert op.units is not None, "asked for by the type rule"
            options = {**causal, **weight_options(step, "b")}
            return call("AdditiveAttention", literal(op.units), **options)
