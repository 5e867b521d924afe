"""`apply`: the function of a program that runs the model."""

from __future__ import annotations

from textwrap import wrap

from specc.codegen.expressions import Atom, Call, Expression, Tuple_, call, literal
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

UPDATING = "apply_and_update"
NEW = (
    "",
    "While training, batches move the statistics that batchnorm goes by outside of it;",
    "all else in variables stays as it is, and so does what was given.",
)


def apply_functions(plan: Plan, writer: Writer) -> tuple[Function, ...]:
    """`def apply(variables, tokens, *, training=False, rng=None)`.

    Where training moves statistics, the body stands in `apply_and_update`, which also
    returns the variables with the new ones; `apply` leaves them out.
    """
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    result = outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))
    about = Docstring(_about(plan, writer))
    if not writer.moves_statistics:
        body = (about, *_body(writer), Return(result))
        return (_function("apply", plan, body, precise=True),)
    given = [(None, Atom(name)) for name in ("variables", *_inputs(plan))]
    words = ("training", "rng", "mesh") if _has_mesh(plan) else ("training", "rng")
    options = [(name, Atom(name)) for name in words]
    call_ = Call(Atom(UPDATING), (*given, *options))
    both = Tuple_((Atom("outputs"), Atom("_")))
    short = (about, Assign(both.items, call_), Return(Atom("outputs")))
    updating = (
        Docstring(("Run the model; return its outputs and the new variables.", *NEW)),
        *_body(writer),
        Return(Tuple_((result, Atom(writer.variables)))),
    )
    return (
        _function("apply", plan, short, precise=False),
        _function(UPDATING, plan, updating, precise=True),
    )


def _function(
    name: str, plan: Plan, body: tuple[Statement, ...], *, precise: bool
) -> Function:
    # Also what a GPU or TPU multiplies keeps the precision of its operands.
    highest = call("jax.default_matmul_precision", literal("highest"))
    return Function(
        name,
        (
            Parameter("variables"),
            *map(Parameter, _inputs(plan)),
            Parameter("training", literal(False), keyword=True),
            Parameter("rng", literal(None), keyword=True),
            *([Parameter("mesh", literal(None), keyword=True)] * _has_mesh(plan)),
        ),
        body,
        decorators=(highest,) if precise else (),
    )


def _has_mesh(plan: Plan) -> bool:
    """Whether the batch may be split over devices: wherever speed was asked for."""
    return plan.model.target.name != "portable"


def _inputs(plan: Plan) -> list[str]:
    return [given.variable for given in plan.inputs]


def _body(writer: Writer) -> tuple[Statement, ...]:
    """What comes before the outputs."""
    start: list[Statement] = []
    if _has_mesh(writer.plan):
        for name in _inputs(writer.plan):
            split = call("split_batch", Atom(name), Atom("mesh"))
            start.append(Assign((Atom(name),), split))
    blocks = writer.shared.blocks
    if model_weights(writer.plan.model) or any(block.weighted for block in blocks):
        variables: Expression = Atom("variables")
        if writer.moves_statistics:
            variables = call("own_tree", variables)
        if variables != Atom(writer.variables):
            start.append(Assign((Atom(writer.variables),), variables))
    if writer.draws:
        key = call("training_key", Atom("training"), Atom("rng"))
        start.append(Assign((Atom("rng"),), key))
    return (*start, *writer.statements)


def _about(plan: Plan, writer: Writer) -> tuple[str, ...]:
    """The docstring: what goes in, what comes out, what training changes."""
    lines = ["Run the model.", ""]
    for given in plan.inputs:
        lines += _wrapped(f"{given.variable}: {_given_text(given, plan)}.")
    if _has_mesh(plan):
        lines.append("mesh: devices over which the rows of the batch are spread.")
    results = [
        f"{name}: {_type_text(plan.model.type_of(output.ref))}"
        for (name, _), output in zip(plan.outputs, plan.model.outputs, strict=True)
    ]
    if len(results) == 1:
        named = bool(plan.model.outputs[0].name)
        result = results[0] if named else results[0].partition(": ")[2]
        lines += _wrapped(f"Returns {result}.")
    else:
        lines += ["Returns a tuple of", *(f"- {result}" for result in results)]
    if writer.moves_statistics:
        about = "While training, batchnorm goes by the batch and moves its statistics; "
        lines += _wrapped(f"{about}{UPDATING} also returns those.")
    if writer.draws:
        drawing = " and ".join(writer.draws) + " draw" + "s" * (len(writer.draws) == 1)
        lines.append(f"While training, {drawing} from rng, a key of jax.random.")
    elif not writer.moves_statistics:
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
