"""Real programs: right as they are written, caught as soon as they are changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from specc.codegen.backend import Backend, load_backend
from specc.codegen.build import generate
from specc.ir.graph import Model
from specc.verify.installed import missing_modules
from specc.verify.process import Worker
from specc.verify.report import Report
from specc.verify.run import run_model
from specc.verify.sample import make_generator, sample_batches, sample_weights
from specc.verify.verify import verify

pytestmark = pytest.mark.framework

SPEC = """\
model review(tokens: int[T] < 30 pad 0) -> positive: float[1] {
  tokens -> embed(6)
         -> bi(lstm(4))
         -> mean
         -> dense(1, sigmoid, l2 = 0.01)
}
"""
FROM_VECTORS = """\
model m(x: int[T] < 5 pad 0) -> y: float[T, 2] {
  x -> embed(3, frozen, from = "vectors.txt") -> dense(2)
}
"""
MISTAKES = {
    "jax": {
        "swapped gates": ("c = f * c + i * g", "c = i * c + f * g"),
        "no mask": ("new.ndim)), new, old)", "new.ndim)), new, new)"),
        "raises": ("h, c = states", "h, c, d = states"),
    },
    "tensorflow": {
        "swapped gates": ('("W_i", "W_f", "W_g"', '("W_i", "W_g", "W_f"'),
        "no mask": ('name="bi_lstm")(x, mask=mask)', 'name="bi_lstm")(x)'),
        "raises": ("layers.LSTMCell(4)", "layers.LSTMCells(4)"),
    },
}
Generate = Callable[[Model, Backend], str]


@pytest.fixture(scope="module", params=["jax", "tensorflow"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    backend = load_backend(request.param)
    if missing_modules(backend.modules):
        pytest.skip(f"{backend.title} is not installed")
    with Worker(backend) as worker:
        yield worker


@pytest.fixture(scope="module")
def model(compile_text: Callable[[str], Model]) -> Model:
    return compile_text(SPEC)


def check(model: Model, worker: Worker, generate: Generate = generate) -> Report:
    backend = worker.backend
    sources = {backend.name: generate(model, backend)}
    workers = {backend.name: worker}
    return verify(model, [backend], sources, workers=workers, generate=generate)


def test_a_small_spec_passes(model: Model, worker: Worker) -> None:
    report = check(model, worker)
    wrong = [row for part in report.parts for row in part.rows if not row.passed]
    assert report.passed, wrong
    assert [part.precision for part in report.parts] == ["float64", "float32"]


def test_gradients_that_are_zero_but_for_rounding_pass(
    compile_text: Callable[[str], Model], worker: Worker
) -> None:
    model = compile_text(
        "model m(a: float[T, 4] ragged) -> y: float[T] {\n"
        "  u = a -> dense(4)\n  cosine(u, u)\n}\n"
    )
    report = check(model, worker)
    assert report.passed, report


@pytest.mark.parametrize("mistake", ["swapped gates", "no mask", "raises"])
def test_a_changed_program_is_caught_and_the_layer_named(
    mistake: str, model: Model, worker: Worker
) -> None:
    right, wrong = MISTAKES[worker.backend.name][mistake]
    assert right in generate(model, worker.backend)

    def generate_wrong(model: Model, backend: Backend) -> str:
        return generate(model, backend).replace(right, wrong)

    report = check(model, worker, generate_wrong)
    assert not report.passed
    (found,) = report.findings
    assert (found.node, str(found.span)) == ("bi_lstm", "<text>:3:13")
    expected = "SPC722" if mistake == "raises" else "SPC721"
    assert report.diagnostics[0].code.number == expected


def test_a_file_of_vectors_is_not_needed_to_verify(
    worker: Worker, compile_text: Callable[[str], Model]
) -> None:
    assert check(compile_text(FROM_VECTORS), worker).passed


def test_a_run_gives_what_the_oracle_gives(model: Model, worker: Worker) -> None:
    weights = dict(sample_weights(model, make_generator(0)))
    inputs = sample_batches(model, make_generator(1))[0].inputs
    expected = run_model(model, None, weights, inputs, "float64")["positive"]
    found = run_model(model, worker.backend, weights, inputs)["positive"]
    assert found.dtype == np.float32
    assert np.allclose(found, expected, atol=1e-6)
