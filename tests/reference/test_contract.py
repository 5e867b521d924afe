"""Sums over named axes: the oracle against NumPy's einsum, with holes and padding."""

from __future__ import annotations

import numpy as np
import pytest

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run
from specc.verify.sample import make_generator, sample_weights

from .conftest import Array, check_gradients

ROWS, T, S = 4, 6, 5
HEAD = (
    "model m(q: float[T, 3] ragged, k: float[S, 3] ragged, v: float[S, 2])"
    " -> y: float[{y}] {{ {line} }}"
)


def model_of(line: str, y: str) -> Model:
    return run_passes(lower_text(HEAD.format(line=line.replace(";", "\n"), y=y)))


def inputs() -> dict[str, Array]:
    """Rows with holes, one of them all padding on one side, one on the other."""
    rng = np.random.default_rng(5)
    found: dict[str, Array] = {
        "q": rng.normal(size=(ROWS, T, 3)),
        "k": rng.normal(size=(ROWS, S, 3)),
        "v": rng.normal(size=(ROWS, S, 2)),
        "q_mask": rng.random((ROWS, T)) < 0.6,
        "k_mask": rng.random((ROWS, S)) < 0.6,
    }
    found["q_mask"][1] = False
    found["k_mask"][2] = False
    found["q"][~found["q_mask"]] *= 100
    found["k"][~found["k_mask"]] *= 100
    return found


def softmax_of(scores: Array, counts: Array, axis: int) -> Array:
    """By exponentials of what counts, one number after the other."""
    y = np.zeros_like(scores)
    lanes = np.moveaxis(scores, axis, -1)
    flags = np.moveaxis(np.broadcast_to(counts, scores.shape), axis, -1)
    result = np.moveaxis(y, axis, -1)
    for index in np.ndindex(lanes.shape[:-1]):
        powers = np.exp(np.where(flags[index], lanes[index], 0)) * flags[index]
        if flags[index].any():
            result[index] = powers / powers.sum()
    return y


def both(given: dict[str, Array]) -> Array:
    return given["q_mask"][:, :, None] & given["k_mask"][:, None]


def held(given: dict[str, Array], name: str) -> Array:
    """The input with zeros where it does not count."""
    return np.where(given[f"{name}_mask"][..., None], given[name], 0)


TRUTHS = {
    "q @ k": ("T, S", lambda g: np.einsum("btd,bsd->bts", g["q"], g["k"])),
    "q @ q": ("T, T", lambda g: np.einsum("btd,bud->btu", g["q"], g["q"])),
    "contract(k, v, S)": (
        "3, 2",
        lambda g: np.einsum("bsd,bse->bde", held(g, "k"), g["v"]),
    ),
    "contract(v, k, S)": (
        "2, 3",
        lambda g: np.einsum("bsd,bse->bed", held(g, "k"), g["v"]),
    ),
    "contract(q @ k, k, S)": (
        "T, 3",
        lambda g: np.einsum(
            "bts,bsd->btd",
            np.where(both(g), np.einsum("btd,bsd->bts", g["q"], g["k"]), 0),
            held(g, "k"),
        ),
    ),
    "contract(k, k, 3)": ("S", lambda g: np.einsum("bsd,bsd->bs", g["k"], g["k"])),
    "q @ k -> softmax(S)": (
        "T, S",
        lambda g: softmax_of(np.einsum("btd,bsd->bts", g["q"], g["k"]), both(g), 2),
    ),
    "q @ k -> softmax(T)": (
        "T, S",
        lambda g: softmax_of(np.einsum("btd,bsd->bts", g["q"], g["k"]), both(g), 1),
    ),
    "contract(q @ k -> softmax(S), v, S)": (
        "T, 2",
        lambda g: np.einsum(
            "bts,bse->bte",
            softmax_of(np.einsum("btd,bsd->bts", g["q"], g["k"]), both(g), 2),
            g["v"],
        ),
    ),
    "q @ k -> sum(S)": (
        "T",
        lambda g: np.einsum(
            "bts,bts->bt", np.einsum("btd,bsd->bts", g["q"], g["k"]), both(g)
        ),
    ),
    "q @ k -> mean(T)": (
        "S",
        lambda g: (
            np.einsum("bts,bts->bs", np.einsum("btd,bsd->bts", g["q"], g["k"]), both(g))
            / np.maximum(both(g).sum(1), 1)
        ),
    ),
    "q @ k -> max(S)": (
        "T",
        lambda g: np.where(
            both(g).any(2),
            np.where(both(g), np.einsum("btd,bsd->bts", g["q"], g["k"]), -1e9).max(2),
            0,
        ),
    ),
}


