"""In which form a recurrent layer becomes JAX."""

from __future__ import annotations

import pytest
from specc_jax.choice import choose_schedule, remark_on

from specc.compiler import compile
from specc.ir.graph import Node
from specc.ir.schedule import Target
from specc.ops.recurrent import Recurrent
from specc.passes.recurrence.choose import schedule_model


def layer(use: str, target: Target) -> Node:
    text = f"model m(x: float[T, 4]) -> float[T, ...] {{ x -> {use} }}"
    text = text.replace("...", use.partition("(")[2].partition(",")[0].rstrip(")"))
    return schedule_model(compile(text).model(), target).nodes[1]


@pytest.mark.parametrize(
    ("use", "target", "residuals"),
    [
        ("lstm(64)", Target("cpu", batch=64), "recomputed"),
        ("lstm(64)", Target("cpu", batch=8), "kept"),
        ("lstm(64)", Target("cpu"), "kept"),
        ("lstm(64)", Target("gpu", batch=64), "kept"),
        ("lstm(128)", Target("cpu", batch=64), "kept"),
        ("lstm_layernorm(64)", Target("cpu", batch=64), "kept"),
    ],
)
def test_many_narrow_rows_are_computed_again_on_a_core(
    use: str, target: Target, residuals: str
) -> None:
    node = layer(use, target)
    assert isinstance(node.op, Recurrent)
    assert node.op.schedule.residuals == "kept"
    assert choose_schedule(node.op, target).residuals == residuals
    assert ("recomputed" in remark_on(node, target)) is (residuals == "recomputed")
