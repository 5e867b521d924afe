"""What the layers that attend have in common."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._attention import MultiHead
from specc.ops.self_attend import SelfAttend
from specc_tensorflow.layers._options import frozen, regularizer
from specc_tensorflow.writer import Layer

READ_AS_ZEROS = "masked steps are read as zeros"


def multi_head(step: Step) -> Layer:
    """The layer with the weights of all heads."""
    op = step.op
    assert isinstance(op, MultiHead)
    options = _grouped(step, op)
    kind = "GroupedQueryAttention" if options else "MultiHeadAttention"
    if op.causal:
        options["causal"] = literal(True)
    if op.dropout:
        options["dropout"] = literal(op.dropout)
    size = literal(op.head_size(step.input_types[0]))
    bias = "" if "biases" in options else "b_o"
    options |= weight_options(step, bias)
    made = call(kind, literal(op.heads), size, **options)
    return Layer(made, {weight.name: weight.name for weight in step.node.weights})


def _grouped(step: Step, op: MultiHead) -> dict[str, Expression]:
    """The options that Vaswani et al. do not have."""
    options: dict[str, Expression] = {}
    if op.groups > 1:
        options["kv_heads"] = literal(op.heads // op.groups)
    held = [weight.name for weight in step.node.weights]
    biases = "".join(name for name in "qkvo" if f"b_{name}" in held)
    if biases not in ("", "qkvo"):
        options["biases"] = literal(biases)
    if op.scale == "none":
        options["scaled"] = literal(False)
    if isinstance(op, SelfAttend) and op.rotary:
        options["rotary"] = literal(op.rotary_base)
    if isinstance(op, SelfAttend) and op.window is not None:
        options["window"] = literal(op.window)
    if isinstance(op, SelfAttend) and op.alibi:
        options["alibi"] = literal(True)
    return options


def weight_options(step: Step, bias: str = "") -> dict[str, Expression]:
    """Options of a layer with kernels and perhaps a bias of that name."""
    options: dict[str, Expression] = {}
    if bias and bias not in [weight.name for weight in step.node.weights]:
        options["use_bias"] = literal(False)
    options |= regularizer("kernel_regularizer", step.node.weights[0])
    return {**options, **frozen(step)}
