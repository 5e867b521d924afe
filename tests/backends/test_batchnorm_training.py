"""Batch normalisation while training: both backends against the equation."""

from __future__ import annotations

import numpy as np
import pytest

from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.lower import lower_text
from specc.passes import run_passes

pytestmark = pytest.mark.framework

PLAIN = """
model plain(x: float[4, 3, 2]) -> y: float[4, 3, 2] {
  x -> batchnorm(momentum = 0.9)
}
"""
MASKED = """
model masked(x: float[T, 3] ragged) -> y: float[T, 3] {
  x -> batchnorm(momentum = 0.9)
}
"""
NESTED = """
model nested(x: int[T, C] < 4 pad 0) -> y: float[T, C, 3] {
  x -> embed(3) -> batchnorm(momentum = 0.9)
}
"""
FROZEN = MASKED.replace("momentum = 0.9", "momentum = 0.9, frozen")
UNCENTRED = PLAIN.replace("momentum = 0.9", "momentum = 0.9, bias = none")
SHARED = """
model shared(x: float[5]) -> y: float[5] {
  let norm = batchnorm(momentum = 0.9)
  x -> norm -> tanh -> norm
}
"""
MASK = np.array([[1, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0]], bool)
NAMES = ("gamma", "beta", "moving_mean", "moving_variance")


def drawn(features: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    found = dict(zip(NAMES, rng.normal(size=(4, features)), strict=True))
    found["moving_variance"] = np.exp(found["moving_variance"])
    return found


def equation(w, x, valid):
    """y and the new weights, from the rows of features that count."""
    rows = x[valid]
    mean, variance = rows.mean(axis=0), ((rows - rows.mean(axis=0)) ** 2).mean(axis=0)
    y = w["gamma"] * (x - mean) / np.sqrt(variance + 1e-3) + w.get("beta", 0)
    moved = {
        "moving_mean": 0.9 * w["moving_mean"] + 0.1 * mean,
        "moving_variance": 0.9 * w["moving_variance"] + 0.1 * variance,
    }
    return y, {**w, **moved}


@pytest.fixture(params=["jax", "tensorflow"])
def train(request):
    """Outputs while training, and the weights after it, by one backend in float64."""
    backend = load_backend(request.param)
    module_of = pytest.importorskip(backend.runner)
    module_of.prepare("float64")

    def trained(text, weights, *inputs, **tables):
        model = run_passes(lower_text(text))
        module = load_program(generate(model, backend), "specc_generated")
        path = "norm" if "norm =" in text else "batchnorm"
        named = {f"{path}.{name}": w for name, w in weights.items()}
        if request.param == "jax":
            tree_map = pytest.importorskip("jax").tree.map
            embed = tree_map(pytest.importorskip("jax.numpy").asarray, tables)
            before = {path: dict(weights), "embed": embed}
            y, after = module.apply_and_update(before, *inputs, training=True)
            assert before[path].keys() == weights.keys()
            assert all(before[path][name] is w for name, w in weights.items())
            return np.asarray(y), {n: np.asarray(w) for n, w in after[path].items()}
        named |= {f"embed.{name}": table for name, table in tables.items()}
        program = module.build(variables=named)
        given = list(inputs) if len(inputs) > 1 else inputs[0]
        y = program(given, training=True)
        found = module.get_variables(program)
        return np.asarray(y), {n.rpartition(".")[2]: w for n, w in found.items()}

    yield trained
    module_of.prepare("float32")


def agree(found, expected):
    y, weights = found
    np.testing.assert_allclose(y, expected[0], rtol=0, atol=1e-12)
    assert weights.keys() == expected[1].keys()
    for name, weight in expected[1].items():
        np.testing.assert_allclose(weights[name], weight, rtol=0, atol=1e-12)


def test_a_batch_is_normalised_by_its_own_statistics_and_moves_the_others(train):
    x = np.random.default_rng(1).normal(2, 3, size=(5, 4, 3, 2))
    every = np.ones(x.shape[:-1], bool)
    agree(train(PLAIN, drawn(2), x), equation(drawn(2), x, every))


def test_without_beta(train):
    x = np.random.default_rng(1).normal(2, 3, size=(5, 4, 3, 2))
    w = {name: array for name, array in drawn(2).items() if name != "beta"}
    agree(train(UNCENTRED, w, x), equation(w, x, np.ones(x.shape[:-1], bool)))


def test_masked_steps_do_not_count(train):
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3))
    agree(train(MASKED, drawn(3), x, MASK), equation(drawn(3), x, MASK))


