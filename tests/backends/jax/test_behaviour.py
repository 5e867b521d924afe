"""What programs do at the edges: ids out of range, empty rows, training, seeds."""

from __future__ import annotations

import numpy as np
import pytest

from specc.codegen import initial

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402

pytestmark = pytest.mark.framework

EMBED = "model m(x: int[T] < 5) -> float[T, 2] { x -> embed(2) }"
DROPOUT = """model m(x: float[T, 6])
  -> (a: float[T, 6], b: float[T, 6], c: float[T, 6]) {
  a = x -> dropout(0.5)
  b = x -> dropout(0.5, shared = time)
  c = x -> spatial_dropout(0.25)
}"""


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32])
def test_an_id_outside_the_table_gives_nan(dtype, load):
    module = load(EMBED)
    ids = np.array([[0, 4, 5, 100, np.array(-1).astype(dtype)]], dtype)
    found = module.apply(module.init(), ids)
    outside = np.isnan(found).all(axis=-1)
    assert outside.tolist() == [[False, False, True, True, True]]
    assert np.isfinite(found[:, :2]).all()


@pytest.mark.parametrize("x", ["float[T, 6]", "float[T, 6] ragged", "float[7, 6]"])
def test_compiled_gradients_of_a_largest_step_are_those_of_each_step_run_alone(x, load):
    """XLA may round what goes into `max` in two ways, so that none is the largest."""
    module = load(f"model m(x: {x}) -> float[6] {{ x -> layernorm -> max }}")
    rng = np.random.default_rng(0)
    given = [rng.normal(size=(5, 7, 6))] + [np.ones((5, 7), bool)] * ("ragged" in x)
    scales = {"gamma": rng.normal(size=6), "beta": rng.normal(size=6)}
    with jax.enable_x64(True):
        variables = {"layernorm": jax.tree.map(jnp.asarray, scales)}

        def total(variables):
            return jnp.sum(module.apply(variables, *given))

        found = jax.jit(jax.grad(total))(variables)["layernorm"]
        expected = jax.grad(total)(variables)["layernorm"]
    np.testing.assert_allclose(found["beta"], np.full(6, 5.0), rtol=1e-12)
    np.testing.assert_allclose(found["gamma"], expected["gamma"], rtol=1e-12)


def test_rows_without_a_valid_step_are_finite_with_their_gradients(load):
    module = load(
        """model m(x: int[T] < 5 pad 0) -> float[3] {
  h = x -> embed(4)
  a = h -> bi(lstm(4)) -> normalize -> max
  b = h -> conv(4, 2, relu) -> maxpool(2) -> layernorm -> mean
  c = h -> avgpool(2) -> gru(4, final)
  (a, b, c) -> concat -> dense(3, log_softmax)
}"""
    )
    ids = np.array([[0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 0, 0]])

    def total(variables):
        return jnp.sum(module.apply(variables, ids) ** 2)

    value, gradients = jax.jit(jax.value_and_grad(total))(module.init())
    assert jnp.isfinite(value)
    assert all(jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(gradients))


def test_what_is_too_short_for_a_window_gives_zeros(load):
    module = load(
        """model m(x: float[T, 2]) -> (float[10], float[2]) {
  y = x -> conv(2, 5)
  y -> (mean, max, sum, first, last) -> concat, y -> maxpool(2) -> gru(2, final)
}"""
    )
    for found in module.apply(module.init(), np.ones((3, 4, 2), np.float32)):
        assert not found.any()


def test_dropout_does_nothing_outside_training(load):
    x = np.ones((2, 3, 6), np.float32)
    for found in load(DROPOUT).apply({}, x, rng=jax.random.key(0)):
        np.testing.assert_array_equal(found, x)


def test_dropout_drops_numbers_or_features_and_scales_the_rest(load):
    x = np.ones((64, 8, 6), np.float32)
    apply = jax.jit(load(DROPOUT).apply, static_argnames="training")
    alone, shared, spatial = apply({}, x, training=True, rng=jax.random.key(0))
    assert set(np.unique(alone)) == {0, 2}
    assert abs(np.mean(alone) - 1) < 0.1
    assert (np.ptp(alone, axis=1) > 0).any()
    assert (np.ptp(shared, axis=1) == 0).all() and (
        np.ptp(shared, axis=(0, 2)) > 0
    ).all()
    assert (np.ptp(spatial, axis=1) == 0).all()
    assert np.unique(spatial) == pytest.approx([0, 4 / 3])


