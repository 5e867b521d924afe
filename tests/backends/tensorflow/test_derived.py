"""Loops whose backward pass is derived compute what the portable program computes.

All but one run uncompiled, for compiling takes seconds; what is compiled is the same.
"""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from specc_tensorflow import backend

from specc.codegen.build import generate
from specc.ir.schedule import PORTABLE, Schedule, Target
from specc.lower import lower_text
from specc.ops.recurrent import Recurrent
from specc.passes import run_passes
from specc.passes.recurrence.choose import schedule_model
from specc.verify.sample import make_generator, sample_batches, sample_weights

pytestmark = pytest.mark.framework

COMPILED = "@tf.function(jit_compile=True, autograph=False)\n"
KEPT = Schedule(backward="derived")
RECOMPUTED = Schedule(backward="derived", residuals="recomputed")
BATCHES = ("holes", "random", "shortest")
"""Among these: a row that is all padding, and a sequence of one step."""
SPECS = {
    "both directions": """
        model m(x: float[T, 3] ragged) -> float[T, 6] { x -> bi(lstm(3)) }""",
    "last outputs": """
        model m(x: float[T, 3] ragged) -> float[3] { x -> bi(gru(3, final), sum) }""",
    "no mask": """
        model m(x: float[T, 3]) -> float[T, 3] { x -> gru_reset_before(3, reverse) }""",
    "an output that is no state": """
        model m(x: float[T, 3] ragged) -> float[T, 4] { x -> bi(sru(2)) }""",
    "given states, and each direction": """
        model m(x: float[T, 3] ragged, h: float[3])
          -> (a: float[T, 3], b: float[T, 3], c: float[6]) {
          a, b, ends = x -> bi(rnn(3, states, init = (h, 0.5)), none)
          c = ends -> concat
        }""",
    "given states, and the last output": """
        model m(x: float[T, 3] ragged, h: float[3]) -> (y: float[3], c: float[6]) {
          y, ends = x -> lstm_peephole(3, final, states, init = (h, h))
          c = ends -> concat
        }""",
    "kinks, powers and sums": """
        cell fading(units: int) {
          state h[units]
          param W, U, a = normal
          n = tanh(W @ x) * sigmoid(U @ h)
          h' = max(a * h, 1 - h) ** 2 + min(n, x @ x)
        }
        model m(x: float[T, 3] ragged) -> float[T, 3] { x -> fading(3, reverse) }""",
    "attention inside": """
        cell finding(units: int, memory: float[S, d], other: float[S, e],
                     places: float[2, d]) {
          state h[units], M[2, units]
          near = (h, memory) -> attend(3, additive)
          far = (near, other) -> attend(3, additive, bias = none)
          valued = (x, memory, other) -> attend(2, additive)
          plain = (h, memory) -> attend
          mapped = (tanh(far), memory) -> attend(general)
          still = (plain, places) -> attend(scale = none)
          own = (h, M) -> attend(general)
          M' = 0.5 * M + tanh(h)
          h' = concat(near, far, plain, mapped, still, own, x) -> dense(units, tanh)
          concat(h', valued) -> dense(units)
        }
        model m(x: float[T, 3] ragged, s: float[3]) -> float[T, 3] {
          memory = x -> dense(3)
          places = s -> dense(6) -> reshape(2, 3)
          x -> bi(finding(3, memory, x -> dense(2), places), sum)
        }""",
    "a vector from outside, and a single number": """
        cell seeing(units: int, summary: float[d]) on (x: float[e], gap: float) {
          state h[units]
          param W, U, V, b, u
          r = gelu(V @ summary)
          n = gelu(W @ concat(x, summary) + r * (U @ h) + b)
          h' = n * summary / (1 + gap * gap)
          concat(summary, r, h' * u) -> dense(units)
        }
        model m(x: float[T, 3] ragged, s: float[3])
          -> (y: float[T, 3], z: float[T, 3]) {
          gap = x -> dense(1, sigmoid)
          y = (x, gap) -> bi(seeing(3, s), sum)
          z = (x, gap) -> seeing(3, s, reverse)
        }""",
    "layers inside, and a matrix": """
        cell layers(units: int) {
          state h[units], M[units, 2]
          param U, p[2] = normal
          n = (concat(p, tanh(x), h) -> dense(units, gelu) -> layernorm) + U @ h
          M' = 0.5 * M + outer(n, x -> dense(2, softmax))
          h' = tanh(M' @ (h -> dense(2)) + transpose(M) @ n @ (h -> dense(2)))
          (concat(x, h') -> dense(units, tanh) -> layernorm(bias = none)) * n
        }
        model m(x: float[T, 3] ragged) -> float[T, 3] { x -> layers(3) }""",
}


def scheduled(text, schedule):
    """The program of a spec whose recurrent layers are run so."""
    model = run_passes(lower_text(text))
    nodes = tuple(
        replace(node, op=replace(node.op, schedule=schedule))
        if isinstance(node.op, Recurrent)
        else node
        for node in model.nodes
    )
    target = Target("portable" if schedule == PORTABLE else "cpu")
    return generate(replace(model, nodes=nodes, target=target), backend)


def computed(worker, text, source):
    """The outputs and all gradients on each of the batches."""
    model = run_passes(lower_text(text))
    outputs = [output.name for output in model.outputs]
    worker.load(source, "float64")
    worker.use(sample_weights(model, make_generator(0, 0)))
    found = {}
    for batch in sample_batches(model, make_generator(0, 1)):
        if batch.name not in BATCHES:
            continue
        values = worker.run(batch.inputs, outputs)
        factors = {
            name: make_generator(0, 2).standard_normal(value.shape)
            for name, value in values.items()
        }
        gradients = worker.gradients(batch.inputs, factors)
        found |= {(batch.name, name): value for name, value in values.items()}
        found |= {(batch.name, f"d {name}"): d for name, d in gradients.items()}
    return found


