"""Every backend's program of a model, held to the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from types import MappingProxyType

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.diagnostics import Diagnostic, Failure
from specc.ir.graph import Model
from specc.verify.arrays import Precision
from specc.verify.blame import Generate, blame
from specc.verify.causality import judge_causality
from specc.verify.child import ProgramError
from specc.verify.compare import INFINITE, Row
from specc.verify.digests import digests
from specc.verify.expected import Descent, Expected, expect, extend, oracle_descent
from specc.verify.installed import require_framework
from specc.verify.judge import (
    judge_forward,
    judge_gradients,
    judge_initial,
    judge_invariance,
    judge_penalty,
    judge_steps,
    load_program,
)
from specc.verify.process import Worker
from specc.verify.report import Finding, Part, Report
from specc.verify.sample import make_generator, sample_batches, sample_weights

MORE_DRAWS = 3
"""How often all batches are drawn again where float32 is in doubt."""


def verify(
    model: Model,
    backends: Sequence[Backend],
    sources: Mapping[str, str],
    *,
    seed: int = 0,
    workers: Mapping[str, Worker] = MappingProxyType({}),
    generate: Generate = generate,
) -> Report:
    """Judge the program of each backend; `sources` has their texts by its name.

    `workers` are children to use, by backend, where some run already; others are
    started and stopped. `generate` makes the programs of parts of the model, by which
    a mistake is traced to a node. Raises `Failure` (SPC605) if a framework is missing.
    """
    _require_frameworks(backends)
    with ExitStack() as stack:
        # The children load their frameworks while the oracle is at work.
        hired = {
            backend.name: workers.get(backend.name)
            or stack.enter_context(Worker(backend))
            for backend in backends
        }
        trial = _Trial(model, seed)
        parts: list[Part] = []
        findings: list[Finding] = []
        for backend in backends:
            worker, source = hired[backend.name], sources[backend.name]
            found = _judge(worker, backend.name, source, trial)
            wrong = [part for part in found if not part.passed]
            parts += found
            findings += [
                blame(worker, backend, source, trial.expected, part, generate)
                for part in wrong[:1]
            ]
    judged = {backend.name: sources[backend.name] for backend in backends}
    return Report(
        model=model.name,
        source=model.source,
        seed=seed,
        batches=tuple(truth.batch.label for truth in trial.expected.truths),
        parts=tuple(parts),
        findings=tuple(findings),
        digests=digests(model, judged, trial.expected.weights),
    )


def _require_frameworks(backends: Sequence[Backend]) -> None:
    """Raise one `Failure` for everything that is missing."""
    missing: list[Diagnostic] = []
    for backend in backends:
        try:
            require_framework(backend)
        except Failure as failure:
            missing += failure.diagnostics
    if missing:
        raise Failure(missing)


class _Trial:
    """What all programs of a model are held to."""

    def __init__(self, model: Model, seed: int) -> None:
        weights = sample_weights(model, make_generator(seed, 0))
        batches = sample_batches(model, make_generator(seed, 1))
        self.expected = expect(model, weights, batches, seed)
        self.descent = oracle_descent(self.expected)
        self._seed = seed

    @cached_property
    def wider(self) -> Expected:
        """The oracle on more batches of the same shapes, for a verdict in doubt."""
        model = self.expected.model
        more = [
            batch
            for draw in range(1, MORE_DRAWS + 1)
            for batch in sample_batches(model, make_generator(self._seed, 1, draw))
        ]
        return extend(self.expected, more)


def _judge(
    worker: Worker, backend: str, source: str, trial: _Trial
) -> tuple[Part, Part]:
    """All there is to measure of a program, in both precisions."""

    def judge(precision: Precision, expected: Expected) -> Part:
        rows, trace = _judge_in(precision, worker, source, trial.descent, expected)
        return Part(backend, precision, rows, trace)

    whole = judge("float64", trial.expected)
    single = judge("float32", trial.expected)
    # A float32 verdict on few numbers can be bad luck: a largest error that is large
    # by chance over one that is small by chance. More numbers decide, by the same rule.
    if whole.passed and not single.passed and not single.trace:
        single = judge("float32", trial.wider)
    return whole, single


def _judge_in(
    precision: Precision,
    worker: Worker,
    source: str,
    descent: Descent,
    expected: Expected,
) -> tuple[tuple[Row, ...], str]:
    """The rows, and the traceback of a program that raised."""
    rows: list[Row] = []
    trace = ""
    try:
        program = load_program(worker, source, expected, precision)
        rows += judge_forward(program)
        rows += judge_gradients(program)
        rows += judge_penalty(program)
        rows += judge_steps(program, descent)
        if precision == "float64":
            rows += judge_invariance(program)
            rows += judge_causality(program)
        else:
            rows += judge_initial(program)
    except ProgramError as error:
        rows.append(Row("error", error.kind, INFINITE, 0.0, note=error.message))
        trace = error.trace
    return tuple(rows), trace
