"""Programs drawn from a seed: valid by construction, a few layers each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from msgspec.structs import replace

from specc.fuzz import special_cells, structure, values
from specc.fuzz.chance import Chance
from specc.fuzz.layers import add_layer
from specc.fuzz.program import Line, Named, Program, Step
from specc.fuzz.recurrent import add_join, add_recurrent
from specc.fuzz.scope import Scope, Value, draw_type
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower.library import library_blocks, library_cells
from specc.ops import layer_names
from specc.ops.function import FUNCTIONS

Maker = Callable[[Scope], bool]
LABELLED = {"dense", "conv", "embed", "layernorm", "self_attend", "lstm", "gru", "bi"}
"""Steps that are given names of their own in some programs."""
UNWRITTEN = {"negative", "linear"}
"""Functions that are written otherwise, or do nothing."""
SPECIAL: Mapping[str, Maker] = {
    "bi": lambda scope: add_recurrent(scope, "own"),
    "join": add_join,
    "step": lambda scope: add_recurrent(scope, "own"),
    "tied": structure.add_tied,
    "contract": values.add_product,
    "feedback": structure.add_feedback,
    "arithmetic": values.add_arithmetic,
    "param": values.add_param,
    "own cell": lambda scope: add_recurrent(scope, "own"),
    "cell of matrices": special_cells.add_memory_cell,
    "cell of two inputs": special_cells.add_paired_cell,
    "cell that sees a sequence": special_cells.add_decoder_cell,
    "cell of images": special_cells.add_frames_cell,
    "own block": structure.add_block,
    "let": structure.add_let,
    "for": structure.add_loop,
    "each": structure.add_each,
    "over": structure.add_over,
    "fan": structure.add_fan,
}


@cache
def makers() -> Mapping[str, Maker]:
    """What can be drawn, by the word of the language or what it is called here."""

    def layer(name: str) -> Maker:
        return lambda scope: add_layer(scope, name)

    def function(name: str) -> Maker:
        return lambda scope: values.add_function(scope, name)

    def cell(name: str) -> Maker:
        return lambda scope: add_recurrent(scope, name)

    def block(name: str) -> Maker:
        return lambda scope: structure.add_standard_block(scope, name)

    functions = sorted(set(FUNCTIONS) - UNWRITTEN)
    return {
        **{name: layer(name) for name in sorted(layer_names())},
        **{name: function(name) for name in functions},
        **{name: cell(name) for name in sorted(library_cells())},
        **{name: block(name) for name in sorted(library_blocks())},
        **SPECIAL,
    }


def draw(seed: int) -> Program:
    """The program of a seed."""
    chance = Chance(seed)
    scope = Scope(chance)
    names = list(makers())
    functions = set(FUNCTIONS)
    wanted = chance.pick((1, 2, 2, 3, 3, 4, 5, 6))
    scope.add_input(draw_type(chance))
    while len(scope.lines) < wanted or not _results(scope):
        name = chance.pick(names)
        if name in functions and chance.likely(0.7):
            continue  # there are many of them, and little to go wrong
        makers()[name](scope)
    return _finished(scope)


def _results(scope: Scope) -> list[Value]:
    """The values that nothing reads, but for inputs."""
    inputs = {one.name for one in scope.inputs}
    return [
        value
        for value in scope.values
        if value.name not in scope.used and value.name not in inputs
    ]


def _finished(scope: Scope) -> Program:
    """The program: what nothing reads comes out, and what is not read goes."""
    results = _results(scope)
    outputs = [Named(value.name, value.type) for value in results]
    lines = [*scope.lines]
    bounds = {one.type.bound for one in scope.inputs if one.type.dtype == "int"}
    for place, one in enumerate(outputs):
        if one.type.dtype != "float" or (
            one.type.rank > 1 and one.type.last.fixed in bounds
        ):
            made = _harmless(scope, one, lines)
            outputs[place] = made
    inputs = tuple(one for one in scope.inputs if one.name in scope.used)
    program = Program(
        inputs=inputs,
        lines=tuple(lines),
        outputs=tuple(outputs),
        blocks=tuple(scope.blocks),
        cells=tuple(scope.cells),
    )
    return _named(replace(program, lines=_shortened(program)), scope.chance)


def _named(program: Program, chance: Chance) -> Program:
    """The program with names for some of its layers, `dense(3) as layer2`."""
    share = chance.pick((0.0, 0.0, 0.0, 0.5))
    lines: list[Line] = []
    count = 0
    for line in program.lines:
        steps: list[Step] = []
        for step in line.steps:
            word = re.match(r"\w+", step) if isinstance(step, str) else None
            if word and line.targets and word[0] in LABELLED and chance.likely(share):
                count += 1
                steps.append(f"{step} as layer{count}")
            else:
                steps.append(step)
        lines.append(replace(line, steps=tuple(steps)))
    return replace(program, lines=tuple(lines))


def _harmless(scope: Scope, one: Named, lines: list[Line]) -> Named:
    """An output that is no prediction of ids, and no ids itself."""
    name = scope.fresh("v")
    if one.type.dtype == "float":
        lines.append(Line((name,), one.name, (one.name,), ("dense(2)",)))
        return Named(name, one.type.with_last(2))
    lines.append(Line((name,), one.name, (one.name,), ("embed(2)",)))
    made = Type("float", (*one.type.axes, Axis(Size(2))))
    return Named(name, made)


def _shortened(program: Program) -> tuple[Line, ...]:
    """Lines whose one value is read by the next alone become one flow with it."""
    lines = list(program.lines)
    results = {one.name for one in program.outputs}
    place = 0
    while place + 1 < len(lines):
        first, second = lines[place], lines[place + 1]
        readers = sum(
            first.targets[:1] == (name,) for line in lines for name in line.reads
        )
        if (
            len(first.targets) == 1
            and first.targets[0] not in results
            and readers == 1
            and second.source == first.targets[0]
            and second.steps
        ):
            lines[place : place + 2] = [
                Line(
                    second.targets,
                    first.source,
                    (*first.reads, *(n for n in second.reads if n != second.source)),
                    (*first.steps, *second.steps),
                )
            ]
        else:
            place += 1
    return tuple(lines)
