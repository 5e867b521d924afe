"""One spec, held to everything specc promises of it."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile_source
from specc.diagnostics import Failure
from specc.fuzz.batches import Batches, draw_batches, several_batches
from specc.fuzz.chance import Chance
from specc.ir.graph import Model
from specc.ir.schedule import TARGETS, Target
from specc.passes.recurrence.choose import schedule_model
from specc.report.parameters import count_parameters
from specc.syntax.format import format_text
from specc.text import Source
from specc.verify.arrays import Precision
from specc.verify.causality import causal_outputs, judge_causality
from specc.verify.child import ProgramError
from specc.verify.compare import Row, Tallies, Tally, make_row
from specc.verify.expected import Expected, expect, extend
from specc.verify.judge import (
    Program,
    judge_forward,
    judge_gradients,
    judge_initial,
    judge_penalty,
    load_program,
)
from specc.verify.process import Worker
from specc.verify.report import row_text
from specc.verify.sample import make_generator, sample_weights
from specc.verify.stepping import carried_states

SHORTENED = 8
"""One program in so many is run on the first half of the steps as well."""
MORE_DRAWS = 4
"""How often batches are drawn again where float32 is in doubt."""


class Fault(Struct, frozen=True):
    """What went wrong: a kind, which stays the same as the spec gets smaller; words."""

    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


def try_text(
    text: str, backends: Sequence[Backend], workers: Mapping[str, Worker], seed: int
) -> list[Fault]:
    """Everything that is wrong with a spec that ought to be right."""
    try:
        return list(_faults(text, backends, workers, seed))
    except Failure as failure:
        return [Fault("diagnostic", str(one.message)) for one in failure.diagnostics]
    except Exception as error:
        return [Fault(f"crash {type(error).__name__}", str(error))]


def compiled(text: str) -> tuple[Model | None, list[Fault]]:
    """The model, and what is said against it."""
    found = compile_source(Source("drawn.seq", text), Path())
    errors = [one for one in found.check() if one.code.severity == "error"]
    if errors:
        return None, [Fault(f"check {one.code.number}", one.message) for one in errors]
    return found.model(), []


def _faults(
    text: str, backends: Sequence[Backend], workers: Mapping[str, Worker], seed: int
) -> Iterator[Fault]:
    model, faults = compiled(text)
    if model is None:
        yield from faults
        return
    sources = {backend.name: generate(model, backend) for backend in backends}
    yield from _format_faults(text, model, backends, sources)
    for source in sources.values():
        ast.parse(source)
    weights = sample_weights(model, make_generator(seed, 0))
    counted = sum(array.size for array in weights.values())
    if counted != count_parameters(model).total:
        told = count_parameters(model).total
        yield Fault("count", f"{told} parameters are told, there are {counted}")
    batches = draw_batches(model, seed)
    expected = expect(model, weights, batches.several, seed)
    if not _sound(expected):
        yield Fault("oracle", "a result is not finite")
        return
    chance = Chance(seed)
    name = chance.pick(TARGETS[1:])
    scheduled = chance.likely(0.4)
    for backend in backends:
        worker, source = workers[backend.name], sources[backend.name]
        other = generate(schedule_model(model, Target(name)), backend)
        differs = other.replace(f'"{name}"', '"portable"') != source
        # Both are held to the oracle in float64, and one of them in float32.
        both = scheduled and differs
        yield from judge(worker, source, expected, batches, single=not both)
        if differs:
            form = f"for {name} "
            yield from judge(worker, other, expected, batches, form, single=both)


def _format_faults(
    text: str, model: Model, backends: Sequence[Backend], sources: Mapping[str, str]
) -> Iterator[Fault]:
    """The canonical layout is a fixed point, and means the same."""
    tidy = format_text(Source("drawn.seq", text))
    if format_text(Source("drawn.seq", tidy)) != tidy:
        yield Fault("format", "what is laid out is laid out differently again")
    again, faults = compiled(tidy)
    yield from (Fault("format", str(fault)) for fault in faults)
    if again is not None:
        again = replace(again, sha256=model.sha256)
        for backend in backends:
            if generate(again, backend) != sources[backend.name]:
                yield Fault("format", f"another {backend.title} program after layout")


def _sound(expected: Expected) -> bool:
    """Whether the oracle's numbers are numbers."""
    return all(
        math.isfinite(float(abs(array).sum()))
        for truth in expected.truths
        for array in (*truth.outputs.values(), *truth.gradients.values())
    )


