"""Recurrences of the oracle against loops written out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run

Array = np.ndarray[Any, Any]
Draw = Callable[..., dict[str, Array]]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 6, 3))
MASK = np.array(
    [
        [True, True, True, True, True, True],
        [True, True, True, False, False, False],
        [False, True, False, True, True, False],
        [False] * 6,
    ]
)


def model_of(layer: str, result: str = "float[T, 2]", rest: str = "") -> Model:
    head = f"model m(x: float[T, 3] ragged{rest}) -> {result}"
    return run_passes(lower_text(f"{head} {{\n  x -> {layer}\n}}"))


def run_one(layer: str, draw: Draw, result: str = "float[T, 2]") -> tuple[Any, ...]:
    model = model_of(layer, result)
    weights = draw(model)
    outputs = run(model, weights, {"x": X, "x_mask": MASK}).outputs
    return (*outputs.values(), weights)


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def rnn_step(w: Mapping[str, Array], x: Array, h: Array) -> tuple[Array, ...]:
    return (np.tanh(w["W"] @ x + w["U"] @ h + w["b"]),)


def lstm_step(
    w: Mapping[str, Array], x: Array, h: Array, c: Array
) -> tuple[Array, ...]:
    i, f, o, g = (w[f"W_{k}"] @ x + w[f"U_{k}"] @ h + w[f"b_{k}"] for k in "ifog")
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(w: Mapping[str, Array], x: Array, h: Array) -> tuple[Array, ...]:
    z, r = (
        sigmoid(w[f"W_{k}"] @ x + w[f"b_{k}"] + w[f"U_{k}"] @ h + w[f"d_{k}"])
        for k in "zr"
    )
    n = np.tanh(w["W_n"] @ x + w["b_n"] + r * (w["U_n"] @ h + w["d_n"]))
    return (z * h + (1 - z) * n,)


def gru_before_step(w: Mapping[str, Array], x: Array, h: Array) -> tuple[Array, ...]:
    z, r = (sigmoid(w[f"W_{k}"] @ x + w[f"U_{k}"] @ h + w[f"b_{k}"]) for k in "zr")
    n = np.tanh(w["W_n"] @ x + w["U_n"] @ (r * h) + w["b_n"])
    return (z * h + (1 - z) * n,)


CELLS = {
    "rnn": (rnn_step, 1),
    "lstm": (lstm_step, 2),
    "gru": (gru_step, 1),
    "gru_reset_before": (gru_before_step, 1),
}


def walk(
    cell: str, weights: Mapping[str, Array], prefix: str, order: list[int], row: int
) -> tuple[Array, list[Array]]:
    """Outputs of one row, its valid steps only, and the states at the end."""
    step, count = CELLS[cell]
    w = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
    states: list[Array] = [np.zeros(2)] * count
    output = np.zeros(2)
    outputs = np.zeros((6, 2))
    for t in order:
        if MASK[row, t]:
            states = list(step(w, X[row, t], *states))
            output = states[0]
        outputs[t] = output
    return outputs, states


FORWARD, BACKWARD = list(range(6)), list(range(5, -1, -1))


@pytest.mark.parametrize("cell", CELLS)
def test_a_masked_step_keeps_the_states_and_repeats_the_output(
    draw_weights: Draw, cell: str
) -> None:
    y, weights = run_one(f"{cell}(2)", draw_weights)
    for row in range(4):
        expected, _ = walk(cell, weights, f"{cell}.", FORWARD, row)
        np.testing.assert_allclose(y[row], expected, rtol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_backward_goes_from_the_end_and_stays_aligned(
    draw_weights: Draw, cell: str
) -> None:
    y, weights = run_one(f"{cell}(2, reverse)", draw_weights)
    for row in range(4):
        expected, _ = walk(cell, weights, f"{cell}.", BACKWARD, row)
        np.testing.assert_allclose(y[row], expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("merge", "rule"),
    [
        ("concat", lambda a, b: np.concatenate([a, b], axis=-1)),
        ("sum", lambda a, b: a + b),
        ("multiply", lambda a, b: a * b),
        ("average", lambda a, b: (a + b) / 2),
    ],
)
def test_two_directions_are_merged(
    draw_weights: Draw, merge: str, rule: Callable[[Array, Array], Array]
) -> None:
    width = 4 if merge == "concat" else 2
    layer = f"bi(lstm(2), merge = {merge})"
    y, weights = run_one(layer, draw_weights, f"float[T, {width}]")
    for row in range(4):
        ahead, _ = walk("lstm", weights, "bi_lstm.forward.", FORWARD, row)
        back, _ = walk("lstm", weights, "bi_lstm.backward.", BACKWARD, row)
        np.testing.assert_allclose(y[row], rule(ahead, back), rtol=1e-13)


def test_without_a_merge_there_are_two_results(draw_weights: Draw) -> None:
    layer = "bi(gru(2), merge = none)"
    a, b, weights = run_one(layer, draw_weights, "float[T, 2], float[T, 2]")
    for row in range(4):
        ahead, _ = walk("gru", weights, "bi_gru.forward.", FORWARD, row)
        back, _ = walk("gru", weights, "bi_gru.backward.", BACKWARD, row)
        np.testing.assert_allclose(a[row], ahead, rtol=1e-13)
        np.testing.assert_allclose(b[row], back, rtol=1e-13)


def test_final_is_the_last_valid_output_in_each_direction_s_order(
    draw_weights: Draw,
) -> None:
    y, weights = run_one("bi(lstm(2, final))", draw_weights, "float[4]")
    for row in range(4):
        ahead, _ = walk("lstm", weights, "bi_lstm.forward.", FORWARD, row)
        back, _ = walk("lstm", weights, "bi_lstm.backward.", BACKWARD, row)
        np.testing.assert_allclose(y[row], [*ahead[5], *back[0]], rtol=1e-13)
    assert not y[3].any()


def test_states_come_after_the_outputs_forward_first(draw_weights: Draw) -> None:
    head = "model m(x: float[T, 3] ragged) -> float[4], float[2], float[2], float[2]"
    model = run_passes(
        lower_text(
            f"{head}, float[2] {{\n"
            "  y, ends = x -> bi(lstm(2, final, states))\n"
            "  ahead, back = ends\n"
            "  h, c = ahead\n"
            "  k, d = back\n"
            "  y, h, c, k, d\n}"
        )
    )
    weights = draw_weights(model)
    outputs = run(model, weights, {"x": X, "x_mask": MASK}).outputs
    names = ["output", *(f"output_{place}" for place in range(2, 6))]
    assert list(outputs) == names
    for row in range(4):
        _, ahead = walk("lstm", weights, "bi_lstm.forward.", FORWARD, row)
        _, back = walk("lstm", weights, "bi_lstm.backward.", BACKWARD, row)
        found = [outputs[name][row] for name in names[1:]]
        np.testing.assert_allclose(found, [*ahead, *back], rtol=1e-13)


def test_initial_states_are_where_the_run_begins(draw_weights: Draw) -> None:
    head = "model m(x: float[T, 3] ragged, h: float[2], c: float[2]) -> float[T, 2]"
    model = run_passes(lower_text(f"{head} {{\n  x -> lstm(2, init = (h, c))\n}}"))
    weights = draw_weights(model)
    h, c = RNG.normal(size=(2, 4, 2))
    inputs = {"x": X, "x_mask": MASK, "h": h, "c": c}
    y = run(model, weights, inputs).outputs["output"]
    w = {name.removeprefix("lstm."): value for name, value in weights.items()}
    np.testing.assert_allclose(y[0, 0], lstm_step(w, X[0, 0], h[0], c[0])[0])
    np.testing.assert_allclose(y[2, 1], lstm_step(w, X[2, 1], h[2], c[2])[0])
    assert not y[3].any() and not y[2, 0].any()


def test_reset_gate_placement_changes_the_result(draw_weights: Draw) -> None:
    before = model_of("gru_reset_before(2)")
    after = model_of("gru(2)")
    weights = draw_weights(before)
    shared = {k.replace("_reset_before", ""): v for k, v in weights.items()}
    shared |= {f"gru.d_{gate}": np.zeros(2) for gate in "zrn"}
    inputs = {"x": X, "x_mask": MASK}
    a = run(before, weights, inputs).outputs["output"]
    b = run(after, shared, inputs).outputs["output"]
    np.testing.assert_allclose(a[:, 0], b[:, 0])
    assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize("layer", ["bi(lstm(2))", "bi(gru(2, final))", "rnn(2)"])
def test_appended_padding_changes_no_valid_output(
    draw_weights: Draw, layer: str
) -> None:
    width = 4 if "bi" in layer else 2
    result = f"float[{width}]" if "final" in layer else f"float[T, {width}]"
    model = model_of(layer, result)
    weights = draw_weights(model)
    short = run(model, weights, {"x": X, "x_mask": MASK}).outputs["output"]
    garbage = 1e3 * RNG.normal(size=(4, 5, 3))
    longer = {
        "x": np.concatenate([X, garbage], axis=1),
        "x_mask": np.concatenate([MASK, np.zeros((4, 5), bool)], axis=1),
    }
    long = run(model, weights, longer).outputs["output"]
    np.testing.assert_array_equal(long if "final" in layer else long[:, :6], short)


def test_a_row_does_not_depend_on_its_mates(draw_weights: Draw) -> None:
    model = model_of("bi(lstm(2))", "float[T, 4]")
    weights = draw_weights(model)
    together = run(model, weights, {"x": X, "x_mask": MASK}).outputs["output"]
    for row in range(4):
        alone = {"x": X[row : row + 1], "x_mask": MASK[row : row + 1]}
        found = run(model, weights, alone).outputs["output"]
        np.testing.assert_allclose(found[0], together[row], rtol=1e-13, atol=1e-15)


def test_no_steps_give_no_outputs_and_the_first_states(draw_weights: Draw) -> None:
    model = model_of("lstm(2)")
    inputs = {"x": X[:, :0], "x_mask": MASK[:, :0]}
    assert run(model, draw_weights(model), inputs).outputs["output"].shape == (4, 0, 2)


def test_groups_of_products_are_only_a_hint(draw_weights: Draw) -> None:
    model = model_of("lstm(2)")
    nodes = (replace(node, op=without_groups(node.op)) for node in model.nodes)
    plain = replace(model, nodes=tuple(nodes))
    weights, inputs = draw_weights(model), {"x": X, "x_mask": MASK}
    a, b = (run(m, weights, inputs).outputs["output"] for m in (model, plain))
    np.testing.assert_array_equal(a, b)


def without_groups(op: Any) -> Any:
    if not hasattr(op, "cell"):
        return op
    return replace(op, cell=replace(op.cell, groups=()))
