"""Specs that say the same in other words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from specc.fuzz.chance import Chance
from specc.fuzz.program import (
    Block,
    Line,
    Loop,
    Program,
    Step,
    Use,
    renamed,
    step_text,
)

Twin = Callable[[Program, Chance], Program | None]


def other_names(program: Program, chance: Chance) -> Program | None:
    """Its values under other names, as long as the old ones."""
    own = [one.name for one in (*program.inputs, *program.outputs)]
    own += [name for line in program.lines for name in line.targets]
    letters = iter(chance.sample("abefgjkmpqyz", 4))
    stems: dict[str, str] = {}
    names = {}
    for name in dict.fromkeys(own):
        stem = name.rstrip("0123456789")
        if stem not in stems:
            stems[stem] = next(letters) * len(stem)
        names[name] = stems[stem] + name.removeprefix(stem)
    return renamed(program, lambda name: names.get(name, name))


def unrolled(program: Program, chance: Chance) -> Program | None:
    """Its loops written out."""
    return _with_steps(program, _turns)


def _turns(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        if not isinstance(step, Loop):
            yield step
            continue
        for turn in step.turns:
            for inner in _turns(step.steps):
                yield _said(inner, step.name, turn)


def _said(step: Step, name: str, turn: int) -> Step:
    """The step with a number where the loop's name stands."""
    if isinstance(step, str):
        return re.sub(rf"\b{name}\b", str(turn), step)
    return step


def _with_steps(
    program: Program, change: Callable[[tuple[Step, ...]], Iterator[Step]]
) -> Program | None:
    lines = tuple(
        replace(line, steps=tuple(change(line.steps))) for line in program.lines
    )
    return None if lines == program.lines else replace(program, lines=lines)


def inlined(program: Program, chance: Chance) -> Program | None:
    """Its blocks written where they are used, loops of them written out first."""
    if not program.blocks:
        return None
    blocks = {block.name: block for block in program.blocks}
    lines: list[Line] = []
    for line in (unrolled(program, chance) or program).lines:
        lines += _inlined(line, blocks, len(lines))
    made = replace(program, lines=tuple(lines), blocks=())
    return None if made.lines == program.lines else made


def _inlined(line: Line, blocks: Mapping[str, Block], place: int) -> list[Line]:
    """The lines that a line becomes."""
    found: list[Line] = []
    source, reads, steps = line.source, line.reads, [*line.steps]
    uses = [n for n, step in enumerate(steps) if isinstance(step, Use)]
    while uses:
        before, use, steps = steps[: uses[0]], steps[uses[0]], steps[uses[0] + 1 :]
        assert isinstance(use, Use)
        stem = f"b{place}_{len(found)}"
        found.append(Line((f"{stem}z",), source, reads, tuple(before)))
        block = blocks[use.block]
        names = {"z": f"{stem}z", "u": f"{stem}u", "w": f"{stem}w"}
        names |= dict(zip(block.parameters, map(str, use.arguments), strict=True))
        found += [_local(inner, names) for inner in block.lines]
        source = names[block.results[0]]
        reads = (source,)
        uses = [n for n, step in enumerate(steps) if isinstance(step, Use)]
    return [*found, Line(line.targets, source, reads, tuple(steps))]


def _local(line: Line, names: Mapping[str, str]) -> Line:
    """A line of a block under the names of the body it is written into."""

    def of(text: str) -> str:
        return re.sub(r"[A-Za-z_]\w*", lambda m: names.get(m[0], m[0]), text)

    return Line(
        tuple(names[target] for target in line.targets),
        of(line.source),
        tuple(names[name] for name in line.reads),
        tuple(of(step_text(step)) for step in line.steps),
    )


def labelled(program: Program, chance: Chance) -> Program | None:
    """Its lines with names for their layers, so that the order of lines gives none."""
    taken = {bound(line) for line in program.lines}
    lines = []
    for place, line in enumerate(program.lines):
        flow = " -> ".join(map(step_text, line.steps))
        shares = "tied(" in flow or not taken.isdisjoint(line.steps)
        if not line.steps or not line.targets or shares:
            lines.append(line)
            continue
        lines.append(replace(line, steps=(f"({flow}) as line{place}",)))
    return replace(program, lines=tuple(lines))


def reordered(program: Program, chance: Chance) -> Program | None:
    """Its lines in another order in which each still comes after what it reads."""
    left = list(program.lines)
    known = {one.name for one in program.inputs}
    taken = {bound(line) for line in left} - {""}
    lines: list[Line] = []
    while left:
        ready = [
            line
            for line in left
            if all(
                name in known or not _is_made(name, program, taken)
                for name in line.reads
            )
        ]
        line = chance.pick(ready)
        left.remove(line)
        lines.append(line)
        known.update(line.targets, {bound(line)})
    found = tuple(lines)
    return None if found == program.lines else replace(program, lines=found)


def bound(line: Line) -> str:
    """What `let` or `param` gives a name to."""
    found = re.match(r"(?:let|param) (\w+)", line.source)
    return "" if found is None or line.targets else found[1]


def _is_made(name: str, program: Program, taken: set[str]) -> bool:
    return name in taken or any(name in line.targets for line in program.lines)


TWINS: Mapping[str, Twin] = MappingProxyType(
    {"renamed": other_names, "unrolled": unrolled, "inlined": inlined}
)
"""Twins of which the weights come in the same order."""
