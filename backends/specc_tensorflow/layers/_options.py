"""Options that several layers share, written only where they are not Keras's own."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ir.weights import Weight
from specc_tensorflow.functions import keras_activation


def frozen(step: Step) -> dict[str, Expression]:
    """The option of a layer that training leaves alone."""
    trainable = {weight.trainable for weight in step.node.weights}
    return {"trainable": literal(False)} if False in trainable else {}


def regularizer(option: str, weight: Weight) -> dict[str, Expression]:
    """The option that adds a weight's penalty to the model's losses."""
    penalty = penalty_of(weight)
    return {} if penalty is None else {option: penalty}


def penalty_of(weight: Weight) -> Expression | None:
    """The regularizer of a weight, if it has one."""
    if weight.l1 and weight.l2:
        return call("L1L2", literal(weight.l1), literal(weight.l2))
    if weight.l1:
        return call("L1", literal(weight.l1))
    return call("L2", literal(weight.l2)) if weight.l2 else None


def kernel_options(
    step: Step, activation: str
) -> tuple[dict[str, Expression], dict[str, str]]:
    """Options of a layer with a kernel and perhaps a bias, and what it holds."""
    options: dict[str, Expression] = {}
    if activation != "linear":
        options["activation"] = keras_activation(activation)
    weights = {weight.name: weight for weight in step.node.weights}
    if "b" not in weights:
        options["use_bias"] = literal(False)
    options |= regularizer("kernel_regularizer", weights["W"]) | frozen(step)
    fields = {"W": "kernel", "b": "bias"}
    return options, {name: fields[name] for name in weights}