def test_steps_of_padded_sequences_do_not_count_either(train):
    ids = np.array(
        [[[1, 2, 0], [3, 0, 0], [0, 0, 0]], [[2, 0, 3], [0, 0, 0], [1, 1, 1]]]
    )
    table = np.random.default_rng(1).normal(size=(4, 3))
    _, after = train(NESTED, drawn(3), ids, table=table)
    moved = equation(drawn(3), table[ids], ids != 0)[1]
    for name in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(after[name], moved[name], rtol=0, atol=1e-12)


def test_what_masked_steps_hold_moves_nothing(train):
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3))
    other = np.where(MASK[..., None], x, 1e6)
    y, after = train(MASKED, drawn(3), x, MASK)
    y_other, after_other = train(MASKED, drawn(3), other, MASK)
    np.testing.assert_array_equal(y[MASK], y_other[MASK])
    for name, weight in after.items():
        np.testing.assert_array_equal(weight, after_other[name])


def test_a_batch_without_a_step_that_counts_changes_nothing(train):
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3))
    y, after = train(MASKED, drawn(3), x, np.zeros_like(MASK))
    assert np.isfinite(y).all()
    for name, weight in drawn(3).items():
        np.testing.assert_array_equal(after[name], weight)


def test_a_shared_layer_moves_once_for_each_use(train):
    x = np.random.default_rng(1).normal(2, 3, size=(6, 5))
    every = np.ones(6, bool)
    between, once = equation(drawn(5), x, every)
    agree(train(SHARED, drawn(5), x), equation(once, np.tanh(between), every))


def test_a_frozen_layer_stays_as_outside_of_training():
    from specc_jax import runner

    runner.prepare("float64")
    model = run_passes(lower_text(FROZEN))
    source = generate(model, load_backend("jax"))
    assert "apply_and_update" not in source
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3))
    module = load_program(source, "specc_generated")
    w = {"batchnorm": drawn(3)}
    still, training = (
        module.apply(w, x, MASK, training=flag) for flag in (False, True)
    )
    np.testing.assert_array_equal(still, training)
    runner.prepare("float32")


def test_a_frozen_keras_layer_stays_as_outside_of_training():
    keras = pytest.importorskip("keras")
    source = generate(run_passes(lower_text(FROZEN)), load_backend("tensorflow"))
    named = {f"batchnorm.{name}": w for name, w in drawn(3).items()}
    module = load_program(source, "specc_generated")
    program = module.build(variables=named)
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3)).astype("float32")
    still, training = (program([x, MASK], training=flag) for flag in (False, True))
    np.testing.assert_array_equal(still, training)
    assert keras.backend.backend() == "tensorflow"


def test_training_passes_gradients_through_the_statistics_of_the_batch():
    """Against central differences of the equation, for x and gamma."""
    import jax
    from specc_jax import runner

    runner.prepare("float64")
    source = generate(run_passes(lower_text(MASKED)), load_backend("jax"))
    module = load_program(source, "specc_generated")
    rng = np.random.default_rng(2)
    x, factor, step = rng.normal(2, 3, size=(3, 3, 4, 3))

    def loss(w, x):
        y = module.apply({"batchnorm": w}, x, MASK, training=True)
        return (y * factor)[MASK].sum()

    of_w, of_x = jax.grad(loss, argnums=(0, 1))(drawn(3), x)
    ahead, behind = (
        (equation(drawn(3), x + h * step, MASK)[0] * factor)[MASK].sum()
        for h in (1e-6, -1e-6)
    )
    np.testing.assert_allclose((of_x * step).sum(), (ahead - behind) / 2e-6, rtol=1e-6)
    assert np.asarray(of_w["gamma"]).any()
    assert not np.asarray(of_w["moving_mean"]).any()
    assert not np.asarray(of_w["moving_variance"]).any()
    runner.prepare("float32")


def test_fit_moves_the_statistics(tmp_path):
    """Also in a model that Keras saved and loaded."""
    keras = pytest.importorskip("keras")
    source = generate(run_passes(lower_text(MASKED)), load_backend("tensorflow"))
    module = load_program(source, "specc_generated")
    w = {name: array.astype("float32") for name, array in drawn(3).items()}
    program = module.build(variables={f"batchnorm.{n}": a for n, a in w.items()})
    program.save(tmp_path / "model.keras")
    program = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(1).normal(2, 3, size=(3, 4, 3)).astype("float32")
    program.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    program.fit([x, MASK], x, batch_size=3, epochs=1, verbose=0)
    expected = equation(w, x, MASK)[1]
    found = module.get_variables(program)
    for name in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(
            found[f"batchnorm.{name}"], expected[name], rtol=1e-5
        )
    assert not np.array_equal(found["batchnorm.gamma"], w["gamma"])
