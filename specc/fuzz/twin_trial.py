"""Twins of a program, held to its own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec.structs import replace

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.fuzz.batches import draw_batches
from specc.fuzz.chance import Chance
from specc.fuzz.files import REWRITINGS, Written, compile_written
from specc.fuzz.program import Program, write
from specc.fuzz.smaller import smaller_program
from specc.fuzz.trial import Fault, compiled
from specc.fuzz.twins import TWINS, labelled, reordered
from specc.ir.graph import Model
from specc.reference import run
from specc.verify.arrays import Array, Arrays
from specc.verify.sample import Batch, make_generator, sample_weights

LIMIT = 1e-12
"""How far apart their outputs may be, over the largest number or 1."""


def twin_faults(
    program: Program, backends: Sequence[Backend], seed: int
) -> tuple[int, list[Fault]]:
    """How many twins there are, and what of them says something else."""
    chance = Chance(seed)
    pairs = [(name, program, twin(program, chance)) for name, twin in TWINS.items()]
    with_names = labelled(program, chance)
    if with_names is not None:
        pairs.append(("labelled", program, with_names))
        other = reordered(with_names, chance)
        pairs.append(("reordered", with_names, other))
    found: list[Fault] = []
    count = 0
    for name, first, second in pairs:
        if second is None:
            continue
        count += 1
        faults = _faults(name, first, second, backends, seed)
        found += [
            Fault(f"twin {name}", f"{fault}\n{write(second)}") for fault in faults
        ]
    name = chance.pick(list(REWRITINGS))
    written = REWRITINGS[name](write(program), chance)
    if written is not None:
        count += 1
        told = f"{written.text}{written.parts}{dict(written.settings) or ''}"
        faults = _written_faults(program, written, backends)
        found += [Fault(f"twin {name}", f"{fault}\n{told}") for fault in faults]
    return count, found


def smaller_case(
    program: Program, backends: Sequence[Backend], seed: int, fault: Fault
) -> Program:
    """The program made small; one whose twin of that kind still differs."""

    def fails(smaller: Program) -> bool:
        _, found = twin_faults(smaller, backends, seed)
        return any(one.kind == fault.kind for one in found)

    return smaller_program(program, fails)


def _written_faults(
    program: Program, written: Written, backends: Sequence[Backend]
) -> Iterator[str]:
    """What differs where the same model is said with constants or in several files."""
    model, _ = compiled(write(program))
    twin, wrong = compile_written(written)
    if model is None or twin is None:
        yield from wrong
        return
    # A program says what it was made from; that is all that may differ.
    twin = replace(twin, sha256=model.sha256, source=model.source, settings=())
    for backend in backends:
        if generate(twin, backend) != generate(model, backend):
            yield f"another {backend.title} program"


def _faults(
    name: str, first: Program, second: Program, backends: Sequence[Backend], seed: int
) -> Iterator[str]:
    model, _ = compiled(write(first))
    twin, wrong = compiled(write(second))
    if model is None or twin is None:
        yield from map(str, wrong)
        return
    weights = sample_weights(model, make_generator(seed, 0))
    given = _weights(twin, weights, by_name=name == "reordered")
    if given is None:
        yield "other weights"
        return
    for batch in draw_batches(model, seed).several[:1]:
        expected = run(model, weights, batch.inputs).outputs
        found = run(twin, given, _inputs(twin, batch)).outputs
        pairs = zip(expected.items(), found.values(), strict=True)
        for (output, a), b in pairs:
            if a.shape != b.shape or not _close(a, b):
                yield f"another `{output}`"
    if name in ("renamed", "unrolled"):
        yield from _texts(first, second, model, twin, backends)


def _weights(
    twin: Model, weights: Mapping[str, Array], *, by_name: bool
) -> Arrays | None:
    """The same weights for the twin; None where it has others."""
    own = sample_weights(twin, make_generator(0, 0))
    if by_name:
        named = {name: weights.get(name, np.zeros(0)) for name in own}
    else:
        if len(own) != len(weights):
            return None
        named = dict(zip(own, weights.values(), strict=True))
    if any(named[name].shape != array.shape for name, array in own.items()):
        return None
    return named


def _inputs(twin: Model, batch: Batch) -> Arrays:
    """The same inputs, which a twin may call otherwise, in the same order."""
    names = [twin.nodes[ref.node].name for ref in twin.inputs]
    return dict(zip(names, batch.inputs.values(), strict=True))


def _close(a: Array, b: Array) -> bool:
    wide = np.asarray(a, np.float64)
    apart = np.abs(wide - np.asarray(b, np.float64))
    limit = LIMIT * max(1.0, float(np.abs(wide).max(initial=0)))
    return bool(apart.max(initial=0) <= limit)


def _texts(
    first: Program,
    second: Program,
    model: Model,
    twin: Model,
    backends: Sequence[Backend],
) -> Iterator[str]:
    """Programs that differ in more than the names of values."""
    names = dict(_renamings(first, second))

    def of(found: re.Match[str]) -> str:
        return names.get(found[0], found[0])

    for backend in backends:
        expected = generate(model, backend)
        expected = re.sub(r"(?<![A-Za-z0-9])[A-Za-z]+\d+(?![A-Za-z0-9])", of, expected)
        if generate(replace(twin, sha256=model.sha256), backend) != expected:
            yield f"another {backend.title} program"


def _renamings(first: Program, second: Program) -> Iterator[tuple[str, str]]:
    """Old names of values and new ones."""
    heads = ((first.inputs, second.inputs), (first.outputs, second.outputs))
    for old, new in heads:
        yield from ((a.name, b.name) for a, b in zip(old, new, strict=True))
    for one, other in zip(first.lines, second.lines, strict=True):
        yield from zip(one.targets, other.targets, strict=True)
