"""A plan to the text of one file."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.allowlist import check_generated
from specc.codegen.expressions import Atom, literal
from specc.codegen.identity import identity
from specc.codegen.imports import Import
from specc.codegen.layout import layout
from specc.codegen.plan import Plan, make_plan
from specc.codegen.repeats import fold_repeats
from specc.codegen.series import fold_series
from specc.codegen.snippets import SnippetLibrary, mentioned_names
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Heading,
    Imports,
    Source,
    Statement,
)
from specc.ir.graph import Model
from specc_jax.apply import apply_functions
from specc_jax.blocks import (
    agreeing_variants,
    block_function,
    body_plans,
    is_foldable,
    suits_series,
)
from specc_jax.layers import find_emit
from specc_jax.weights import init_functions, model_weights, penalty_function
from specc_jax.writer import Shared, Writer

ABOUT = "A JAX model written by specc; it needs jax and numpy only. Change it freely."
FRAMEWORK = (
    Import("jax"),
    Import("jax.numpy", alias="jnp"),
    Import("jax", "lax"),
    Import("numpy", alias="np"),
)
MODULES = ("functools", "jax", "numpy", "typing")
LAYERS = SnippetLibrary("specc_jax.snippets")
EVERYTHING = SnippetLibrary("specc_jax.snippets", "specc.codegen.initial")
RESERVED = EVERYTHING.names | {
    *("jax", "jnp", "lax", "np"),
    *(
        "SPEC",
        "init",
        "apply",
        "apply_and_update",
        "penalty",
        "variables",
        "training",
        "rng",
        "mesh",
    ),
}


def print_program(plan: Plan) -> str:
    """The file: the model on top, then what it is made of."""
    whole = plan.model
    repeats = fold_repeats(
        whole, is_foldable, lambda body: agreeing_variants(body, RESERVED)
    )
    folded = fold_series(repeats, suits_series)
    if folded.bodies:
        plan = make_plan(folded.model, RESERVED)
    bodies = [body_plans(body, RESERVED) for body in folded.bodies]
    shared = Shared([plan.names, *(one.names for plans in bodies for one in plans)])
    for body, plans in zip(folded.bodies, bodies, strict=True):
        shared.blocks.append(block_function(body, plans, RESERVED, shared))
    writer = Writer(plan, RESERVED, shared=shared)
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    initial_model, initial_cells = init_functions(whole, writer)
    blocks = [block.function for block in shared.blocks]
    run = (*apply_functions(plan, writer), *blocks)
    model = (*initial_model, *run, penalty_function(whole))
    cells = (*writer.cells, *initial_cells)
    laid_out = _laid_out(model), _laid_out(cells)
    needed = mentioned_names(
        "".join(source.text for part in laid_out for source in part)
    )
    layers = LAYERS.copy(needed & LAYERS.names)
    initial = EVERYTHING.copy(needed & (EVERYTHING.names - LAYERS.names))
    own = {one for one in FRAMEWORK if one.bound in needed}
    imports = own | layers.imports | initial.imports
    one = len(writer.shared.cells) == 1
    cell_title = f"The {'cell, from its' if one else 'cells, from their'} equations"
    text = layout(
        (
            Docstring((ABOUT,)),
            Imports(frozenset(imports)),
            _spec(whole),
            *_section("The model", laid_out[0]),
            *_section(cell_title, laid_out[1]),
            *_section("Layers", layers.definitions),
            *_section("Initial values", initial.definitions),
        )
    )
    weights = model_weights(whole).values()
    files = [weight.file for weight in weights if weight.file is not None]
    check_generated(text, f'"""{ABOUT}"""', MODULES, files)
    return text


def _section(title: str, body: Sequence[Statement]) -> tuple[Statement, ...]:
    return (Heading(title), *body) if body else ()


def _laid_out(functions: Sequence[Function]) -> tuple[Source, ...]:
    return (Source(layout(functions)),) if functions else ()


def _spec(model: Model) -> Assign:
    about = identity(model)
    weights = model_weights(model).items()
    frozen = tuple(name for name, weight in weights if not weight.trainable)
    if frozen:
        about["frozen"] = frozen
    return Assign((Atom("SPEC"),), literal(about))
