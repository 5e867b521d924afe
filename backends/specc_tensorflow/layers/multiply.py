"""`multiply`: a * b * ..."""

from __future__ import annotations

from functools import reduce

from specc.codegen.expressions import Binary, Expression, List_, call
from specc.codegen.plan import Step
from specc_tensorflow.writer import Layer, Writer

MASKED_RANK = 2
"""Keras's layer lays a mask [B, T] over values [B, T, n], and over no others."""


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or `a * b` for images and the like."""
    parts = tuple(writer.value(step, place) for place in range(len(step.inputs)))
    if step.node.type.rank > MASKED_RANK:
        writer.assign(step, reduce(_product, parts))
    else:
        writer.apply(step, Layer(call("layers.Multiply")), List_(parts))


def _product(a: Expression, b: Expression) -> Expression:
    return Binary("*", a, b)
