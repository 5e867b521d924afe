"""Layers of other frameworks, from the equations in their documentation, in NumPy.

What carries weights is held to these: a peer with the arrays that come out computes
what the oracle does with our weights, and the oracle with the weights that come back
what the peer does with its own. The tests of `specc weights convert` run the real
PyTorch and Flax, where they are installed; these run everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Numbers = npt.NDArray[np.float64]
Arrays = Mapping[str, Numbers]


class Peer(Struct, frozen=True):
    """A spec, its world, and what that computes with arrays of its own.

    `run` is None where the arrays are those of the program itself.
    """

    text: str
    world: str
    run: Callable[[Arrays, Numbers], Numbers] | None = None


def _sigmoid(x: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-x))


def _loop(
    x: Numbers, width: int, states: int, step: Callable[..., tuple[Numbers, ...]]
) -> Numbers:
    now = tuple(np.zeros((len(x), width)) for _ in range(states))
    outputs = []
    for t in range(x.shape[1]):
        now = step(x[:, t], *now)
        outputs.append(now[0])
    return np.stack(outputs, axis=1)


def _lstm(gates: Callable[[Numbers, Numbers], Numbers]) -> Callable[..., tuple]:
    """torch.nn.LSTM and nnx.OptimizedLSTMCell: gates i, f, g, o side by side."""

    def step(x: Numbers, h: Numbers, c: Numbers) -> tuple[Numbers, Numbers]:
        i, f, g, o = np.split(gates(x, h), 4, axis=-1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        return _sigmoid(o) * np.tanh(c), c

    return step


def _gru(of_x: Callable[..., Numbers], of_h: Callable[..., Numbers]) -> Callable:
    """torch.nn.GRU and nnx.GRUCell: r, z, n side by side, reset after the product."""

    def step(x: Numbers, h: Numbers) -> tuple[Numbers]:
        (r, z, n), (u, v, m) = (np.split(y, 3, axis=-1) for y in (of_x(x), of_h(h)))
        r, z = _sigmoid(r + u), _sigmoid(z + v)
        n = np.tanh(n + r * m)
        return ((1 - z) * n + z * h,)

    return step


def _torch_side(a: Arrays, path: str, side: str, end: str) -> Callable[..., Numbers]:
    kernel, bias = a[f"{path}.weight_{side}_l0{end}"], a[f"{path}.bias_{side}_l0{end}"]
    return lambda x: x @ kernel.T + bias


def _torch_lstm(a: Arrays, path: str, x: Numbers) -> Numbers:
    """Both directions; [4 n, in]."""

    def one(x: Numbers, end: str) -> Numbers:
        of_x, of_h = (_torch_side(a, path, side, end) for side in ("ih", "hh"))
        return _loop(x, 4, 2, _lstm(lambda x, h: of_x(x) + of_h(h)))

    return np.concatenate([one(x, ""), one(x[:, ::-1], "_reverse")[:, ::-1]], axis=-1)


def _torch_cells(a: Arrays, x: Numbers) -> Numbers:
    h = _torch_lstm(a, "bi_lstm_2", _torch_lstm(a, "bi_lstm", x))
    sides = (_torch_side(a, "gru", side, "") for side in ("ih", "hh"))
    h = _loop(h, 4, 1, _gru(*sides))
    of_x, of_h = (_torch_side(a, "rnn", side, "") for side in ("ih", "hh"))
    h = _loop(h, 4, 1, lambda x, h: (np.tanh(of_x(x) + of_h(h)),))
    return h @ a["dense.weight"].T + a["dense.bias"]


def _heads(x: Numbers) -> Numbers:
    return x.reshape(*x.shape[:2], 2, -1).swapaxes(1, 2)


def _attention(q: Numbers, k: Numbers, v: Numbers) -> Numbers:
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    y = (weights / weights.sum(-1, keepdims=True)) @ v
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1)


def _torch_layers(a: Arrays, x: Numbers) -> Numbers:
    """MultiheadAttention, LayerNorm, and Conv1d: [out, in, kernel]."""
    q, k, v = np.split(
        x @ a["self_attend.in_proj_weight"].T + a["self_attend.in_proj_bias"], 3, -1
    )
    x = _attention(_heads(q), _heads(k), _heads(v))
    x = x @ a["self_attend.out_proj.weight"].T + a["self_attend.out_proj.bias"]
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    x = x * a["layernorm.weight"] + a["layernorm.bias"]
    kernel = a["conv.weight"]
    padded = np.pad(x, ((0, 0), (1, 1), (0, 0)))
    parts = (padded[:, k : k + x.shape[1]] @ kernel[:, :, k].T for k in range(3))
    return sum(parts) + a["conv.bias"]


def _flax_cells(a: Arrays, x: Numbers) -> Numbers:
    """Kernels are [in, gates n]; the LSTM's bias stands with the state."""

    def one(x: Numbers, direction: str) -> Numbers:
        own = f"bi_lstm.{direction}_rnn.cell"
        i, h = (a[f"{own}.dense_{side}.kernel"] for side in "ih")
        bias = a[f"{own}.dense_h.bias"]
        return _loop(x, 4, 2, _lstm(lambda x_t, h_t: x_t @ i + h_t @ h + bias))

    back = one(x[:, ::-1], "backward")[:, ::-1]
    x = np.concatenate([one(x, "forward"), back], axis=-1)
    i, h = (a[f"gru.cell.dense_{side}.kernel"] for side in "ih")
    bias = a["gru.cell.dense_i.bias"]
    return _loop(x, 4, 1, _gru(lambda x_t: x_t @ i + bias, lambda h_t: h_t @ h))


