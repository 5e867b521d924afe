"""Programs judged by the proof as it stands, until a check of it finds a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from specc.compiler import compile_source
from specc.ir.graph import Model
from specc.ir.lengths import fitting_lengths
from specc.text import Source
from specc.verify.arrays import Precision
from specc.verify.causality import judge_causality
from specc.verify.child import ProgramError
from specc.verify.compare import Row
from specc.verify.expected import Descent, Expected, expect, oracle_descent
from specc.verify.judge import (
    Program,
    judge_forward,
    judge_gradients,
    judge_initial,
    judge_invariance,
    judge_penalty,
    judge_steps,
    load_program,
)
from specc.verify.patterns import PATTERNS
from specc.verify.process import Worker
from specc.verify.report import row_text
from specc.verify.sample import (
    ROOMY,
    ROWS,
    Batch,
    make_generator,
    sample_batch,
    sample_batches,
    sample_weights,
)

SEED = 0
CHUNK = ("CHUNK = 256", "CHUNK = 3")
"""Scans go by chunks so small that the few steps of a batch are several of them."""


class Kill(Struct, frozen=True):
    """The check that found a fault, and what it said; no check where none did."""

    check: str
    message: str


class Trial(Struct, frozen=True, eq=False):
    """What the programs of a spec are held to.

    `edges`: on inputs that chance does not draw, as the tests of edges have them.
    """

    expected: Expected
    edges: Expected
    descent: Descent


def _model(text: str) -> Model:
    return compile_source(Source("seeded.seq", text), Path()).model()


@cache
def trial_of(text: str) -> Trial:
    """The oracle's numbers for a spec, as `specc verify` draws and computes them."""
    model = _model(text)
    weights = sample_weights(model, make_generator(SEED, 0))
    batches = sample_batches(model, make_generator(SEED, 1))
    expected = expect(model, weights, batches, SEED)
    edges = expect(model, weights, _edges(model), SEED)
    return Trial(expected, edges, oracle_descent(expected))


def _edges(model: Model) -> list[Batch]:
    """Sequences too short for any window, and numbers of which many are equal."""
    generator = make_generator(SEED, 4)
    roomy = fitting_lengths(model, ROOMY)
    short = dict.fromkeys(roomy, 1)
    batches = [
        sample_batch(model, name, ROWS, lengths, PATTERNS["ragged"], generator)
        for name, lengths in (("too short", short), ("equal numbers", roomy))
    ]
    last = batches.pop()
    equal = {
        name: np.floor(array) + np.float32(0.25) if array.dtype.kind == "f" else array
        for name, array in last.inputs.items()
    }
    return [*(batches if short else ()), replace(last, inputs=equal)]


Check = Callable[[Program, Trial], list[Row]]
CHECKS: MappingProxyType[str, tuple[Precision, Check]] = MappingProxyType(
    {
        "output": ("float64", lambda program, _: judge_forward(program)),
        "gradient": ("float64", lambda program, _: judge_gradients(program)),
        "penalty": ("float64", lambda program, _: judge_penalty(program)),
        "descent": ("float64", lambda p, trial: judge_steps(p, trial.descent)),
        "invariance": ("float64", lambda program, _: judge_invariance(program)),
        "causality": ("float64", lambda program, _: judge_causality(program)),
        "edges": ("float64", lambda program, trial: _judge_edges(program, trial)),
        "initial": ("float32", lambda program, _: judge_initial(program)),
    }
)
"""What `specc verify` holds a program to, in the order it is asked here."""


def _judge_edges(program: Program, trial: Trial) -> list[Row]:
    there = replace(program, expected=trial.edges)
    return [*judge_forward(there), *judge_gradients(there)]


def judge(worker: Worker, source: str, text: str, asked: Sequence[str]) -> Kill:
    """The first of these checks that a program fails, if any."""
    trial = trial_of(text)
    try:
        for check, rows in _rows(worker, source.replace(*CHUNK), trial, asked):
            for row in rows:
                if not row.passed:
                    return Kill(check, row_text(row))
    except ProgramError as error:
        return Kill("error", f"{error.kind}: {error.message}".splitlines()[0])
    return Kill("", "")


def _rows(
    worker: Worker, source: str, trial: Trial, asked: Sequence[str]
) -> Iterator[tuple[str, list[Row]]]:
    loaded: Precision | None = None
    for name in asked:
        precision, check = CHECKS[name]
        if precision != loaded:
            program = load_program(worker, source, trial.expected, precision)
            loaded = precision
        if name == "output":
            # One batch is mostly enough, and the others take as long as it does.
            truths = trial.expected.truths[:1]
            first = replace(program, expected=replace(trial.expected, truths=truths))
            rows = check(first, trial)
            if not all(row.passed for row in rows):
                yield name, rows
                return
        yield name, check(program, trial)


def parameters(text: str) -> int:
    """How many numbers the weights of a spec are."""
    return sum(array.size for array in trial_of(text).expected.weights.values())