def judge(
    worker: Worker,
    source: str,
    expected: Expected,
    batches: Batches,
    form: str = "",
    *,
    single: bool = True,
) -> Iterator[Fault]:
    """What a backend's program gets wrong, in float64 and then in float32.

    `form`: what the program was written for, where that is another one. `single`:
    whether it is run in float32 too.
    """
    title = f"{worker.backend.name} {form}"
    try:
        rows = list(_whole(worker, source, expected, batches))
        wrong = _wrong(title, rows, "float64")
        yield from wrong
        if single and not wrong:
            yield from _single(worker, source, expected, title)
    except ProgramError as error:
        yield Fault(f"{title}{error.kind}", error.message[:300])


def _whole(
    worker: Worker, source: str, expected: Expected, batches: Batches
) -> Iterator[Row]:
    """The rows in float64."""
    program = load_program(worker, source, expected, "float64")
    yield from judge_forward(program)
    yield from judge_gradients(program)
    model = expected.model
    if any(weight.l1 or weight.l2 for node in model.nodes for weight in node.weights):
        yield from judge_penalty(program)
    if batches.before is not None and batches.padded is not None:
        yield from _padding(program, batches)
    if batches.mates is not None:
        yield from _mates(program, batches)
    # Other lengths are another compilation, which not all have to pay for.
    carried = any(carried_states(model, axis) for axis in causal_outputs(model))
    shorter = carried or expected.seed % SHORTENED == 0
    yield from judge_causality(program, shorter=shorter)


def _padding(program: Program, batches: Batches) -> Iterator[Row]:
    """With padding appended, the oracle's results without."""
    assert batches.before is not None and batches.padded is not None
    expected = program.expected
    (truth,) = expect(
        expected.model, expected.weights, [batches.before], expected.seed
    ).truths
    found = {
        name: array[tuple(slice(n) for n in truth.outputs[name].shape)]
        for name, array in program.run(batches.padded).items()
    }
    tallies = Tallies(truth.outputs)
    tallies.add(found, truth.outputs, "with padding", truth.masks)
    for name, tally in tallies.items():
        yield _invariance(program, f"{name}, with padding", tally)


def _mates(program: Program, batches: Batches) -> Iterator[Row]:
    """A row among other rows."""
    assert batches.mates is not None
    truth = program.expected.truths[0]
    row = slice(batches.kept, batches.kept + 1)
    found = {name: a[row] for name, a in program.run(batches.mates).items()}
    outputs = {name: array[row] for name, array in truth.outputs.items()}
    masks = {name: None if m is None else m[row] for name, m in truth.masks.items()}
    tallies = Tallies(outputs)
    tallies.add(found, outputs, "other rows", masks)
    for name, tally in tallies.items():
        yield _invariance(program, f"{name}, among other rows", tally)


def _invariance(program: Program, name: str, tally: Tally) -> Row:
    lost = program.expected.lost("invariance", name)
    return make_row("invariance", name, "float64", tally, lost)


def _single(
    worker: Worker, source: str, expected: Expected, title: str
) -> Iterator[Fault]:
    """What is wrong in float32; in doubt, on more batches of the same shape."""
    program = load_program(worker, source, expected, "float32")
    wrong = _wrong(title, list(judge_initial(program)), "float32")
    rows = [*judge_forward(program), *judge_gradients(program)]
    if not all(row.passed for row in rows):
        first = expected.truths[0].batch
        more = [
            batch
            for draw in range(1, MORE_DRAWS + 1)
            for batch in several_batches(
                expected.model, first.rows, first.lengths, expected.seed, draw
            )
        ]
        wider = replace(program, expected=extend(expected, more))
        rows = [*judge_forward(wider), *judge_gradients(wider)]
    yield from wrong
    yield from _wrong(title, rows, "float32")


def _wrong(title: str, rows: Sequence[Row], precision: Precision) -> list[Fault]:
    return [
        Fault(f"{title}{precision} {row.kind}", row_text(row))
        for row in rows
        if not row.passed
    ]
