"""Weights that blocks and models own: names, first values, and mistakes."""

from __future__ import annotations

import pytest

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.ops.param import Param
from specc.passes import run_passes

from .mistakes import Mistake, body

POOL = """\
block pool(units: int) on (h: float[T, d]) {
  param c[units]
  (h -> dense(units)) @ c -> softmax(T)
}
"""
HEAD = "model m(x: float[T, 4] ragged) -> "


def weights(model: Model) -> dict[str, tuple[tuple[int, ...], str]]:
    return {
        f"{node.name}.{weight.name}": (weight.shape, weight.initial)
        for node in model.nodes
        for weight in node.weights
        if node.owner is None
    }


def test_a_block_s_weights_are_named_after_it_each_time_it_is_used() -> None:
    text = f"{POOL}{HEAD}float[T], float[T] {{ x -> pool(3), x -> pool(5) }}"
    found = weights(lower_text(text))
    assert found["pool.c"] == ((3,), "glorot_uniform")
    assert found["pool_2.c"] == ((5,), "glorot_uniform")
    assert list(found) == [
        *("pool.c", "pool.dense.W", "pool.dense.b"),
        *("pool_2.c", "pool_2.dense.W", "pool_2.dense.b"),
    ]


def test_a_block_bound_by_let_has_one_set_of_weights() -> None:
    text = (
        f"{POOL}{HEAD}float[T], float[T] {{\n"
        "  let p = pool(3)\n  x -> p, x * 2 -> p\n}"
    )
    model = run_passes(lower_text(text))
    assert [name for name in weights(model) if name.endswith(".c")] == ["p.c"]
    uses = [node for node in model.nodes if isinstance(node.op, Param)]
    assert len(uses) == 2 and uses[1].owner is not None


def test_a_weight_starts_as_its_use_asks_unless_the_line_says_otherwise() -> None:
    text = (
        f"{HEAD}y: float[T, 4] {{\n"
        "  param W[4, 4], c[4], gamma[4], beta[4], start[4], given[4] = normal\n"
        "  h = x -> rnn(4, init = start)\n"
        "  gamma * (W @ h) * (h @ c) + beta - given\n}"
    )
    found = weights(lower_text(text))
    assert {
        name: initial for name, (_, initial) in found.items() if "param" in name
    } == {
        "param.W": "glorot_uniform",
        "param.c": "glorot_uniform",
        "param.gamma": "ones",
        "param.beta": "zeros",
        "param.start": "zeros",
        "param.given": "normal",
    }


def test_a_value_made_of_weights_alone_has_no_batch_axis_until_it_needs_one() -> None:
    text = (
        f"{HEAD}y: float[T, 4], z: float[3] {{\n"
        "  param W[4, 4], a[4], s[3]\n  x * (W @ a + 1), s\n}"
    )
    model = run_passes(lower_text(text))
    ops = [node.op.name() for node in model.nodes]
    assert ops.count("each_example") == 1
    assert [node.type.unbatched for node in model.nodes if node.name == "plus"] == [
        True
    ]
    assert not any(model.type_of(output.ref).unbatched for output in model.outputs)


def test_inside_over_a_weight_has_the_rows_of_the_steps() -> None:
    text = (
        "block from_start() on (h: float[S, d]) {\n"
        "  param start[3]\n  h -> gru(3, final, init = start)\n}\n"
        "model m(x: float[T, S, 4] ragged) -> float[T, 3] {\n"
        "  x -> over T { from_start }\n}"
    )
    model = run_passes(lower_text(text))
    (made,) = (node for node in model.nodes if node.op.name() == "each_example")
    assert model.nodes[made.inputs[1].node].op.name() == "fold"


MISTAKES = [
    body("param ^c; x * c -> dense(8)", "SPC405", "shape of `c`", "param c[64]"),
    body("param c[^T]; x * c -> dense(8)", "SPC302", "`T` is a length"),
    body("param c[^0]; x * c -> dense(8)", "SPC302", "between 1 and"),
    body("param c[^2.5]; x * c -> dense(8)", "SPC302", "whole number", "`//`"),
    body("param c[^k]; x * c -> dense(8)", "SPC201", "no number is called `k`"),
    body("param c[4], ^c[4]; x * c -> dense(8)", "SPC203", "`c` already names"),
    body("param ^x[4]; x -> dense(8)", "SPC203", "`x` already names"),
    body("param c[4] = ^foo; x * c -> dense(8)", "SPC205", "cannot start as `foo`"),
    body("param c[4] = ^identity; x * c -> dense(8)", "SPC205", "has 1 axis"),
    body("param ^c[4]; x -> dense(8)", "SPC215", "`c` does not reach"),
    body("param c[4], ^d[4]; x * c -> dense(8)", "SPC215", "`d` is never used"),
    body("param c[4]; x * c -> dense(8) as ^c", "SPC203", "`c` names two things"),
    body("^state c[4]; x -> dense(8)", "SPC217", "states belong in a `cell`"),
    body("param h[3]; x -> rnn(8, init = ^h)", "SPC407", "found a value of type"),
    body("param W[8, 3]; ^x @ W", "SPC307", "`float[8, 3]`"),
    body("param W[4, 1]; ^x * W", "SPC307", "float[4, 1]"),
    Mistake(
        "block b() on (h) {\n  param ^c[4], d[4]\n  h * d\n}\n"
        "model m(x: float[4]) -> float[4] { x -> b }",
        "SPC215",
        "`c` is never used in the block `b`",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_a_weight_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()
