"""`apply`: the function of a program that runs the model."""

from __future__ import annotations

from textwrap import wrap

from specc.codegen.expressions import Atom, Expression, Tuple_, call, literal
from specc.codegen.plan import Plan, PlanInput, shape_text
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.ir.types import Type
from specc_jax.weights import model_weights
from specc_jax.writer import Writer


def write_apply(plan: Plan, writer: Writer) -> Function:
    """`def apply(variables, tokens, *, training=False, rng=None)`."""
    body: list[Statement] = [Docstring(_about(plan, writer))]
    if model_weights(plan.model):
        body.append(Assign((Atom(writer.variables),), Atom("variables")))
    if writer.draws:
        key = call("training_key", Atom("training"), Atom("rng"))
        body.append(Assign((Atom("rng"),), key))
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    result = outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))
    # Also what a GPU or TPU multiplies keeps the precision of its operands.
    highest = call("jax.default_matmul_precision", literal("highest"))
    return Function(
        "apply",
        (
            Parameter("variables"),
            *(Parameter(given.variable) for given in plan.inputs),
            Parameter("training", literal(False), keyword=True),
            Parameter("rng", literal(None), keyword=True),
        ),
        (*body, *writer.statements, Return(result)),
        decorators=(highest,),
    )


def _about(plan: Plan, writer: Writer) -> tuple[str, ...]:
    """The docstring: what goes in, what comes out, what training changes."""
    lines = ["Run the model.", ""]
    for given in plan.inputs:
        lines += _wrapped(f"{given.variable}: {_given_text(given, plan)}.")
    results = [
        f"{name}: {_type_text(plan.model.type_of(output.ref))}"
        for (name, _), output in zip(plan.outputs, plan.model.outputs, strict=True)
    ]
    if len(results) == 1:
        lines += _wrapped(f"Returns {results[0]}.")
    else:
        lines += ["Returns a tuple of", *(f"- {result}" for result in results)]
    if writer.draws:
        drawing = " and ".join(writer.draws) + " draw" + "s" * (len(writer.draws) == 1)
        lines.append(f"While training, {drawing} from rng, a key of jax.random.")
    else:
        lines.append("Nothing in this model depends on training or rng.")
    return tuple(lines)


def _given_text(given: PlanInput, plan: Plan) -> str:
    """An input's type and what its numbers mean."""
    text = _type_text(given.type)
    masks = {plan.model.nodes[mask.node].name for _, mask in plan.model.mask_of}
    if given.type.bound is not None:
        text += f", ids below {given.type.bound}"
    if given.type.pad is not None:
        text += f", {given.type.pad} is padding"
    if given.type.dtype == "bool" and given.name in masks:
        text += ", true where a step counts"
    return text


def _type_text(type: Type) -> str:
    return type.dtype + shape_text(type)


def _wrapped(text: str) -> list[str]:
    return wrap(text, 84, subsequent_indent="    ", break_on_hyphens=False)