@pytest.mark.parametrize("line", TRUTHS)
def test_the_oracle_sums_what_einsum_sums(line: str) -> None:
    y, truth = TRUTHS[line]
    unused = [name for name in "qkv" if name not in line.replace("softmax", "")]
    model = model_of(line, y) if not unused else _without(line, y, unused)
    given = {
        name: x for name, x in inputs().items() if name.partition("_")[0] not in unused
    }
    found = run(model, {}, given)
    expected, counts = truth(inputs()), found.masks["y"]
    assert np.isfinite(found.outputs["y"]).all()
    where = np.ones(found.outputs["y"].shape[:1], bool) if counts is None else counts
    np.testing.assert_allclose(
        found.outputs["y"][where], expected[where], rtol=1e-12, atol=1e-12
    )
    check_gradients(model, {}, given, analytic="max" not in line)


def _without(line: str, y: str, unused: list[str]) -> Model:
    """The model without inputs that the line does not mention."""
    text = HEAD.format(line=line, y=y)
    for name, type in (
        ("q", "q: float[T, 3] ragged, "),
        ("k", "k: float[S, 3] ragged, "),
        ("v", ", v: float[S, 2]"),
    ):
        if name in unused:
            text = text.replace(type, "")
    return run_passes(lower_text(text))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_row_of_padding_has_weights_of_zero(name: str) -> None:
    line = f"q @ k -> {name}(S)"
    model = _without(line, "T, S", ["v"])
    given = {n: x for n, x in inputs().items() if n != "v"}
    y = run(model, {}, given).outputs["y"]
    assert (y[2] == 0).all() and np.isfinite(y).all()
    assert (y[~both(given)] == 0).all()
    check_gradients(model, {}, given)


def test_log_softmax_is_the_logarithm_of_softmax_where_a_step_counts() -> None:
    given = {n: x for n, x in inputs().items() if n != "v"}
    plain, log = (
        run(_without(f"q @ k -> {name}(S)", "T, S", ["v"]), {}, given).outputs["y"]
        for name in ("softmax", "log_softmax")
    )
    counts = both(given)
    np.testing.assert_allclose(np.log(plain[counts]), log[counts], rtol=1e-12)


def test_attention_by_hand_is_attend() -> None:
    line = "contract(q @ k / 3 ** 0.5 -> softmax(S), k, S) - ((q, k) -> attend)"
    given = {n: x for n, x in inputs().items() if n != "v"}
    model = _without(line, "T, 3", ["v"])
    y = run(model, {}, given).outputs["y"]
    np.testing.assert_allclose(y[given["q_mask"]], 0, atol=1e-12)


POOL = """\
block attention_pool(units: int) on (h: float[T, d]) {
  param c[units]
  weight = (h -> dense(units, tanh)) @ c -> softmax(T)
  weight * h -> sum
}
model m(q: float[T, 3] ragged) -> y: float[3] { q -> attention_pool(4) }
"""


def test_a_pool_by_attention_is_its_equation() -> None:
    model = run_passes(lower_text(POOL))
    given = {name: x for name, x in inputs().items() if name.startswith("q")}
    w = {
        name: weight.astype(np.float64)
        for name, weight in sample_weights(model, make_generator(3)).items()
    }
    inner = given["q"] @ w["attention_pool.dense.W"] + w["attention_pool.dense.b"]
    scores = np.tanh(inner) @ w["attention_pool.c"]
    weights = softmax_of(scores, given["q_mask"], 1)
    expected = np.einsum("bt,btd->bd", weights, given["q"])
    y = run(model, w, given).outputs["y"]
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    check_gradients(model, w, given)


OWN = """\
model m(q: float[T, 3] ragged) -> y: float[T, 2], z: float[2], u: float[T, 3] {
  param W[2, 3], gamma[2], beta[2], V[3, 2], s[3], start[2]
  y = gamma * (W @ q) + beta
  z = q -> gru(2, final, init = start)
  y, z, (V @ gamma) * q + s / 2
}
"""


def test_a_weight_meets_values_as_a_vector_or_a_matrix() -> None:

    model = run_passes(lower_text(OWN))
    given = {name: x for name, x in inputs().items() if name.startswith("q")}
    w = {
        name: weight.astype(np.float64)
        for name, weight in sample_weights(model, make_generator(3)).items()
    }
    found = run(model, w, given).outputs
    y = w["param.gamma"] * (given["q"] @ w["param.W"].T) + w["param.beta"]
    u = (w["param.V"] @ w["param.gamma"]) * given["q"] + w["param.s"] / 2
    np.testing.assert_allclose(found["y"], y, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found["u"], u, rtol=1e-12, atol=1e-12)
    assert found["z"].shape == (ROWS, 2)
    check_gradients(model, w, given)
