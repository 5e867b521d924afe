"""A drawn program made small while it still fails, where its text alone would not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from specc.fuzz.program import Line, Program, line_text, write
from specc.fuzz.twins import bound
from specc.lower import check_text


def smaller_program(program: Program, fails: Callable[[Program], bool]) -> Program:
    """The program without all results, lines and steps that it fails without."""
    again = True
    while again:
        again = False
        for candidate in _candidates(program):
            legal = not any(
                one.code.severity == "error" for one in check_text(write(candidate))
            )
            if legal and fails(candidate):
                program, again = candidate, True
                break
    return program


def _candidates(program: Program) -> Iterator[Program]:
    """One result fewer, or one step."""
    outputs = program.outputs
    for place in range(len(outputs) if len(outputs) > 1 else 0):
        yield needed(replace(program, outputs=outputs[:place] + outputs[place + 1 :]))
    for number, line in enumerate(program.lines):
        for place in range(len(line.steps)):
            steps = line.steps[:place] + line.steps[place + 1 :]
            lines = [*program.lines]
            lines[number] = replace(line, steps=steps)
            yield needed(replace(program, lines=tuple(lines)))


def needed(program: Program) -> Program:
    """The program without what leads to none of its results."""
    names = {one.name for one in program.outputs}
    lines: list[Line] = []
    for line in reversed(program.lines):
        if names.isdisjoint({*line.targets, bound(line)}):
            continue
        lines.insert(0, line)
        names.update(line.reads)
    said = "\n".join(map(line_text, lines))
    inputs = tuple(one for one in program.inputs if _says(said, one.name))
    blocks = tuple(one for one in program.blocks if _says(said, one.name))
    cells = tuple(
        text for text in program.cells if _says(said, text.split("(")[0].split()[1])
    )
    return replace(
        program, inputs=inputs, lines=tuple(lines), blocks=blocks, cells=cells
    )


def _says(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None
