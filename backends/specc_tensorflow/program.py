"""A plan to the text of one file."""

from __future__ import annotations

from collections.abc import Sequence

from specc.codegen.allowlist import check_generated
from specc.codegen.expressions import Atom, call, literal
from specc.codegen.identity import identity
from specc.codegen.imports import Import
from specc.codegen.layout import layout
from specc.codegen.plan import Plan, make_plan
from specc.codegen.repeats import Use, fold_repeats
from specc.codegen.snippets import Copied, mentioned_names
from specc.codegen.statements import (
    Assign,
    Docstring,
    Evaluate,
    Heading,
    Imports,
    Source,
    Statement,
)
from specc_tensorflow.blocks import (
    agreeing_variants,
    block_functions,
    body_plans,
    foldable_in,
    is_shareable,
    shared_function,
)
from specc_tensorflow.build import build_function
from specc_tensorflow.initial import initial_functions
from specc_tensorflow.layers import find_emit
from specc_tensorflow.library import EVERYTHING, LAYERS, RESERVED, exchange_library
from specc_tensorflow.places import place_functions
from specc_tensorflow.writer import Writer

ABOUT = "A Keras model written by specc; it needs tensorflow only. Change it freely."
IMPORTABLE = ("keras", "numpy", "tensorflow")
MODULES = (
    Import("keras"),
    Import("numpy", alias="np"),
    Import("tensorflow", alias="tf"),
    Import("keras", "layers"),
    Import("keras", "ops"),
)
WEIGHTS = "Weights, by their names in the spec"
STANDING_IN = ("register = ", "def layer_weights(", "def cell_weights(")
"""How snippets begin in whose place a program has something of its own."""


def print_program(plan: Plan) -> str:
    """The file: the model on top, then what it is made of."""
    whole = plan
    folded = fold_repeats(
        plan.model, foldable_in(plan.model), agreeing_variants, is_shareable
    )
    if folded.bodies:
        plan = make_plan(folded.model, RESERVED)
    bodies = [body_plans(body) for body in folded.bodies]
    scopes = [plan.names, *(one.names for plans in bodies for one in plans)]
    writer = Writer(plan)
    for number, body in enumerate(folded.bodies):
        if not body.shared:
            writer.blocks[number] = block_functions(body, bodies[number], scopes)
    for step in plan.steps:
        if isinstance(step.op, Use) and step.op.body not in writer.blocks:
            number = step.op.body
            made = shared_function(folded.bodies[number], bodies[number], writer)
            writer.blocks[number] = made
        find_emit(step.op.name())(step, writer)
    blocks = [block for block in writer.blocks.values() if not block.steps]
    build = (build_function(plan, writer), *(block.build for block in blocks))
    places = place_functions(writer)
    initial = initial_functions(plan, writer.blocks)
    library = exchange_library(bool(writer.layer_weights), bool(writer.cell_weights))
    exchange = library.copy(["get_variables", "set_variables"])
    laid_out = [_laid_out(part) for part in (build, places, writer.classes, initial)]
    needed = mentioned_names("".join(one.text for part in laid_out for one in part))
    layers = LAYERS.copy(needed & LAYERS.names)
    drawn = EVERYTHING.copy(needed & (EVERYTHING.names - LAYERS.names))
    settings = _settings(plan, registers=bool(writer.classes or _own(layers)))
    needed |= mentioned_names(layout(settings))
    imports = {module for module in MODULES if module.bound in needed}
    imports |= exchange.imports | layers.imports | drawn.imports
    one = len(writer.classes) == 1
    cells = f"The {'cell, from its' if one else 'cells, from their'} equations"
    text = layout(
        (
            Docstring((ABOUT,)),
            Imports(frozenset(imports)),
            *settings,
            *_section("The model", laid_out[0]),
            *_section(WEIGHTS, (*_own(exchange), *laid_out[1])),
            *_section(cells, laid_out[2]),
            *_section("Layers", _own(layers)),
            *_section("Initial values", (*laid_out[3], *_own(drawn))),
        )
    )
    weights = [weight for step in whole.steps for weight in step.node.weights]
    files = {weight.file for weight in weights if weight.file is not None}
    check_generated(text, f'"""{ABOUT}"""', IMPORTABLE, files)
    return text


def _section(title: str, body: Sequence[Statement]) -> tuple[Statement, ...]:
    return (Heading(title), *body) if body else ()


def _own(copied: Copied) -> tuple[Source, ...]:
    found = copied.definitions
    return tuple(one for one in found if not one.text.startswith(STANDING_IN))


def _laid_out(statements: Sequence[Statement]) -> tuple[Source, ...]:
    return (Source(layout(statements)),) if statements else ()


def _settings(plan: Plan, *, registers: bool) -> tuple[Statement, ...]:
    """`SPEC`, full precision on GPUs, and how Keras finds classes of a saved model."""
    precision = call(
        "tf.config.experimental.enable_tensor_float_32_execution", literal(False)
    )
    package = call(
        "keras.saving.register_keras_serializable", package=literal(plan.model.name)
    )
    register = (Assign((Atom("register"),), package),) if registers else ()
    return (
        Assign((Atom("SPEC"),), literal(identity(plan.model))),
        Evaluate(precision, "full float32"),
        *register,
    )