def assert_equal(found, expected):
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, 1e-10, 1e-13, err_msg=str(key))


@pytest.mark.parametrize("name", SPECS)
def test_it_computes_what_the_portable_program_computes(worker, name):
    text = SPECS[name]
    expected = computed(worker, text, scheduled(text, PORTABLE))
    for schedule in (KEPT, RECOMPUTED):
        source = scheduled(text, schedule)
        assert source.count(COMPILED) == 2
        assert_equal(computed(worker, text, source.replace(COMPILED, "")), expected)


def test_what_is_kept_of_states_is_the_same_in_training(worker):
    import keras
    import tensorflow as tf

    text = """model m(x: float[T, 3] ragged) -> float[T, 6] {
      x -> bi(gru(3, dropout = 0.2, recurrent_dropout = 0.4, weight_dropout = 0.3)) }"""
    draw = np.random.default_rng(0)
    x = tf.constant(draw.standard_normal((4, 5, 3)), "float32")
    mask = tf.sequence_mask([5, 3, 0, 1], 5)
    found = []
    for schedule in (PORTABLE, KEPT):
        source = scheduled(text, schedule).replace(COMPILED, "")
        keras.utils.set_random_seed(5)
        model = worker.load(source, "float64").build()
        with tf.GradientTape() as tape:
            y = model([tf.cast(x, "float64"), mask], training=True)
            total = tf.reduce_sum(y * y)
        gradients = tape.gradient(total, model.trainable_variables)
        assert np.abs(y - model([tf.cast(x, "float64"), mask])).max() > 1e-3
        found.append([y, *gradients])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, 1e-10, 1e-13)


def test_compiled_loops_compute_the_same(worker):
    text = """model m(x: float[T, 3] ragged) -> float[3] { x -> min_gru(3, final) }"""
    expected = computed(worker, text, scheduled(text, PORTABLE))
    assert_equal(computed(worker, text, scheduled(text, RECOMPUTED)), expected)


def test_a_saved_model_is_loaded_with_its_loops(worker, tmp_path):
    import keras

    text = """model m(x: float[T, 3]) -> float[T, 4] {
      x -> bi(lstm(2, dropout = 0.5, weight_dropout = 0.5)) }"""
    module = worker.load(scheduled(text, KEPT).replace(COMPILED, ""))
    model = module.build()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype("float32")
    np.testing.assert_array_equal(model(x), loaded(x))
    assert module.get_variables(model).keys() == module.get_variables(loaded).keys()
    dropped = model(x, training=True), model(x, training=True)
    assert np.abs(dropped[0] - dropped[1]).max() > 1e-3


@pytest.mark.parametrize(
    ("layer", "type", "target", "form"),
    [
        ("lstm(3)", "float[T, 3]", "cpu", "CompiledRNN(Lstm(3)"),
        ("lstm(3)", "float[T, 3]", "gpu", "layers.LSTM(3"),
        ("lstm(3)", "float[T, 3] ragged", "gpu", "CompiledRNN(lstm,"),
        ("lstm(3, act = relu)", "float[T, 3]", "gpu", "CompiledRNN(Lstm(3)"),
        ("gru(3, weight_dropout = 0.5)", "float[T, 3]", "gpu", "DropoutCompiledRNN("),
        (
            "gru(3, recurrent_dropout = 0.5)",
            "float[T, 3]",
            "cpu",
            "DropoutCompiledRNN(",
        ),
        ("min_gru(3)", "float[T, 3]", "tpu", "CompiledRNN(MinGru(3)"),
    ],
)
def test_the_form_is_chosen_for_the_target(layer, type, target, form):
    text = f"model m(x: {type}) -> float[T, 3] {{ x -> {layer} }}"
    model = schedule_model(run_passes(lower_text(text)), Target(target))
    assert f" {form}" in generate(model, backend)


@pytest.mark.parametrize(
    ("layer", "target", "remark"),
    [
        ("lstm(3)", "portable", ""),
        ("lstm(3)", "gpu", "layers.LSTM, which is equal and runs on cuDNN"),
        ("shares(3)", "cpu", "as in the portable program"),
        ("min_gru(3)", "tpu", "x; step after step"),
        ("bi(rnn(3))", "tpu", "x; each direction apart"),
    ],
)
def test_what_is_run_otherwise_than_scheduled_is_said(layer, target, remark):
    shares = "h' = (x -> dense(units, log_softmax)) + U @ h"
    cell = f"cell shares(units: int) {{\nstate h[units]\nparam U\n{shares}\n}}\n"
    head = "model m(x: float[T, 3]) -> y: float[T, 3]"
    text = f"{cell} {head} {{ x -> {layer} -> dense(3) }}"
    model = schedule_model(run_passes(lower_text(text)), Target(target))
    found = backend.remark(model.nodes[1], Target(target))
    assert found.endswith(remark) and bool(found) == bool(remark)


def test_training_needs_no_graph_and_second_gradients_are_refused(worker):
    import tensorflow as tf

    text = "model m(x: float[T, 3]) -> float[T, 2] { x -> min_gru(2) }"
    model = worker.load(scheduled(text, KEPT)).build()
    x = tf.constant(np.random.default_rng(0).standard_normal((2, 4, 3)), "float32")

    def gradient():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(model(x))
        return tape.gradient(y, x)

    np.testing.assert_allclose(gradient(), tf.function(gradient)(), 1e-6)
    with tf.GradientTape() as tape, pytest.raises(tf.errors.UnimplementedError):
        tape.watch(x)
        gradient()
