"""The same bits from run to run, in fresh processes, on one processor or several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from specc.codegen.backend import load_backend
from specc.codegen.build import generate
from specc.ir.graph import Model
from specc.verify.arrays import Arrays
from specc.verify.child import ProgramError
from specc.verify.installed import missing_modules
from specc.verify.patterns import PATTERNS
from specc.verify.process import Worker
from specc.verify.sample import make_generator, sample_batch, sample_weights

pytestmark = pytest.mark.framework

# As large as it must be for threads to share the work.
SPEC = """\
model m(ids: int[T] < 50 pad 0, image: float[24, 24, 8])
    -> (steps: float[T, 300], whole: float[64]) {
  steps = ids -> embed(256) -> conv(256, 5, same, relu) -> self_attend(4)
              -> bi(lstm(64)) -> layernorm -> dense(300)
  whole = image -> conv(64, 3) -> batchnorm -> maxpool(2) -> conv(64, 3) -> mean
}
"""


@pytest.fixture(scope="module", params=["jax", "tensorflow"])
def backend(request: pytest.FixtureRequest):
    found = load_backend(request.param)
    if missing_modules(found.modules):
        pytest.skip(f"{found.title} is not installed")
    return found


@contextmanager
def on_processors(count: int) -> Iterator[None]:
    """What is started in the meantime runs on so many processors."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:count])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def computed(model: Model, backend) -> tuple[Arrays, dict[str, str]]:
    """Outputs, gradients and trained weights from a fresh process; what it ran on."""
    weights = sample_weights(model, make_generator(0))
    ragged = PATTERNS["ragged"]
    inputs = sample_batch(model, "", 32, {"T": 40}, ragged, make_generator(1)).inputs
    with Worker(backend, deterministic=True) as worker:
        worker.load(generate(model, backend), "float32")
        worker.use(weights)
        outputs = worker.run(inputs, model.output_names)
        gradients = worker.gradients(inputs, outputs)
        trained = worker.descend(inputs, outputs, steps=3, rate=1e-4)
        told = worker.describe()
    parts = {"output": outputs, "gradient": gradients, "trained": trained}
    found = {
        f"{part} {n}": a for part, named in parts.items() for n, a in named.items()
    }
    return found, told


def test_outputs_gradients_and_training_are_the_same_bits(
    backend, compile_text: Callable[[str], Model]
) -> None:
    model = compile_text(SPEC)
    with on_processors(1):
        first, told = computed(model, backend)
    again, _ = computed(model, backend)
    assert first.keys() == again.keys()
    different = [n for n in first if first[n].tobytes() != again[n].tobytes()]
    assert not different
    assert all(np.isfinite(array).all() for array in first.values())
    settings = {"jax": ("PJRT_NPROC", "1"), "tensorflow": ("op_determinism", "true")}
    name, value = settings[backend.name]
    assert told[name] == value
    if backend.name == "jax":
        assert told["XLA_FLAGS"].endswith("--xla_gpu_deterministic_ops=true")


def test_what_has_no_such_form_is_refused(compile_text: Callable[[str], Model]) -> None:
    """TensorFlow raises; it does so here for numbers drawn without a seed."""
    backend = load_backend("tensorflow")
    if missing_modules(backend.modules):
        pytest.skip(f"{backend.title} is not installed")
    model = compile_text("model m(x: float[3]) -> y: float[1] { x -> dense(1) }")
    source = generate(model, backend)
    drawing = source.replace(
        "    y = layers.", "    tf.random.normal([1])\n    y = layers."
    )
    assert drawing != source
    with Worker(backend, deterministic=True) as worker:
        worker.load(drawing, "float32")
        worker.use(sample_weights(model, make_generator(0)))
        with pytest.raises(ProgramError, match="determinism"):
            worker.run({"x": np.ones((1, 3), np.float32)}, ["y"])
