"""Gradients through time against complex-step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import gradients, run

Fixture = Callable[..., Any]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 5, 3))
MASK = np.array([[1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool)
STEPS = "model m(x: float[T, 3]) -> "
RAGGED = "model m(x: float[T, 3] ragged) -> "


def model_of(text: str) -> Model:
    return run_passes(lower_text(text))


def inputs_of(model: Model) -> dict[str, np.ndarray]:
    names = {model.nodes[ref.node].name for ref in model.inputs}
    known = {"x": X, "x_mask": MASK}
    known |= {name: RNG.normal(size=(3, 2)) for name in names - known.keys()}
    return {name: known[name] for name in names}


@pytest.mark.parametrize("head", [STEPS, RAGGED])
@pytest.mark.parametrize("final", ["", ", final"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "gru_reset_before", "irnn"])
def test_cells_of_the_library(
    draw_weights: Fixture, check_gradients: Fixture, cell: str, final: str, head: str
) -> None:
    result = "float[2]" if final else "float[T, 2]"
    model = model_of(f"{head}{result} {{ x -> {cell}(2{final}) }}")
    check_gradients(model, draw_weights(model), inputs_of(model))


@pytest.mark.parametrize("merge", ["concat", "sum", "multiply", "average", "none"])
def test_both_directions(
    draw_weights: Fixture, check_gradients: Fixture, merge: str
) -> None:
    wide = {"concat": "float[T, 4]", "none": "float[T, 2], float[T, 2]"}
    result = wide.get(merge, "float[T, 2]")
    model = model_of(f"{RAGGED}{result} {{ x -> bi(lstm(2), merge = {merge}) }}")
    check_gradients(model, draw_weights(model), inputs_of(model))


def test_initial_and_final_states(
    draw_weights: Fixture, check_gradients: Fixture
) -> None:
    model = model_of(
        "model m(x: float[T, 3] ragged, a: float[2], b: float[2])"
        " -> float[T, 2], float[2], float[2] {\n"
        "  y, ends = x -> lstm(2, states, init = (a, b))\n"
        "  h, c = ends\n"
        "  y, h, c\n}"
    )
    found = check_gradients(model, draw_weights(model), inputs_of(model))
    assert found["input:a"].any() and found["input:b"].any()


def test_a_cell_of_one_s_own(draw_weights: Fixture, check_gradients: Fixture) -> None:
    model = model_of(
        "cell minimal(units: int) {\n"
        "  state h[units]\n"
        "  param W_z, W_n, b_z, b_n\n"
        "  z = sigmoid(W_z @ x + b_z)\n"
        "  h' = (1 - z) * h + z * (W_n @ x + b_n) / (1 + exp(-(h @ h)))\n"
        "}\n"
        f"{RAGGED}float[T, 2] {{ x -> minimal(2) }}"
    )
    check_gradients(model, draw_weights(model), inputs_of(model))


def test_a_stack_from_ids_to_probabilities(
    draw_weights: Fixture, check_gradients: Fixture
) -> None:
    model = model_of(
        "model m(ids: int[T] < 9 pad 0) -> float[3] {\n"
        "  ids -> embed(4) -> bi(lstm(2)) -> conv(3, 2, causal, tanh) -> layernorm\n"
        "      -> gru(3, final) -> dense(3) -> softmax\n}"
    )
    ids = np.array([[1, 2, 2, 3], [4, 8, 0, 0], [0, 0, 0, 0]])
    found = check_gradients(model, draw_weights(model), {"ids": ids})
    assert not found["embed.table"][[0, 5, 6, 7]].any()


def test_shared_layers_collect_the_gradients_of_all_uses(
    draw_weights: Fixture, check_gradients: Fixture
) -> None:
    model = model_of(
        "model m(x: float[T, 3]) -> float {\n"
        "  let encode = gru(2, final)\n"
        "  dot(x -> encode, x -> shift(1) -> encode)\n}"
    )
    weights = draw_weights(model)
    assert all(name.startswith("encode.") for name in weights)
    check_gradients(model, weights, inputs_of(model))


def test_an_empty_row_has_finite_gradients_and_gets_none(
    draw_weights: Fixture,
) -> None:
    model = model_of(
        f"{RAGGED}float[4] {{ x -> bi(gru(2)) -> layernorm -> mean -> normalize }}"
    )
    weights = draw_weights(model)
    inputs = inputs_of(model)
    found = run(model, weights, inputs)
    assert all(np.isfinite(a).all() for results in found.values for a in results)
    slopes = gradients(model, weights, inputs, {"output": np.ones((3, 4))})
    assert all(np.isfinite(slope).all() for slope in slopes.values())
    assert not slopes["input:x"][2].any()


def test_float32_stays_float32_through_time(draw_weights: Fixture) -> None:
    model = model_of(f"{RAGGED}float[T, 4] {{ x -> bi(lstm(2)) }}")
    weights, inputs = draw_weights(model), inputs_of(model)
    cotangents = {"output": np.ones((3, 5, 4))}
    exact = gradients(model, weights, inputs, cotangents)
    rough = gradients(model, weights, inputs, cotangents, np.float32)
    for name, gradient in rough.items():
        assert gradient.dtype == np.float32
        error = np.abs(gradient - exact[name]).max() / np.abs(exact[name]).max()
        assert 0 < error < 1e-5
