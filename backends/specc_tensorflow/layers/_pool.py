"""What the pooling layers share."""

from __future__ import annotations

from specc.codegen.expressions import call, literal
from specc.codegen.plan import Step
from specc.ops._pool import GlobalPool, Pool
from specc.ops._sequence import is_image
from specc_tensorflow.layers._windows import dimensions, may_be_short
from specc_tensorflow.writer import Layer, Writer


def emit_pool(step: Step, writer: Writer, name: str) -> None:
    """Write a pooling layer; Keras's own know no masks."""
    op = step.op
    assert isinstance(op, Pool)
    name += dimensions(step)
    short = may_be_short(step, writer, op.size if op.padding == "valid" else 1)
    kind = f"{'Masked' if step.mask else 'AnyLength' if short else 'layers.'}{name}"
    options = {}
    if op.step != op.size:
        options["strides"] = literal(op.step)
    if op.padding != "valid":
        options["padding"] = literal(op.padding)
    layer = Layer(call(kind, literal(op.size), **options))
    writer.apply(step, layer, writer.value(step), named=writer.mask(step))


def emit_reduction(step: Step, writer: Writer, name: str, stock: str = "") -> None:
    """Write a reduction of steps: Keras's own where it has one for this input."""
    op, x = step.op, step.input_types[0]
    place = op.axis if isinstance(op, GlobalPool) else None
    if place is not None and not (place == 0 and x.rank < 3 and x.masked < 2):
        along = Layer(call(f"{name}Along", literal(place + 1)))
        writer.apply(step, along, writer.value(step), named=writer.mask(step))
        return
    if step.mask:
        kind = f"Masked{name}"
    elif stock and step.input_types[0].rank > 1:
        kind = f"layers.{stock}{dimensions(step)}"
    elif is_image(step.input_types[0]):
        kind = f"Image{name}"
    else:
        kind = name
    layer = Layer(call(kind))
    writer.apply(step, layer, writer.value(step), named=writer.mask(step))
