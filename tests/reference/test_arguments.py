"""What does not fit the model is told, all of it, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import gradients, penalty, run

Arrays = dict[str, np.ndarray[Any, Any]]
MODEL = (
    "model pair(a: int[T] < 9 pad 0, b: float[T, 2] ragged) -> score: float[1], "
    "float[3] {\n  score = a -> embed(3) -> mean -> dense(1)\n"
    "  other = b -> dense(3) -> mean\n  score, other\n}"
)


def given() -> tuple[Model, Arrays, Arrays]:
    model = run_passes(lower_text(MODEL))
    rng = np.random.default_rng(0)
    weights = {
        f"{node.name}.{weight.name}": rng.normal(size=weight.shape)
        for node in model.nodes
        for weight in node.weights
    }
    inputs = {
        "a": np.array([[1, 2, 0], [3, 0, 0]]),
        "b": rng.normal(size=(2, 3, 2)),
        "b_mask": np.array([[True, True, False], [True, False, False]]),
    }
    return model, weights, inputs


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Failure) as raised:
        call()
    return [found.code.number for found in raised.value.diagnostics]


def test_outputs_are_named_by_the_head_or_by_their_place() -> None:
    found = run(*given())
    assert list(found.outputs) == ["score", "output_2"]
    assert found.masks == {"score": None, "output_2": None}


def test_a_ragged_output_comes_with_its_mask() -> None:
    _, _, inputs = given()
    text = "model m(b: float[T, 2] ragged) -> float[T, 2] { b -> shift(1) }"
    inputs.pop("a")
    found = run(run_passes(lower_text(text)), {}, inputs)
    np.testing.assert_array_equal(found.masks["output"], inputs["b_mask"])


def test_every_node_keeps_its_values() -> None:
    model, weights, inputs = given()
    found = run(model, weights, inputs)
    assert len(found.values) == len(model.nodes)
    for number, node in enumerate(model.nodes):
        assert len(found.values[number]) == len(node.types)
    ref = model.outputs[0].ref
    np.testing.assert_array_equal(found.values[ref.node][0], found.outputs["score"])


def test_what_is_given_is_not_changed() -> None:
    model, weights, inputs = given()
    before = {name: array.copy() for name, array in (weights | inputs).items()}
    run(model, weights, inputs)
    gradients(model, weights, inputs, {"score": np.ones((2, 1))})
    for name, array in (weights | inputs).items():
        np.testing.assert_array_equal(array, before[name])


def test_missing_weights_are_all_named() -> None:
    model, _, inputs = given()
    assert codes(lambda: run(model, {}, inputs)) == ["SPC701"] * 5


def test_an_unknown_weight_gets_a_suggestion() -> None:
    model, weights, inputs = given()
    weights["dens.W"] = weights["dense.W"]
    with pytest.raises(Failure) as raised:
        run(model, weights, inputs)
    (found,) = raised.value.diagnostics
    assert (found.code.number, found.help) == ("SPC702", "did you mean `dense.W`?")


def test_a_weight_is_not_transposed_to_fit() -> None:
    model, weights, inputs = given()
    weights["dense.W"] = weights["dense.W"].T
    assert codes(lambda: run(model, weights, inputs)) == ["SPC703"]


def test_weights_are_floats() -> None:
    model, weights, inputs = given()
    weights["dense.W"] = np.ones((3, 1), int)
    weights["dense.b"] = np.ones(1, complex)
    assert codes(lambda: run(model, weights, inputs)) == ["SPC704", "SPC704"]


def test_missing_inputs_and_masks() -> None:
    model, weights, _ = given()
    assert codes(lambda: run(model, weights, {})) == ["SPC705"] * 3


def test_unknown_inputs() -> None:
    model, weights, inputs = given()
    inputs["a_mask"] = inputs["b_mask"]
    assert codes(lambda: run(model, weights, inputs)) == ["SPC706"]


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 3), (2, 3, 2, 1)])
def test_inputs_of_another_shape(shape: tuple[int, ...]) -> None:
    model, weights, inputs = given()
    inputs["b"] = np.zeros(shape)
    assert codes(lambda: run(model, weights, inputs)) == ["SPC707"]


def test_inputs_of_another_dtype() -> None:
    model, weights, inputs = given()
    inputs["a"] = inputs["a"].astype(float)
    inputs["b"] = inputs["b"].astype(int)
    inputs["b_mask"] = inputs["b_mask"].astype(int)
    assert codes(lambda: run(model, weights, inputs)) == ["SPC708"] * 3


def test_a_named_length_is_one_length() -> None:
    model, weights, inputs = given()
    inputs["a"] = inputs["a"][:, :2]
    assert codes(lambda: run(model, weights, inputs)) == ["SPC709"]


def test_all_inputs_hold_the_same_rows() -> None:
    model, weights, inputs = given()
    inputs["a"] = inputs["a"][:1]
    assert codes(lambda: run(model, weights, inputs)) == ["SPC710"]


def test_several_mistakes_are_told_at_once() -> None:
    model, weights, inputs = given()
    weights.pop("dense.W")
    inputs.pop("b")
    assert codes(lambda: run(model, weights, inputs)) == ["SPC701", "SPC705"]


def test_cotangents_fit_outputs() -> None:
    model, weights, inputs = given()
    wrong = {"scores": np.ones((2, 1)), "output_2": np.ones((2, 1))}
    found = codes(lambda: gradients(model, weights, inputs, wrong))
    assert found == ["SPC711", "SPC712"]


def test_outputs_without_a_cotangent_do_not_count() -> None:
    model, weights, inputs = given()
    found = gradients(model, weights, inputs, {"score": np.ones((2, 1))})
    assert found["dense.W"].any() and not found["dense_2.W"].any()
    assert not found["input:b"].any()


def test_a_table_of_half_precision_is_read_in_the_run_s_own() -> None:
    model, weights, inputs = given()
    halves = {name: weight.astype(np.float16) for name, weight in weights.items()}
    found = run(model, halves, inputs, np.float32)
    assert found.outputs["score"].dtype == np.float32


def test_the_penalty_counts_every_weight_once() -> None:
    text = (
        "model m(x: float[2]) -> float[2] {\n"
        "  let twice = dense(2, l1 = 0.5, l2 = 0.25)\n"
        "  x -> twice -> twice -> dense(2, l2 = 2)\n}"
    )
    model = run_passes(lower_text(text))
    weights = {
        "twice.W": np.array([[1.0, -2.0], [3.0, 0.0]]),
        "twice.b": np.array([7.0, 7.0]),
        "dense.W": np.array([[1.0, 0.0], [0.0, 2.0]]),
        "dense.b": np.array([7.0, 7.0]),
    }
    assert penalty(model, weights) == 0.5 * 6 + 0.25 * 14 + 2 * 5
    assert codes(lambda: penalty(model, {})) == ["SPC701"] * 4
