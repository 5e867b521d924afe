"""What the layers that attend have in common."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._attention import MultiHead
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.writer import Layer

READ_AS_ZEROS = "masked steps are read as zeros"


def multi_head(step: Step, causal: bool) -> Layer:
    """The layer with the weights of all heads."""
    op = step.op
    assert isinstance(op, MultiHead)
    options: dict[str, Expression] = {"causal": literal(True)} if causal else {}
    if op.dropout:
        options["dropout"] = literal(op.dropout)
    size = literal(op.head_size(step.input_types[0]))
    options |= weight_options(step, "b_o")
    made = call("MultiHeadAttention", literal(op.heads), size, **options)
    return Layer(made, {weight.name: weight.name for weight in step.node.weights})


def weight_options(step: Step, bias: str = "") -> dict[str, Expression]:
    """Options of a layer with kernels and perhaps a bias of that name."""
    options: dict[str, Expression] = {}
    if bias and bias not in [weight.name for weight in step.node.weights]:
        options["use_bias"] = literal(False)
    options |= regularizer("kernel_regularizer", step.node.weights[0])
    return {**options, **frozen(step)}
