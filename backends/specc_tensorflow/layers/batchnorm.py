"""`batchnorm`: every feature normalised by its mean and variance."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops.batchnorm import Batchnorm
from specc_tensorflow.writer import Layer, Writer

KERAS_MOMENTUM, KERAS_EPSILON = 0.99, 1e-3


def emit(step: Step, writer: Writer) -> None:
    """Write the stock layer, or that for masks; a frozen one has no use for them."""
    op = step.op
    assert isinstance(op, Batchnorm)
    names = [weight.name for weight in step.node.weights]
    options: dict[str, Expression] = {}
    if op.momentum != KERAS_MOMENTUM:
        options["momentum"] = literal(op.momentum)
    if op.epsilon != KERAS_EPSILON:
        options["epsilon"] = literal(op.epsilon)
    if "beta" not in names:
        options["center"] = literal(False)
    if op.frozen:
        options["trainable"] = literal(False)
    masked = bool(step.mask) and not op.frozen
    kind = "MaskedBatchNormalization" if masked else "layers.BatchNormalization"
    layer = Layer(call(kind, **options), holds={name: name for name in names})
    named = writer.mask(step) if masked else {}
    writer.apply(step, layer, writer.value(step), named=named)
