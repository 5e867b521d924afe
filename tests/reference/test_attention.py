"""Layers that attend, against plain loops over steps, and at their edges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from specc.ir.graph import Model
from specc.ir.op import Op
from specc.ops.attend import Attend
from specc.ops.cross_attend import CrossAttend
from specc.ops.self_attend import SelfAttend
from specc.ops.tied import Tied
from specc.reference import run

Array = np.ndarray[Any, Any]
Fixture = Callable[..., Any]
MASK = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 1, 1], [0] * 5], bool)
# By hand, of Press et al. 2022: of 3 heads, those of 2 and the first of 4.
SLOPES = {4: [1 / 4, 1 / 16, 1 / 64, 1 / 256], 3: [1 / 16, 1 / 256, 1 / 4]}
SCORES: list[Op] = [
    Attend(),
    Attend(scale="none"),
    Attend(score="general"),
    Attend(units=3),
    Attend(units=3, score="additive", bias="none"),
]
VARIANTS = [
    SelfAttend(heads=4, kv_heads=2, size=2),
    SelfAttend(heads=4, kv_heads=1, size=2, causal=True, bias="none"),
    SelfAttend(heads=2, scale="none", key_bias="none", output_bias="none"),
    SelfAttend(heads=2, bias="none", value_bias="zeros"),
    SelfAttend(heads=2, size=4, rotary=True),
    SelfAttend(heads=4, kv_heads=2, size=6, rotary=True, base=7, causal=True),
    SelfAttend(heads=2, window=1),
    SelfAttend(heads=2, window=2, causal=True, rotary=True),
    SelfAttend(heads=2, window=9),
    SelfAttend(heads=4, size=2, alibi=True, causal=True),
    SelfAttend(heads=3, size=2, alibi=True, window=3, rotary=True),
]


def softmax(scores: list[float]) -> Array:
    powers = np.exp(scores)
    return powers / powers.sum()


def score(
    op: Attend, weights: dict[str, Array], q: Array, memory: Array, step: int
) -> float:
    """The score of one step for one query, as the papers have it."""
    k = memory[step]
    w = {name.removeprefix("layer."): array for name, array in weights.items()}
    if op.scoring == "dot":
        return float(q @ k if op.scale == "none" else q @ k / np.sqrt(len(k)))
    if op.scoring == "general":
        return float(q @ w["W"] @ k)
    return float(w["v"] @ np.tanh(w["W_q"].T @ q + w["W_m"].T @ k + w.get("b", 0)))


def attended(steps: list[int], values: Array, scores: Callable[[int], float]) -> Array:
    """The mean of some steps, weighted; zeros where there is none."""
    if not steps:
        return np.zeros(values.shape[-1])
    shares = softmax([scores(s) for s in steps])
    return sum(a * values[s] for a, s in zip(shares, steps, strict=True))


@pytest.fixture
def model(build_model: Fixture, sequence_type: Fixture) -> Callable[..., Model]:
    """The model of a layer with a query [5, 4] and perhaps a memory of a width."""

    def build(op: Op, *memory: int, ragged: bool = False) -> Model:
        types = [sequence_type(size, ragged=ragged) for size in (4, *memory)]
        return build_model(op, *types)

    return build


def draw(memory: int | None, ragged: bool) -> dict[str, Array]:
    rng = np.random.default_rng(1)
    inputs = {"x": rng.normal(size=(3, 5, 4))}
    if memory is not None:
        inputs["x2"] = rng.normal(size=(3, 5, memory))
    if ragged:
        inputs |= {f"{name}_mask": MASK for name in list(inputs)}
    return inputs


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("op", SCORES, ids=repr)
def test_a_step_is_the_mean_of_the_memory_by_its_scores(
    model: Fixture, draw_weights: Fixture, op: Attend, causal: bool, ragged: bool
) -> None:
    op = replace(op, causal=causal)
    width = 4 if op.scoring == "dot" else 3
    built = model(op, width, ragged=ragged)
    weights, inputs = draw_weights(built), draw(width, ragged)
    # Only the memory's mask is read.
    found = run(built, weights, inputs).outputs["output"]
    for row in range(3):
        memory = inputs["x2"][row]
        for t, q in enumerate(inputs["x"][row]):
            last = t + 1 if causal else 5
            steps = [s for s in range(last) if not ragged or MASK[row, s]]
            wanted = attended(steps, memory, partial(score, op, weights, q, memory))
            np.testing.assert_allclose(found[row, t], wanted, atol=1e-13)


def turned(x: Array, t: int, base: float) -> Array:
    """x e^(i t base^(-2j / d)), numbers j and j + d / 2 being real and imaginary."""
    real, imaginary = np.split(x, 2)
    rates = base ** (-np.arange(len(real)) / len(real))
    y = (real + 1j * imaginary) * np.exp(1j * t * rates)
    return np.concatenate([y.real, y.imag])


def multi_head(
    op: SelfAttend | CrossAttend,
    weights: dict[str, Array],
    x: Array,
    memory: Array,
    t: int,
    steps: list[int],
) -> Array:
    """Step t of what the heads give together."""
    w = {name.removeprefix("layer."): array for name, array in weights.items()}
    size = w["W_q"].shape[1] // op.heads
    divisor = 1 if op.scale else np.sqrt(size)
    alibi = isinstance(op, SelfAttend) and op.alibi
    base = op.rotary_base if isinstance(op, SelfAttend) and op.rotary else None
    found = []
    for head in range(op.heads):
        other = head * (op.kv_heads or op.heads) // op.heads
        q, k, v = (
            (one @ w[f"W_{n}"] + w.get(f"b_{n}", 0))[..., i * size : (i + 1) * size]
            for n, one, i in (("q", x[t], head), *((n, memory, other) for n in "kv"))
        )
        if base is not None:
            q, k = turned(q, t, base), [turned(k[s], s, base) for s in range(5)]
        scores = np.array([q @ k[s] / divisor for s in range(5)])
        if alibi:
            scores -= SLOPES[op.heads][head] * np.abs(t - np.arange(5))
        found.append(attended(steps, v, scores.__getitem__))
    return np.concatenate(found) @ w["W_o"] + w.get("b_o", 0)


def seen_from(op: SelfAttend | CrossAttend, t: int) -> list[int]:
    """The steps of five that step t may attend to."""
    first, last = 0, t + 1 if op.causal else 5
    if isinstance(op, SelfAttend) and op.window is not None:
        first = max(0, t - op.window + op.causal)
        last = min(last, t + op.window + 1)
    return list(range(first, last))


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize(
    "op",
    [
        SelfAttend(heads=2),
        SelfAttend(heads=2, causal=True),
        SelfAttend(heads=3, size=2, bias="none"),
        SelfAttend(heads=1, causal=True, dropout=0.5),
        *VARIANTS,
    ],
    ids=repr,
)
def test_heads_attend_to_their_own_sequence(
    model: Fixture, draw_weights: Fixture, op: SelfAttend, ragged: bool
) -> None:
    built = model(op, ragged=ragged)
    weights, inputs = draw_weights(built), draw(None, ragged)
    found = run(built, weights, inputs).outputs["output"]
    for row in range(3):
        x = inputs["x"][row]
        seen = np.where(MASK[row, :, None], x, 0) if ragged else x
        for t in range(5):
            steps = [s for s in seen_from(op, t) if not ragged or MASK[row, s]]
            wanted = multi_head(op, weights, seen, seen, t, steps)
            np.testing.assert_allclose(found[row, t], wanted, atol=1e-13)


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize(
    "op",
    [
        CrossAttend(heads=2),
        CrossAttend(heads=2, size=3, bias="none"),
        CrossAttend(heads=4, kv_heads=2, key_bias="none", scale="none", causal=True),
    ],
    ids=repr,
)
def test_heads_attend_to_a_memory(
    model: Fixture, draw_weights: Fixture, op: CrossAttend, ragged: bool
) -> None:
    built = model(op, 3, ragged=ragged)
    weights, inputs = draw_weights(built), draw(3, ragged)
    found = run(built, weights, inputs).outputs["output"]
    for row in range(3):
        x, memory = inputs["x"][row], inputs["x2"][row]
        for t in range(5):
            steps = [s for s in seen_from(op, t) if not ragged or MASK[row, s]]
            wanted = multi_head(op, weights, x, memory, t, steps)
            np.testing.assert_allclose(found[row, t], wanted, atol=1e-13)


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize(
    ("op", "memory"),
    [
        *((op, (4,)) for op in SCORES),
        *((replace(op, causal=True), (4,)) for op in SCORES),
        (SelfAttend(heads=2), ()),
        (SelfAttend(heads=2, causal=True), ()),
        (CrossAttend(heads=2), (3,)),
        (CrossAttend(heads=4, kv_heads=2, causal=True, scale="none"), (3,)),
        *((op, ()) for op in VARIANTS),
    ],
    ids=repr,
)
def test_gradients(
    model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    memory: tuple[int, ...],
    ragged: bool,
) -> None:
    built = model(op, *memory, ragged=ragged)
    inputs = draw(memory[0] if memory else None, ragged)
    found = check_gradients(built, draw_weights(built), inputs)
    assert all(np.isfinite(gradient).all() for gradient in found.values())
    if ragged and memory:
        assert not found["input:x2"][~MASK].any()


def test_one_vector_attends_as_a_step_of_a_sequence_does(
    apply_layer: Fixture,
) -> None:
    rng = np.random.default_rng(2)
    queries, memory = rng.normal(size=(3, 5, 4)), rng.normal(size=(3, 5, 4))
    alone = apply_layer(Attend(), queries[:, 2], memory)
    every = apply_layer(Attend(), queries, memory)
    np.testing.assert_allclose(alone, every[:, 2], atol=1e-15)


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("op", SCORES, ids=repr)
def test_keys_may_have_values_of_their_own(
    model: Fixture, draw_weights: Fixture, op: Attend, ragged: bool
) -> None:
    width = 4 if op.scoring == "dot" else 3
    built = model(op, width, 2, ragged=ragged)
    weights, inputs = draw_weights(built), draw(width, ragged)
    inputs["x3"] = np.random.default_rng(2).normal(size=(3, 5, 2))
    counts = np.ones((3, 5), bool)
    if ragged:
        inputs["x3_mask"] = MASK[::-1]
        counts = MASK & MASK[::-1]
    found = run(built, weights, inputs).outputs["output"]
    for row in range(3):
        keys, values = inputs["x2"][row], inputs["x3"][row]
        steps = [s for s in range(5) if counts[row, s]]
        for t, q in enumerate(inputs["x"][row]):
            wanted = attended(steps, values, partial(score, op, weights, q, keys))
            np.testing.assert_allclose(found[row, t], wanted, atol=1e-13)


@pytest.mark.parametrize("op", SCORES, ids=repr)
def test_gradients_of_keys_and_values(
    model: Fixture, draw_weights: Fixture, check_gradients: Fixture, op: Attend
) -> None:
    built = model(op, 4, 2, ragged=True)
    inputs = draw(4, True)
    inputs["x3"] = np.random.default_rng(2).normal(size=(3, 5, 2))
    inputs["x3_mask"] = MASK[::-1]
    found = check_gradients(built, draw_weights(built), inputs)
    counts = MASK & MASK[::-1]
    assert not found["input:x2"][~counts].any()
    assert not found["input:x3"][~counts].any()
    assert found["input:x2"][counts].any() and found["input:x3"][counts].any()


def test_scores_of_rotary_positions_depend_on_how_far_steps_are_apart(
    build_model: Fixture, sequence_type: Fixture, draw_weights: Fixture
) -> None:
    op = SelfAttend(heads=2, rotary=True, window=1, causal=False)
    built = build_model(op, sequence_type(4))
    x = np.zeros((1, 9, 4))
    x[0, 1:4] = x[0, 5:8] = np.random.default_rng(5).normal(size=(3, 4))
    found = run(built, draw_weights(built), {"x": x}).outputs["output"]
    np.testing.assert_allclose(found[0, 1:4], found[0, 5:8], atol=1e-13)


def test_a_memory_without_steps_gives_zeros(apply_layer: Fixture) -> None:
    found = apply_layer(Attend(), np.ones((2, 4)), np.ones((2, 0, 4)))
    np.testing.assert_array_equal(found, np.zeros((2, 4)))


def test_what_masked_steps_of_a_memory_hold_changes_nothing(
    model: Fixture, draw_weights: Fixture
) -> None:
    built = model(CrossAttend(heads=2), 3, ragged=True)
    weights, inputs = draw_weights(built), draw(3, True)
    garbage = np.where(MASK[..., None], inputs["x2"], np.nan)
    before = run(built, weights, inputs).outputs["output"]
    after = run(built, weights, {**inputs, "x2": garbage}).outputs["output"]
    np.testing.assert_array_equal(before, after)


def test_large_scores_do_not_overflow(apply_layer: Fixture) -> None:
    x = 1e4 * np.random.default_rng(3).normal(size=(2, 5, 4))
    assert np.isfinite(apply_layer(Attend(), x, x)).all()


def test_a_tied_projection_multiplies_with_the_tables_transpose(
    build_model: Fixture, sequence_type: Fixture, check_gradients: Fixture
) -> None:
    from specc.ops.embed import Embed

    ids = replace(sequence_type(dtype="int"), bound=7)
    (table,) = Embed(dim=4).weights(ids)
    built = build_model(Tied(embedding="e", table=table), sequence_type(4))
    rng = np.random.default_rng(4)
    weights, inputs = {"layer.table": rng.normal(size=(7, 4))}, draw(None, False)
    found = run(built, weights, inputs).outputs["output"]
    wanted = np.einsum("btd,vd->btv", inputs["x"], weights["layer.table"])
    np.testing.assert_allclose(found, wanted, atol=1e-13)
    check_gradients(built, weights, inputs)
