"""Lines of a spec that meet other frameworks and papers: their counts, their numbers.

The rows of the table in docs/numerics.md. The equations are written down from each
one's documentation, with the weights side by side as they are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run
from specc.report.parameters import count_parameters

Array = np.ndarray[Any, Any]
Draw = Callable[..., dict[str, Array]]
Weights = Mapping[str, Array]
X = np.random.default_rng(0).normal(size=(3, 6, 4))
WIDTH, N = 4, 5
TABLE = Path(__file__).parents[2] / "docs" / "numerics.md"


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def stack(w: Weights, kind: str, gates: str) -> Array:
    """The gates' weights one below the other; zeros where there are none."""
    one = {"W": (N, WIDTH), "U": (N, N)}.get(kind, (N,))
    return np.concatenate([w.get(f"{kind}_{gate}", np.zeros(one)) for gate in gates])


def pytorch_lstm(w: Weights) -> Array:
    """torch.nn.LSTM; also that of cuDNN.  weight_ih: [4 n, in], gates i f g o."""
    w_ih, w_hh, b_ih, b_hh = (stack(w, kind, "ifgo") for kind in ("W", "U", "b", "d"))
    h = c = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = np.split(gates, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        found.append(h)
    return np.stack(found, axis=1)


def onnx_lstm(w: Weights) -> Array:
    """ONNX LSTM with W, R, B and, where there are some, P.  Gates i o f c."""
    gates = "iofg"
    w_, r, wb, rb = (stack(w, kind, gates) for kind in ("W", "U", "b", "d"))
    p_i, p_o, p_f = (w.get(f"p_{gate}", np.zeros(N)) for gate in "iof")
    h = c = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        i, o, f, g = np.split(x @ w_.T + h @ r.T + wb + rb, 4, axis=1)
        i, f = sigmoid(i + p_i * c), sigmoid(f + p_f * c)
        c = f * c + i * np.tanh(g)
        h = sigmoid(o + p_o * c) * np.tanh(c)
        found.append(h)
    return np.stack(found, axis=1)


def pytorch_gru(w: Weights) -> Array:
    """torch.nn.GRU; also that of cuDNN.  Gates r z n."""
    w_ih, w_hh, b_ih, b_hh = (stack(w, kind, "rzn") for kind in ("W", "U", "b", "d"))
    h = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        r_x, z_x, n_x = np.split(x @ w_ih.T + b_ih, 3, axis=1)
        r_h, z_h, n_h = np.split(h @ w_hh.T + b_hh, 3, axis=1)
        r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
        h = (1 - z) * np.tanh(n_x + r * n_h) + z * h
        found.append(h)
    return np.stack(found, axis=1)


def onnx_gru(w: Weights, linear_before_reset: bool) -> Array:
    """ONNX GRU.  Gates z r h."""
    w_, r_, wb, rb = (stack(w, kind, "zrn") for kind in ("W", "U", "b", "d"))
    (w_z, w_r, w_h), (r_z, r_r, r_h) = np.split(w_, 3), np.split(r_, 3)
    (wb_z, wb_r, wb_h), (rb_z, rb_r, rb_h) = np.split(wb, 3), np.split(rb, 3)
    h = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        z = sigmoid(x @ w_z.T + h @ r_z.T + rb_z + wb_z)
        r = sigmoid(x @ w_r.T + h @ r_r.T + rb_r + wb_r)
        new = np.tanh(x @ w_h.T + (r * h) @ r_h.T + rb_h + wb_h)
        if linear_before_reset:
            new = np.tanh(x @ w_h.T + r * (h @ r_h.T + rb_h) + wb_h)
        h = (1 - z) * new + z * h
        found.append(h)
    return np.stack(found, axis=1)


def cho_2014(w: Weights) -> Array:
    """Equations 5 to 8 of Cho et al. 2014, which have no biases."""
    h = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        r = sigmoid(x @ w["W_r"].T + h @ w["U_r"].T)
        z = sigmoid(x @ w["W_z"].T + h @ w["U_z"].T)
        h = z * h + (1 - z) * np.tanh(x @ w["W_n"].T + (r * h) @ w["U_n"].T)
        found.append(h)
    return np.stack(found, axis=1)


def pytorch_rnn(w: Weights) -> Array:
    """torch.nn.RNN with tanh, of two biases."""
    h = np.zeros((len(X), N))
    found = []
    for x in X.swapaxes(0, 1):
        h = np.tanh(x @ w["W"].T + w["b"] + h @ w["U"].T + w.get("d", 0))
        found.append(h)
    return np.stack(found, axis=1)


LINES: dict[str, tuple[Callable[[Weights], Array], int]] = {
    "lstm(n)": (pytorch_lstm, 4 * N * (WIDTH + N + 1)),
    "lstm(n, b_f = zeros)": (pytorch_lstm, 4 * N * (WIDTH + N + 1)),
    "lstm(n, recurrent_bias = zeros)": (pytorch_lstm, 4 * N * (WIDTH + N + 2)),
    "lstm(n, recurrent_bias = zeros, b_f = zeros)": (
        onnx_lstm,
        4 * N * (WIDTH + N + 2),
    ),
    "lstm_peephole(n, recurrent_bias = zeros)": (
        onnx_lstm,
        4 * N * (WIDTH + N + 2) + 3 * N,
    ),
    "lstm(n, bias = none)": (pytorch_lstm, 4 * N * (WIDTH + N)),
    "gru(n)": (pytorch_gru, 3 * N * (WIDTH + N + 2)),
    "gru(n, recurrent_bias = none)": (pytorch_gru, 3 * N * (WIDTH + N + 1)),
    "gru(n, bias = none)": (pytorch_gru, 3 * N * (WIDTH + N)),
    "gru_reset_before(n)": (lambda w: onnx_gru(w, False), 3 * N * (WIDTH + N + 1)),
    "gru_reset_before(n, recurrent_bias = zeros)": (
        lambda w: onnx_gru(w, False),
        3 * N * (WIDTH + N + 2),
    ),
    "gru_reset_before(n, bias = none)": (cho_2014, 3 * N * (WIDTH + N)),
    "rnn(n)": (pytorch_rnn, N * (WIDTH + N + 1)),
    "rnn(n, recurrent_bias = zeros)": (pytorch_rnn, N * (WIDTH + N + 2)),
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_has_the_count_and_the_numbers_it_is_said_to_have(
    line: str, draw_weights: Draw
) -> None:
    written = line.replace("(n", f"({N}")
    text = f"model m(x: float[T, {WIDTH}]) -> y: float[T, {N}] {{ x -> {written} }}"
    model = run_passes(lower_text(text))
    equations, count = LINES[line]
    assert count_parameters(model).total == count
    weights = draw_weights(model)
    own = {name.rpartition(".")[2]: w for name, w in weights.items()}
    found = run(model, weights, {"x": X}).outputs["y"]
    np.testing.assert_allclose(found, equations(own), rtol=1e-12, atol=1e-13)


def test_linear_before_reset_is_what_gru_computes(draw_weights: Draw) -> None:
    text = f"model m(x: float[T, {WIDTH}]) -> y: float[T, {N}] {{ x -> gru({N}) }}"
    model = run_passes(lower_text(text))
    weights = draw_weights(model)
    own = {name.rpartition(".")[2]: w for name, w in weights.items()}
    found = run(model, weights, {"x": X}).outputs["y"]
    np.testing.assert_allclose(found, onnx_gru(own, True), rtol=1e-12, atol=1e-13)


def test_every_line_of_the_table_is_one_of_these() -> None:
    section = TABLE.read_text().partition("## Recurrent layers elsewhere")[2]
    table = section.partition("\n## ")[0]
    lines = re.findall(r"^\| `([^`]*)` \|", table, re.MULTILINE)
    assert set(lines) == LINES.keys()