def _flax_layers(a: Arrays, x: Numbers) -> Numbers:
    """MultiHeadAttention: kernels [in, heads, size], and [heads, size, out]."""
    q, k, v = (
        np.einsum("bti,ihd->bhtd", x, a[f"self_attend.{part}.kernel"])
        + a[f"self_attend.{part}.bias"][None, :, None]
        for part in ("query", "key", "value")
    )
    y = _attention(q, k, v).reshape(*x.shape[:2], 2, -1)
    y = np.einsum("bthd,hdo->bto", y, a["self_attend.out.kernel"])
    y = y + a["self_attend.out.bias"]
    return y @ a["dense.kernel"] + a["dense.bias"]


PEERS: Mapping[str, Peer] = {
    "torch_cells": Peer(
        "model m(x: float[T, 6]) -> (y: float[T, 2]) { x -> "
        "bi(lstm(4, recurrent_bias = zeros)) -> bi(lstm(4)) -> gru(4) -> rnn(4) "
        "-> dense(2) }",
        "torch",
        _torch_cells,
    ),
    "torch_layers": Peer(
        "model m(x: float[T, 6]) -> (y: float[T, 6]) { x -> "
        "self_attend(2) -> layernorm -> conv(6, 3, same) }",
        "torch",
        _torch_layers,
    ),
    "flax_cells": Peer(
        "model m(x: float[T, 6]) -> (y: float[T, 4]) { x -> "
        "bi(lstm(4)) -> gru(4, recurrent_bias = none) }",
        "flax",
        _flax_cells,
    ),
    "flax_layers": Peer(
        "model m(x: float[T, 6]) -> (y: float[T, 6]) { x -> "
        "self_attend(2) -> dense(6) }",
        "flax",
        _flax_layers,
    ),
    "keras": Peer(
        "model m(x: float[T, 4]) -> (y: float[T, 4]) { x -> "
        "bi(lstm(4)) -> gru(4) -> gru_reset_before(4) -> lstm_peephole(4) -> "
        "self_attend(2) -> conv(4, 3, same) -> dense(4) }",
        "tensorflow",
    ),
    "jax": Peer(
        "model m(x: float[T, 4]) -> (y: float[T, 4]) { x -> bi(lstm(4)) -> dense(4) }",
        "jax",
    ),
}
