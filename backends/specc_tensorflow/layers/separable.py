"""`separable`: every feature convolved on its own, then all of them mixed."""

from __future__ import annotations

from specc.codegen.expressions import Expression, literal
from specc.codegen.plan import Step
from specc.ops.separable import Separable
from specc_tensorflow.functions import keras_activation
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.layers._windows import write_windows
from specc_tensorflow.writer import Writer

FIELDS = {"D": "depthwise_kernel", "P": "pointwise_kernel", "b": "bias"}


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or what stands in for it."""
    op = step.op
    assert isinstance(op, Separable)
    weights = {weight.name: weight for weight in step.node.weights}
    options: dict[str, Expression] = {}
    if op.multiplier > 1:
        options["depth_multiplier"] = literal(op.multiplier)
    if op.activation != "linear":
        options["activation"] = keras_activation(op.activation)
    if "b" not in weights:
        options["use_bias"] = literal(False)
    options |= regularizer("depthwise_regularizer", weights["D"])
    options |= regularizer("pointwise_regularizer", weights["P"]) | frozen(step)
    sizes = (literal(op.filters), literal(op.kernel_size))
    holds = {name: FIELDS[name] for name in weights}
    write_windows(step, writer, "SeparableConv", sizes, options, holds)
