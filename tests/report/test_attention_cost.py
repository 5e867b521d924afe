"""What attention costs: projections by steps, scores and means by pairs of steps."""

from __future__ import annotations

import pytest

import specc
from specc.report.cost import Sizes, count_cost

COSTS = {
    "(x, y) -> attend": 2 * 6 * 5 * 7,
    "(x, y) -> attend(general)": 5 * 6 * 6 + 2 * 6 * 5 * 7,
    "(x, y) -> attend(3)": (5 + 7) * 6 * 3 + 5 * 7 * (3 + 6),
    "(x, x) -> cross_attend(2)": 4 * 5 * 6 * 6 + 2 * 6 * 5 * 5,
    "x -> self_attend(2)": 4 * 5 * 6 * 6 + 2 * 6 * 5 * 5,
    "x -> self_attend(2, size = 4)": 4 * 5 * 6 * 8 + 2 * 8 * 5 * 5,
    "x -> self_attend(6, kv_heads = 2)": 5 * 6 * (6 + 2 + 2 + 6) + 2 * 6 * 5 * 5,
    "x -> self_attend(2, window = 1, causal)": 4 * 5 * 6 * 6 + 2 * 6 * 5 * 5,
    "(x, y, y -> dense(3, bias = none)) -> attend -> dense(6)": (
        7 * 6 * 3 + (6 + 3) * 5 * 7 + 5 * 3 * 6
    ),
    "(x, y) -> cross_attend(2)": 2 * (5 + 7) * 6 * 6 + 2 * 6 * 5 * 7,
}


@pytest.mark.parametrize("flow", COSTS)
def test_a_layer_costs_what_its_equation_multiplies(flow: str) -> None:
    text = (
        "model m(x: float[5, 6], y: float[7, 6]) -> a: float[5, 6], b: float[7, 6] {\n"
        f"  a = {flow}\n  b = y -> relu\n}}\n"
    )
    cost = count_cost(specc.compile(text).model(), Sizes(batch=1))
    assert cost.multiply_adds.fixed == COSTS[flow]


def test_a_tied_projection_costs_what_a_dense_one_does() -> None:
    text = (
        "model m(x: int[5] < 9) -> float[5, 9] {\n  let e = embed(4)\n"
        "  x -> e -> LAST\n}\n"
    )
    tied, dense = (
        count_cost(specc.compile(text.replace("LAST", last)).model(), Sizes(batch=1))
        for last in ("tied(e)", "dense(9)")
    )
    assert tied.multiply_adds == dense.multiply_adds


KEPT = {
    "(x, y) -> attend": 5 * 6 + 5 * 7,
    "(x, y) -> attend(general)": 5 * 6 + 5 * 6 + 5 * 7,
    "(x, y) -> attend(3)": 5 * 6 + (5 + 7) * 3 + 5 * 7 * (3 + 1),
    "x -> self_attend(2)": 5 * 6 + 4 * 5 * 6 + 2 * 5 * 5,
    "x -> self_attend(2, size = 4)": 5 * 6 + 4 * 5 * 8 + 2 * 5 * 5,
    "(x, y) -> cross_attend(2)": 5 * 6 + 2 * (5 + 7) * 6 + 2 * 5 * 7,
}


@pytest.mark.parametrize("flow", KEPT)
def test_training_keeps_the_projections_and_a_weight_for_every_pair(flow: str) -> None:
    text = (
        "model m(x: float[5, 6], y: float[7, 6]) -> a: float[5, 6], b: float[7, 6] {\n"
        f"  a = {flow}\n  b = y -> relu\n}}\n"
    )
    attention, _ = count_cost(specc.compile(text).model(), Sizes(batch=1)).layers
    assert attention.activations.fixed == 4 * KEPT[flow]
