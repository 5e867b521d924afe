"""A plan to the text of one file."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from textwrap import wrap

from specc import __version__
from specc.codegen.expressions import Atom, Expression, Tuple_, call, literal
from specc.codegen.imports import Import
from specc.codegen.layout import layout
from specc.codegen.plan import Plan, PlanInput, shape_text
from specc.codegen.snippets import SnippetLibrary
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Heading,
    Imports,
    Parameter,
    Return,
    Statement,
)
from specc.ir.types import Type
from specc_jax.layers import find_emit
from specc_jax.weights import init_functions, model_weights, penalty_function
from specc_jax.writer import Writer

ABOUT = "A JAX model written by specc; it needs jax and numpy only. Change it freely."
FRAMEWORK = (
    Import("jax"),
    Import("jax.numpy", alias="jnp"),
    Import("jax", "lax"),
)
LAYERS = SnippetLibrary("specc_jax.snippets")
EVERYTHING = SnippetLibrary("specc_jax.snippets", "specc.codegen.initial")
RESERVED = EVERYTHING.names | {
    *("jax", "jnp", "lax", "np"),
    *("SPEC", "init", "apply", "penalty", "variables", "training", "rng"),
}


def print_program(plan: Plan) -> str:
    """The file: the model on top, then what it is made of."""
    writer = Writer(plan, RESERVED)
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    init, *initial_cells = init_functions(plan.model, writer)
    model = (init, _apply(plan, writer), penalty_function(plan.model))
    cells = (*writer.cells, *initial_cells)
    needed = _names_in((*model, *cells))
    layers = LAYERS.copy(needed & LAYERS.names)
    initial = EVERYTHING.copy(needed & (EVERYTHING.names - LAYERS.names))
    own = {one for one in FRAMEWORK if one.bound in needed}
    imports = own | layers.imports | initial.imports
    one = len(writer.cells) == 1
    cell_title = f"The {'cell, from its' if one else 'cells, from their'} equations"
    return layout(
        (
            Docstring((ABOUT,)),
            Imports(frozenset(imports)),
            _spec(plan),
            *_section("The model", model),
            *_section(cell_title, cells),
            *_section("Layers", layers.definitions),
            *_section("Initial values", initial.definitions),
        )
    )


def _section(title: str, body: Sequence[Statement]) -> tuple[Statement, ...]:
    return (Heading(title), *body) if body else ()


def _names_in(functions: Sequence[Function]) -> set[str]:
    """The names that functions mention."""
    tree = ast.parse(layout(functions))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _spec(plan: Plan) -> Assign:
    about: dict[str, str | tuple[str, ...]] = {
        "model": plan.model.name,
        "sha256": plan.model.sha256,
        "specc": __version__,
        "schedule": "portable",
    }
    weights = model_weights(plan.model).items()
    frozen = tuple(name for name, weight in weights if not weight.trainable)
    if frozen:
        about["frozen"] = frozen
    return Assign((Atom("SPEC"),), literal(about))


def _apply(plan: Plan, writer: Writer) -> Function:
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
        lines.append("While training, dropout draws from rng, as jax.random.key(0).")
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
