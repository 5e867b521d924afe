"""What a generated model is to those who use Keras."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

pytestmark = pytest.mark.framework

TAGGER = """
cell leaky(units: int) {
  state h[units]
  param W, U, b
  h' = 0.5 * h + 0.5 * tanh(W @ x + U @ h + b)
}
model tagger(tokens: int[T] < 20 pad 3, x: float[T, 2] ragged)
  -> (tags: float[T, 5], all: float[6]) {
  h = (tokens -> embed(4, l1 = 0.1), x -> conv(4, 2, causal, gelu)) -> concat
      -> bi(gru(3)) -> dropout(0.3)
  tags = h -> leaky(3, l2 = 0.1) -> layernorm -> dense(5, log_softmax)
  all = h -> shift(1) -> bi(lstm(3, final, frozen)) -> dense(6, leaky_relu, frozen)
}
"""
SMALL = "model small(ids: int[T] < 7) -> float[T, 3] { ids -> embed(3) }"


def batch():
    draw = np.random.default_rng(0)
    tokens = draw.integers(0, 20, (4, 6))
    tokens[0] = 3  # a row that is all padding
    mask = draw.random((4, 6)) > 0.4
    return {
        "tokens": tokens,
        "x": draw.normal(size=(4, 6, 2)).astype("float32"),
        "x_mask": mask,
    }


def targets():
    return {"tags": np.zeros((4, 6, 5), "float32"), "all": np.zeros((4, 6), "float32")}


def test_one_row_is_no_bias_where_it_is_as_long_as_another_value_is_wide(load):
    text = "model m(v: float[3], x: float[T, 1]) -> float[T, 4] { (v, x) -> concat }"
    v = np.array([[1, 2, 3]], "float32")
    for steps in (2, 3, 4):
        x = np.arange(steps, dtype="float32").reshape(1, steps, 1)
        found = np.asarray(load(text).build()([v, x]))
        assert np.array_equal(found[0, :, :3], np.repeat(v, steps, 0))
        assert np.array_equal(found[..., 3:], x)


@pytest.fixture
def tagger(load):
    return load(TAGGER)


def test_one_seed_gives_the_numbers_of_the_initialisers(tagger):
    from specc.codegen import initial

    found = tagger.get_variables(tagger.build(seed=5))
    table = initial.uniform(5, "embed.table", (20, 4))
    assert np.array_equal(found["embed.table"], table)
    kernel = initial.orthogonal(5, "bi_gru.backward.U_r", (3, 3))
    assert np.array_equal(found["bi_gru.backward.U_r"], kernel)
    assert np.array_equal(found["bi_lstm.forward.b_f"], np.ones(3))
    other = tagger.get_variables(tagger.build(seed=6))
    assert not np.array_equal(other["embed.table"], table)


def test_weights_are_read_as_they_were_written(tagger):
    model = tagger.build()
    draw = np.random.default_rng(1)
    shapes = {n: a.shape for n, a in tagger.get_variables(model).items()}
    given = {n: draw.normal(size=s).astype("float32") for n, s in shapes.items()}
    tagger.set_variables(model, given)
    found = tagger.get_variables(model)
    assert found.keys() == given.keys()
    assert all(np.array_equal(found[name], given[name]) for name in given)
    again = tagger.get_variables(tagger.build(variables=given))
    assert all(np.array_equal(again[name], given[name]) for name in given)


def test_a_saved_model_computes_the_same(tagger, tmp_path):
    import keras

    model = tagger.build()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    before, after = model(batch()), loaded(batch())
    assert before.keys() == after.keys() == {"tags", "all"}
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert len(loaded.losses) == len(model.losses) > 0
    assert len(loaded.trainable_variables) == len(model.trainable_variables)


def test_training_changes_all_weights_but_frozen_ones(tagger):
    model = tagger.build()
    model.compile("sgd", {"tags": "mse", "all": "mse"})
    before = tagger.get_variables(model)
    model.fit(batch(), targets(), epochs=1, verbose=0)
    after = tagger.get_variables(model)
    same = {name for name in before if np.array_equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith(("bi_lstm", "dense_2"))}
    assert same == frozen
    assert all(np.isfinite(array).all() for array in after.values())


def test_the_losses_of_the_model_are_the_penalties_of_its_weights(tagger):
    model = tagger.build()
    w = tagger.get_variables(model)
    kernels = (w["leaky.W"], w["leaky.U"])
    expected = 0.1 * np.abs(w["embed.table"]).sum()
    expected += 0.1 * sum((kernel**2).sum() for kernel in kernels)
    assert np.isclose(float(sum(model.losses)), expected, rtol=1e-6)


def test_layers_have_the_names_of_the_spec(tagger):
    names = {layer.name for layer in tagger.build().layers}
    expected = """tokens x x_mask embed conv concat bi_gru dropout leaky layernorm
        dense shift bi_lstm dense_2"""
    assert set(expected.split()) <= names


def test_inputs_and_outputs_go_by_the_names_of_the_spec(tagger):
    model = tagger.build()
    assert [given.name for given in model.inputs] == ["tokens", "x", "x_mask"]
    assert model(batch()).keys() == {"tags", "all"}


@pytest.mark.parametrize(
    ("spec", "count"),
    [("imdb_stacked_bilstm", 635_329), ("siamese_questions", 5_469_056)],
)
def test_keras_counts_what_the_spec_counts(load, spec, count):
    from importlib.resources import files

    text = files("specc.specs.models").joinpath(f"{spec}.seq").read_text("utf-8")
    assert load(text).build().count_params() == count


@pytest.mark.parametrize("jit", [None, False, True])
def test_an_id_out_of_range_gives_nan_wherever_it_runs(load, jit):
    import tensorflow as tf

    model = load(SMALL).build()
    run = model if jit is None else tf.function(model, jit_compile=jit)
    ids = np.array([[0, 6, 7, -1, 2**32, -(2**32)]])
    found = np.isnan(np.asarray(run(tf.constant(ids)))).all(axis=-1)
    assert found.tolist() == [[False, False, True, True, True, True]]


def test_eager_graph_and_compiled_runs_agree(tagger):
    import tensorflow as tf

    model = tagger.build()
    inputs = {name: tf.constant(array) for name, array in batch().items()}
    eager = model(inputs)
    for jit in (False, True):
        found = tf.function(model, jit_compile=jit)(inputs)
        for name, array in eager.items():
            assert np.allclose(found[name], array, atol=1e-6), (name, jit)


def test_gradients_are_finite_where_rows_are_empty(tagger):
    import tensorflow as tf

    model = tagger.build()
    inputs = batch() | {"x_mask": np.zeros((4, 6), bool)}
    with tf.GradientTape() as tape:
        found = model(inputs)
        total = sum(tf.reduce_sum(output**2) for output in found.values())
    gradients = tape.gradient(total, model.trainable_variables)
    assert all(np.isfinite(tf.convert_to_tensor(g)).all() for g in gradients)


@pytest.mark.parametrize(
    ("windows", "size", "counts"),
    [
        ("conv(4, 5)", "T - 4", (2, 1, 0, 0)),
        ("conv(4, 3, stride = 2, dilation = 2)", "(T - 5) // 2 + 1", (1, 1, 0, 0)),
        ("conv(4, 5, padding = 1)", "T - 2", (4, 3, 2, 0)),
        ("depthwise(5, stride = 2)", "(T - 5) // 2 + 1", (1, 1, 0, 0)),
        ("separable(4, 5)", "T - 4", (2, 1, 0, 0)),
        ("maxpool(5)", "T // 5", (1, 1, 0, 0)),
        ("conv(4, 5) -> conv(4, 1)", "T - 4", (2, 1, 0, 0)),
        ("conv(4, 5) -> separable(4, 3, padding = causal)", "T - 4", (2, 1, 0, 0)),
        (
            "conv(4, 5) -> conv(4, 3, same, stride = 2, dilation = 2)",
            "ceil((T - 4) / 2)",
            (1, 1, 0, 0),
        ),
        ("conv(4, 5) -> avgpool(2, same)", "ceil((T - 4) / 2)", (1, 1, 0, 0)),
    ],
)
def test_a_sequence_too_short_for_a_window_gives_no_step(load, windows, size, counts):
    import tensorflow as tf

    text = f"model m(x: float[T, 4]) -> float[{size}, 4] {{ x -> {windows} }}"
    model = load(text).build()

    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x)
            total = tf.reduce_sum(y**2)
        return y, tape.gradient(total, x)

    any_length = [tf.TensorSpec((None, None, 4))]
    for called in (
        tf.function(run, input_signature=any_length),
        tf.function(run, jit_compile=True),
    ):
        for steps, count in zip((6, 5, 4, 1), counts, strict=True):
            y, gradient = called(tf.ones((2, steps, 4)))
            assert y.shape == (2, count, 4)
            assert gradient.shape == (2, steps, 4)
            assert count or not np.any(gradient)


def test_windows_after_windows_without_a_step_are_empty(load):
    text = """
    model m(x: float[T, 4] ragged) -> float[4], float[4] {
      y = x -> conv(4, 5)
      y -> maxpool(2) -> mean, y -> avgpool(2) -> max
    }
    """
    model = load(text).build()
    for steps in (5, 4, 1):
        found = model([np.ones((2, steps, 4), "float32"), np.ones((2, steps), bool)])
        assert not np.any(list(found.values()))


def test_no_layer_complains_of_a_mask(load):
    text = """
    model m(x: float[T, 3] ragged) -> (a: float[4], b: float[T], c: float[4]) {
      h = x -> lstm(4) -> normalize -> gru(4, init = 0)
      a = h -> conv(4, 2, relu) -> avgpool(2) -> max
      b = dot(h, h -> shift(1) -> softmax)
      c = (h -> spatial_dropout(0.1), h) -> add -> bi(rnn(4), average) -> first
    }
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model = load(text).build()
        model([np.ones((2, 5, 3), "float32"), np.ones((2, 5), bool)])


def test_dropout_draws_once_for_all_steps_where_it_is_shared(load):
    text = (
        "model m(x: float[T, 50]) -> float[T, 50] { x -> dropout(0.5, shared = time) }"
    )
    model = load(text).build()
    found = np.asarray(model(np.ones((2, 6, 50), "float32"), training=True))
    assert set(np.unique(found)) == {0.0, 2.0}
    assert (found == found[:, :1]).all()


def test_no_weight_of_a_cell_takes_the_name_of_something_keras_has():
    import keras
    from specc_tensorflow.fields import ATTRIBUTES

    has = {name for name in dir(keras.layers.Layer()) if not name.startswith("_")}
    assert has <= ATTRIBUTES
