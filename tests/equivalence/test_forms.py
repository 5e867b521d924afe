"""Networks written in several forms compute the same where the forms are one network.

Weights of one form are laid out for the others; the oracle and both backends must then
agree on outputs and gradients, and must tell apart the form that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.ir.graph import Model
from specc.reference import gradients, run
from specc.verify.process import Worker
from specc.verify.sample import make_generator, sample_weights

pytestmark = pytest.mark.framework

MODELS = Path(__file__).resolve().parents[2] / "specs" / "models"
GATES = "ifog"
OPEN = 50.0
"""A bias at which a sigmoid is one, to the last bit of a float64."""

Arrays = dict[str, np.ndarray]
Outputs = Callable[[Arrays, Arrays], Arrays]
Slopes = Callable[[Arrays, Arrays, Arrays], Arrays]


def model_of(name: str) -> Model:
    return compile(MODELS / f"{name}.seq").model(name)


def drawn(model: Model) -> Arrays:
    weights = sample_weights(model, make_generator(5))
    return {name: array.astype(np.float64) for name, array in weights.items()}


def ragged(features: int) -> Arrays:
    """Rows of all lengths, one with a hole, one without a valid step."""
    rng = np.random.default_rng(2)
    mask = np.arange(6) < np.array([[6], [4], [1], [0], [6]])
    mask[4, 2:4] = False
    return {"x": rng.normal(size=(5, 6, features)), "x_mask": mask}


def programs(
    model: Model, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> Iterator[tuple[Outputs, Slopes]]:
    """The oracle, then the program of every backend, each in float64."""
    yield (
        lambda weights, inputs: run(model, weights, inputs).outputs,
        lambda *given: gradients(model, *given),
    )
    names = list(model.output_names)
    for backend in backends:
        worker = workers[backend.name]
        worker.load(generate(model, backend), "float64")

        def outputs(weights: Arrays, inputs: Arrays, worker: Worker = worker) -> Arrays:
            worker.use(weights)
            return worker.run(inputs, names)

        def slopes(
            weights: Arrays, inputs: Arrays, seeds: Arrays, worker: Worker = worker
        ) -> Arrays:
            worker.use(weights)
            return worker.gradients(inputs, seeds)

        yield outputs, slopes


def lstm_weights(model: Model) -> Arrays:
    """The library's LSTM drawn; the two other forms with the same numbers."""
    weights = drawn(model)
    for gate in GATES:
        kernel, recurrent, bias = (weights[f"lstm.{w}_{gate}"] for w in "WUb")
        weights[f"joined.W_{gate}"] = np.concatenate([recurrent, kernel], axis=1)
        weights[f"joined.b_{gate}"] = bias
        weights[f"gated_inside.W_{gate}"] = kernel
        weights[f"gated_inside.U_{gate}"] = recurrent
        weights[f"gated_inside.b_{gate}"] = bias
    return weights


def seeds(model: Model, chosen: str) -> Arrays:
    """Cotangents for one of the outputs alone, in the order of the head."""
    shown = np.random.default_rng(3).normal(size=(5, 6, 5))
    names = model.output_names
    return {n: shown if n == chosen else np.zeros_like(shown) for n in names}


def test_an_lstm_on_its_state_and_input_side_by_side_is_the_lstm(
    backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = model_of("lstm_forms")
    weights, inputs = lstm_weights(model), ragged(3)
    for outputs, slopes in programs(model, backends, workers):
        found = outputs(weights, inputs)
        apart, together = (
            slopes(weights, inputs, seeds(model, name))
            for name in ("separate", "together")
        )
        close(found["together"], found["separate"])
        close(together["input:x"], apart["input:x"])
        for gate in GATES:
            recurrent, kernel = apart[f"lstm.U_{gate}"], apart[f"lstm.W_{gate}"]
            close(together[f"joined.W_{gate}"], np.hstack([recurrent, kernel]))
            close(together[f"joined.b_{gate}"], apart[f"lstm.b_{gate}"])


def test_a_gate_inside_the_tanh_is_another_network_until_it_is_open(
    backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = model_of("lstm_forms")
    weights, inputs = lstm_weights(model), ragged(3)
    opened = weights | {
        f"{cell}.b_o": np.full(5, OPEN) for cell in ("lstm", "joined", "gated_inside")
    }
    valid = inputs["x_mask"]
    for outputs, _ in programs(model, backends, workers):
        found = outputs(weights, inputs)
        differs = np.abs(found["inside"] - found["separate"])[valid]
        assert np.all(differs.max(axis=-1) > 1e-3)
        found = outputs(opened, inputs)
        close(found["inside"], found["separate"])
        close(found["together"], found["separate"])


def test_a_vanilla_network_is_the_same_from_layers_and_from_equations(
    backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = model_of("vanilla_rnn")
    weights, inputs = drawn(model), ragged(3)
    for end in ("", "_2"):
        weights[f"vanilla{end}.W_xh"] = weights[f"rnn{end}.W"]
        weights[f"vanilla{end}.W_hh"] = weights[f"rnn{end}.U"]
        weights[f"vanilla{end}.b_h"] = weights[f"rnn{end}.b"]
        weights[f"vanilla{end}.W_hy"] = weights[f"dense{end}.W"].T
        weights[f"vanilla{end}.b_y"] = weights[f"dense{end}.b"]
    valid = inputs["x_mask"]
    for outputs, _ in programs(model, backends, workers):
        found = outputs(weights, inputs)
        close(found["equations"][valid], found["layers"][valid])


def close(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
