"""What recurrent layers drop while training, read off programs of both backends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.lower import lower_text
from specc.passes import run_passes
from specc.verify.weights import initial_weights

pytestmark = pytest.mark.framework

CELLS = """
# The state is the input a step ago; matrices of ones on the diagonal show it.
cell delay(units: int) {
  state h[units]
  param W = identity, A[units, units] = identity, B[units, units] = identity
  h' = W @ x
  concat(h, A @ h, B @ (2 * h), W @ x)
}
# Two states, each with a mask of its own, and one seen after the step.
cell two(units: int) {
  state h[units], k[units]
  param W = identity, A[units, units] = identity
  param B[units, units] = identity, C[units, units] = identity
  h' = W @ x
  k' = W @ x
  concat(A @ h, B @ k, C @ k', k')
}
# Shows the columns of A, which is all ones, one after the other.
cell columns(units: int) {
  state h[units]
  param W = identity, A[units, units] = ones
  h' = W @ x
  A @ h
}
# Steps another cell, whose matrices drop as well.
cell stepping(units: int) {
  state h[units], c[units]
  h', c' = (x, h, c) -> step(lstm(units))
}
cell looking(units: int, memory: float[S, d]) {
  state h[units]
  param A[units, units] = identity, W = identity
  seen = memory -> mean
  h' = W @ x
  A @ h + 0 * seen
}
"""
WIDTH, ROWS, STEPS = 24, 16, 7


class Program:
    """A program of one backend, in float64, with the weights of seed 0."""

    def __init__(self, name: str, body: str, head: str) -> None:
        backend = load_backend(name)
        self.name, self.runner = name, pytest.importorskip(backend.runner)
        self.runner.prepare("float64")
        model = run_passes(lower_text(f"{CELLS}\nmodel m({head}) -> {body}"))
        self.module = load_program(generate(model, backend), "specc_generated")
        self.weights = initial_weights(model, 0, Path())
        if name == "tensorflow":
            self.model = self.module.build(variables=self.weights)

    def __call__(self, *inputs, training=True, seed=0):
        if self.name == "jax":
            import jax

            weights, rng = nested(self.weights), jax.random.key(seed)
            found = self.module.apply(weights, *inputs, training=training, rng=rng)
            return np.asarray(found)
        given = list(inputs) if len(inputs) > 1 else inputs[0]
        return np.asarray(self.model(given, training=training))

    def gradients(self, x):
        """Of the sum of the outputs while training, by weight."""
        if self.name == "jax":
            import jax

            def total(weights):
                rng = jax.random.key(0)
                return self.module.apply(weights, x, training=True, rng=rng).sum()

            found = jax.grad(total)(nested(self.weights))
            return [np.asarray(leaf) for leaf in jax.tree.leaves(found)]
        import tensorflow as tf

        with tf.GradientTape() as tape:
            total = tf.reduce_sum(self.model(x, training=True))
        return [np.asarray(g) for g in tape.gradient(total, self.model.weights)]


@pytest.fixture(params=["jax", "tensorflow"])
def program(request):
    def made(layer, y, head=f"x: float[T, {WIDTH}]", whole=""):
        return Program(request.param, whole or f"{y} {{ x -> {layer} }}", head)

    return made


def nested(weights):
    """Weights by canonical name as the dicts of a JAX program."""
    tree = {}
    for name, weight in weights.items():
        *outer, last = name.split(".")
        place = tree
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = weight
    return tree


def ones(width: int = WIDTH):
    return np.ones((ROWS, STEPS, width))


def parts(found, count: int):
    return np.split(found, count, axis=-1)


@pytest.mark.parametrize("direction", ["", ", reverse"])
def test_a_state_has_one_mask_for_all_steps_and_products(program, direction):
    layer = f"delay({WIDTH}, recurrent_dropout = 0.25{direction})"
    found = program(layer, f"float[T, {4 * WIDTH}]")(ones())
    if direction:
        found = found[:, ::-1]
    h, by_a, by_b, x = parts(found[:, 1:], 4)
    assert (h == 1).all() and (x == 1).all(), "all but products see the whole state"
    assert np.unique(by_a) == pytest.approx([0, 4 / 3])
    np.testing.assert_allclose(by_b, 2 * by_a, rtol=1e-12)
    assert (by_a == by_a[:, :1]).all(), "the same at every step"
    assert (by_a[0] != by_a[1]).any(), "each row has its own"
    assert abs((by_a[:, 0] == 0).mean() - 0.25) < 0.08


def test_every_state_has_a_mask_of_its_own_also_after_the_step(program):
    layer = f"two({WIDTH}, recurrent_dropout = 0.5)"
    found = program(layer, f"float[T, {4 * WIDTH}]")(ones())
    h, k, new, whole = parts(found[:, 1:], 4)
    assert (whole == 1).all()
    assert (h != k).any() and (h == h[:, :1]).all()
    np.testing.assert_array_equal(k, new)


def test_the_input_has_one_mask_for_all_steps(program):
    found = program(f"delay({WIDTH}, dropout = 0.5)", f"float[T, {4 * WIDTH}]")(ones())
    h, by_a, by_b, x = parts(found[:, 1:], 4)
    assert set(np.unique(x)) == {0, 2}
    assert (x == x[:, :1]).all() and (x[0] != x[1]).any()
    np.testing.assert_array_equal(h, x)
    np.testing.assert_array_equal(by_a, x)
    np.testing.assert_array_equal(by_b, 2 * x)


def test_weights_have_one_mask_for_all_steps_and_rows(program):
    x = np.tile(np.eye(WIDTH), (3, 2, 1))
    layer = f"columns({WIDTH}, weight_dropout = 0.5)"
    run = program(layer, f"float[T, {WIDTH}]")
    found = run(x)
    first, again = found[:, 1 : WIDTH + 1], found[:, WIDTH + 1 :]
    assert set(np.unique(first)) == {0, 2}
    np.testing.assert_array_equal(first[:, :-1], again)
    np.testing.assert_array_equal(first[0], first[2])
    assert (first[0, 0] != first[0, 1]).any(), "a matrix, not a row, is drawn"
    assert abs((first[0] == 0).mean() - 0.5) < 0.1


def test_both_directions_draw_for_themselves(program):
    layer = f"bi(delay({WIDTH}, dropout = 0.5, recurrent_dropout = 0.5))"
    found = program(layer, f"float[T, {8 * WIDTH}]")(ones())
    ahead, back = parts(found, 2)
    for number in (1, 3):
        one, other = parts(ahead, 4)[number][:, 3], parts(back, 4)[number][:, 3]
        assert (one != other).any()


@pytest.mark.parametrize(
    "layer",
    [
        "lstm(5, dropout = 0.5)",
        "lstm(5, recurrent_dropout = 0.5)",
        "lstm(5, weight_dropout = 0.5)",
        "gru(5, dropout = 0.4, recurrent_dropout = 0.4)",
        "rnn(5, dropout = 0.4, recurrent_dropout = 0.4)",
        "gru_reset_before(5, recurrent_dropout = 0.4)",
        "stepping(5, weight_dropout = 0.5)",
        "stepping(5, recurrent_dropout = 0.5)",
    ],
)
def test_draws_differ_gradients_flow_and_inference_knows_nothing_of_it(program, layer):
    name = layer.partition("(")[0]
    x = np.random.default_rng(0).normal(size=(3, 4, 6))
    run = program(layer, "float[T, 5]", "x: float[T, 6]")
    plain = program(f"{name}(5)", "float[T, 5]", "x: float[T, 6]")
    still = run(x, training=False)
    np.testing.assert_array_equal(still, plain(x, training=False))
    one, other = run(x, seed=1), run(x, seed=2)
    assert (one != other).any() and (one != still).any()
    if run.name == "jax":
        np.testing.assert_array_equal(one, run(x, seed=1))
    assert all(np.isfinite(g).all() and g.any() for g in run.gradients(x))


@pytest.mark.parametrize("option", ["dropout", "recurrent_dropout", "weight_dropout"])
def test_a_rate_of_zero_is_no_dropping_at_all(program, option):
    x = np.random.default_rng(0).normal(size=(3, 4, 6))
    run = program(f"lstm(5, {option} = 0)", "float[T, 5]", "x: float[T, 6]")
    np.testing.assert_array_equal(run(x), run(x, training=False))


def test_what_is_kept_is_scaled_so_that_the_mean_stays(program):
    layer = f"delay({WIDTH}, recurrent_dropout = 0.3)"
    run = program(layer, f"float[T, {4 * WIDTH}]")
    means = [parts(run(ones(), seed=n), 4)[1][:, 1:].mean() for n in range(20)]
    assert abs(np.mean(means) - 1) < 0.03


def test_masked_steps_and_values_from_outside_go_with_it(program):
    head = f"x: float[T, {WIDTH}] ragged, z: float[S, {WIDTH}] ragged"
    layer = f"looking({WIDTH}, z, recurrent_dropout = 0.5)"
    run = program(layer, f"float[T, {WIDTH}]", head)
    mask = np.ones((ROWS, STEPS), bool)
    mask[:, 3] = False
    found = run(ones(), ones(), mask, np.ones((ROWS, STEPS), bool))
    assert set(np.unique(found[:, 1:])) == {0, 2}
    assert (found[:, 1:] == found[:, 1:2]).all()


def test_a_shared_layer_draws_anew_at_every_use(program):
    layer = f"lstm({WIDTH}, dropout = 0.5)"
    body = f"float[T, {WIDTH}] {{\n  let e = {layer}\n  (x -> e) - (x -> e)\n}}"
    run = program(layer, "", whole=body)
    assert run(ones()).any()
    assert not run(ones(), training=False).any()
