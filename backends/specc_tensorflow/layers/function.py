"""Functions of one number."""

from __future__ import annotations

from specc.codegen.expressions import Unary, call
from specc.codegen.plan import Step
from specc.ops.function import Function
from specc_tensorflow.functions import keras_activation
from specc_tensorflow.writer import Layer, Writer


def emit(step: Step, writer: Writer) -> None:
    """Write the activation."""
    assert isinstance(step.op, Function)
    if step.op.function == "negative":
        writer.assign(step, Unary("-", writer.value(step)))
        return
    emit_activation(step, writer, step.op.function)


def emit_activation(step: Step, writer: Writer, name: str) -> None:
    """Write the stock layer that applies a function."""
    made = call("layers.Activation", keras_activation(name))
    writer.apply(step, Layer(made), writer.value(step))