def test_every_dropout_draws_from_a_stream_of_its_own(load):
    text = "model m(x: float[50]) -> (float[50], float[50]) {\n"
    text += "  a = x -> dropout(0.5)\n  b = x -> dropout(0.5)\n  a, b\n}"
    one, other = load(text).apply(
        {}, np.ones((2, 50)), training=True, rng=jax.random.key(0)
    )
    assert (one != other).any() and (one[0] != one[1]).any()


def test_training_without_a_key_is_refused(load):
    with pytest.raises(ValueError, match="training needs rng"):
        load(DROPOUT).apply({}, np.ones((1, 2, 6)), training=True)


def test_training_changes_nothing_where_nothing_is_dropped(load):
    module = load(EMBED)
    ids = np.array([[0, 1]])
    variables = module.init()
    found = module.apply(variables, ids, training=True)
    np.testing.assert_array_equal(found, module.apply(variables, ids))


def test_weights_start_from_the_shared_numbers_under_their_canonical_names(
    worker, build
):
    text = """model m(x: int[T] < 5) -> float[T, 3] {
  let encode = embed(2) -> conv(4, 3, same, kernel = he_normal)
  x -> encode -> bi(lstm(3)) -> rnn(3, recurrent = identity) -> dense(3)
}"""
    worker.load(build(text)[1])
    found = worker.runner.initial(worker.module, 7)
    w = initial.glorot_uniform(7, "bi_lstm.backward.W_f", (3, 4), 4, 3)
    expected = {
        "encode.embed.table": initial.uniform(7, "encode.embed.table", (5, 2)),
        "encode.conv.W": initial.he_normal(7, "encode.conv.W", (3, 2, 4), 6),
        "bi_lstm.backward.W_f": w,
        "bi_lstm.forward.b_f": np.ones(3, np.float32),
        "rnn.U": np.eye(3, dtype=np.float32),
        "dense.b": np.zeros(3, np.float32),
    }
    assert len(found) == 2 + 1 + 24 + 3 + 2
    for name, weight in expected.items():
        assert found[name].dtype == np.float32
        np.testing.assert_array_equal(found[name], weight)
    assert worker.module.init(7)["bi_lstm"]["backward"]["W_f"].shape == (3, 4)


def test_a_frozen_weight_has_no_gradient_and_is_left_out(worker, build):
    text = "model m(x: int[T] < 5) -> float[T, 3] { x -> embed(2, frozen) -> dense(3) }"
    module = worker.load(build(text)[1])
    worker.use(worker.runner.initial(module, 0))
    given = {"x": np.array([[1, 2]])}
    found = worker.gradients(given, {"output": np.ones((1, 2, 3), np.float32)})
    assert set(found) == {"dense.W", "dense.b"}
    loss = lambda v: jnp.sum(module.apply(v, given["x"]))  # noqa: E731
    assert not jax.grad(loss)(module.init())["embed"]["table"].any()


def test_a_sum_of_many_terms_runs(prove):
    many = " + ".join(["h * b"] * 100)
    prove(
        f"""cell long(units: int) {{
  state h[units]
  param W, b
  h' = tanh(W @ x + ({many}) / 100)
}}
model m(x: float[T, 2]) -> float[3] {{ x -> long(3, final) }}"""
    )


def test_a_product_of_three_sides(prove):
    source = prove(
        """cell bilinear(units: int) {
  state h[units]
  param W[units, units, 3], U
  h' = tanh(W @ x @ h + U @ x)
}
model m(x: float[T, 3]) -> float[T, 4] { x -> bilinear(4) }"""
    )
    assert 'jnp.einsum("jki,bi->bjk", w["W"], x)' in source


def test_groups_of_products_of_different_heights(prove):
    source = prove(
        """cell projected(units: int, width: int) {
  state h[width], c[units]
  param W_i[units, 3], W_p[width, 3], U_i[units, width], U_p[width, width], P
  c' = tanh(W_i @ x + U_i @ h) * c + sigmoid(W_i @ x)
  h' = tanh(P @ c' + W_p @ x + U_p @ h)
}
model m(x: float[T, 3]) -> float[T, 2] { x -> projected(4, 2) }"""
    )
    assert "jnp.split(h @ U, [4], axis=-1)" in source
