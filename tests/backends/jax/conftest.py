"""Programs of the JAX backend, run in this process and held to the oracle."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
from specc_jax import backend

from specc.codegen.build import generate, load_program
from specc.ir.graph import Model
from specc.ir.schedule import Target, TargetName
from specc.lower import lower_text
from specc.passes import run_passes
from specc.passes.recurrence.choose import schedule_model
from specc.verify.expected import expect
from specc.verify.judge import Program, judge_forward, judge_gradients, judge_penalty
from specc.verify.sample import make_generator, sample_batches, sample_weights

# Of one shape, with ragged rows, padding anywhere and an empty row; and of length 1.
ROOMY = ("ragged", "full", "holes", "random")
BATCHES = {"float64": (*ROOMY, "shortest"), "float32": ROOMY}

Build = Callable[[str], tuple[Model, str]]
Load = Callable[..., ModuleType]
Prove = Callable[..., str]


class InProcess:
    """What `specc.verify.process.Worker` is, without a child."""

    def __init__(self) -> None:
        from specc_jax import runner

        self.runner = runner

    def load(self, source, precision="float32"):
        self.runner.prepare(precision)
        self.module = load_program(source, "specc_generated")
        return self.module

    def use(self, weights):
        self.weights = weights

    def run(self, inputs, outputs):
        return self.runner.run(self.module, self.weights, inputs, tuple(outputs))

    def gradients(self, inputs, cotangents):
        return self.runner.gradients(self.module, self.weights, inputs, cotangents)

    def penalty(self):
        return self.runner.penalty(self.module, self.weights)


def build_text(text: str) -> tuple[Model, str]:
    model = run_passes(lower_text(text))
    return model, generate(model, backend)


@pytest.fixture(scope="session")
def build() -> Build:
    """A spec's model and its program."""
    return build_text


@pytest.fixture(scope="session")
def worker() -> InProcess:
    return InProcess()


@pytest.fixture
def load(worker: InProcess) -> Load:
    """The module of a spec's program."""
    return lambda text, **options: worker.load(build_text(text)[1], **options)


@pytest.fixture
def prove(worker: InProcess) -> Prove:
    """Hold a spec's program to the oracle, in both precisions; gives its text."""

    def proved(text: str, target: TargetName = "portable") -> str:
        model = build_text(text)[0]
        source = generate(schedule_model(model, Target(target)), backend)
        weights = sample_weights(model, make_generator(0, 0))
        batches = sample_batches(model, make_generator(0, 1))
        for precision, names in BATCHES.items():
            used = [batch for batch in batches if batch.name in names]
            expected = expect(model, weights, used, 0)
            worker.load(source, precision)
            kind = np.dtype(precision)
            worker.use({name: w.astype(kind) for name, w in weights.items()})
            program = Program(worker, expected, precision)
            rows = [*judge_forward(program), *judge_gradients(program)]
            if precision == "float64":
                rows += judge_penalty(program)
            failed = [row for row in rows if not row.passed]
            assert rows and not failed, f"{precision}: {failed}\n{source}"
        return source

    return proved
