"""A drawn program as data, and the spec it is written as."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from specc.ir.types import Axis, Frozen, Type

INDENT = "  "


class Loop(Frozen):
    """`for name in turns { steps }`; the steps may say the name."""

    name: str
    turns: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def counted(self) -> bool:
        """Whether the turns are 0, 1, 2, ..., which is written as their number."""
        return self.turns == tuple(range(len(self.turns)))


class Use(Frozen):
    """A block applied to what flows in; `arguments` are numbers, by its parameters."""

    block: str
    arguments: tuple[int, ...] = ()


Step = str | Loop | Use


class Line(Frozen):
    """`a, b = source -> step -> step`. A line without targets binds or declares.

    `reads`: the names of values and shared layers it needs.
    """

    targets: tuple[str, ...]
    source: str
    reads: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


class Block(Frozen):
    """A block of one flow or of lines; the results are names of its values."""

    name: str
    parameters: tuple[str, ...]
    takes: tuple[str, ...]
    lines: tuple[Line, ...]
    results: tuple[str, ...]


class Named(Frozen):
    """An input or output and its type."""

    name: str
    type: Type


class Program(Frozen):
    """One model with what it needs; `cells` are whole declarations."""

    inputs: tuple[Named, ...]
    lines: tuple[Line, ...]
    outputs: tuple[Named, ...]
    blocks: tuple[Block, ...] = ()
    cells: tuple[str, ...] = ()


def write(program: Program) -> str:
    """The text of the spec."""
    parts = [*program.cells, *map(_block, program.blocks), _model(program)]
    return "\n\n".join(parts) + "\n"


def _model(program: Program) -> str:
    inputs = ", ".join(f"{one.name}: {one.type}" for one in program.inputs)
    outputs = ", ".join(f"{one.name}: {plain(one.type)}" for one in program.outputs)
    lines = [line_text(line) for line in program.lines]
    results = ", ".join(one.name for one in program.outputs)
    body = "".join(f"{INDENT}{line}\n" for line in [*lines, results])
    return f"model drawn({inputs}) -> {outputs} {{\n{body}}}"


def _block(block: Block) -> str:
    parameters = ", ".join(f"{name}: int" for name in block.parameters)
    body = "".join(
        f"{INDENT}{line}\n"
        for line in [*map(line_text, block.lines), ", ".join(block.results)]
    )
    takes = ", ".join(block.takes)
    return f"block {block.name}({parameters}) on ({takes}) {{\n{body}}}"


def line_text(line: Line) -> str:
    """One line of a body."""
    flow = " -> ".join([line.source, *map(step_text, line.steps)])
    return f"{', '.join(line.targets)} = {flow}" if line.targets else flow


def step_text(step: Step) -> str:
    """One step of a flow."""
    match step:
        case Loop(name=name, turns=turns, steps=steps):
            body = " -> ".join(map(step_text, steps))
            through = str(len(turns)) if step.counted else str(list(turns))
            return f"for {name} in {through} {{ {body} }}"
        case Use(block=block, arguments=()):
            return block
        case Use(block=block, arguments=arguments):
            return f"{block}({', '.join(map(str, arguments))})"
        case str():
            return step


def plain(type: Type) -> Type:
    """The type as a head says it of an output: a mask need not be said."""
    return Type(type.dtype, tuple(Axis(axis.size) for axis in type.axes))


def renamed(program: Program, name: Callable[[str], str]) -> Program:
    """The program with other names for its values, wherever they stand."""

    def of(text: str) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda found: name(found[0]), text)

    def line(old: Line) -> Line:
        return Line(
            tuple(map(name, old.targets)),
            of(old.source),
            tuple(map(name, old.reads)),
            tuple(map(step, old.steps)),
        )

    def step(old: Step) -> Step:
        match old:
            case str():
                return of(old)
            case Loop(steps=steps):
                return replace(old, steps=tuple(map(step, steps)))
            case Use():
                return old

    def named(old: Iterable[Named]) -> tuple[Named, ...]:
        return tuple(Named(name(one.name), one.type) for one in old)

    return replace(
        program,
        inputs=named(program.inputs),
        outputs=named(program.outputs),
        lines=tuple(map(line, program.lines)),
    )
