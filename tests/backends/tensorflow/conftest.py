"""Programs of the TensorFlow backend, run in this process and held to the oracle."""

from __future__ import annotations

import pytest
from specc_tensorflow import backend

from specc.codegen.build import generate, load_program
from specc.ir.schedule import Target
from specc.lower import lower_text
from specc.passes import run_passes
from specc.passes.recurrence.choose import schedule_model
from specc.verify.expected import expect
from specc.verify.judge import Program, judge_forward, judge_gradients, judge_penalty
from specc.verify.sample import make_generator, sample_batches, sample_weights

BATCHES = {
    "float64": ("ragged", "holes", "random", "shortest"),
    "float32": ("ragged", "holes", "random"),
}


class InProcess:
    """What `specc.verify.process.Worker` is, without a child."""

    def __init__(self):
        from specc_tensorflow import runner

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


def lowered(text):
    return run_passes(lower_text(text))


def program_text(text):
    return generate(lowered(text), backend)


@pytest.fixture(scope="session")
def worker():
    return InProcess()


@pytest.fixture
def load(worker):
    """The module of a spec's program, in one precision."""
    return lambda text, *precision: worker.load(program_text(text), *precision)


@pytest.fixture
def prove(worker):
    """Hold a spec's program to the oracle in a precision; gives its text."""

    def proved(text, precision="float64", target="portable"):
        model = lowered(text)
        source = generate(schedule_model(model, Target(target)), backend)
        weights = sample_weights(model, make_generator(0, 0))
        batches = sample_batches(model, make_generator(0, 1))
        used = [b for b in batches if b.name in BATCHES[precision]] or batches[:1]
        expected = expect(model, weights, used, 0)
        worker.load(source, precision)
        worker.use({name: w.astype(precision) for name, w in weights.items()})
        program = Program(worker, expected, precision)
        rows = [*judge_forward(program), *judge_gradients(program)]
        if precision == "float64":
            rows += judge_penalty(program)
        failed = [row for row in rows if not row.passed]
        assert rows and not failed, f"{precision}: {failed}\n{source}"
        return source

    return proved


@pytest.fixture(scope="session")
def text_of():
    """The text of a spec's program."""
    return program_text
