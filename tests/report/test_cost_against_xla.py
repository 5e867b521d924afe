"""XLA counts what we count: two operations for every multiply-add.

XLA also counts what is done element by element, which we leave out: biases,
activations, gates, reductions. So it finds more, but no more than `SLACK` operations
for each number that the layers make. And it counts the body of a loop once, however
often it runs: a recurrent layer is held to it at one step. And it leaves out products
with the zeros of padding, which we count: convolutions here are without.
"""

from __future__ import annotations

import pytest

import specc
from specc.ir.amount import total
from specc.report.cost import Sizes, count_cost

pytestmark = pytest.mark.framework

SLACK = 5
BATCH = 4
DENSE = """
model stack(x: float[32]) -> float[8] {
  x -> dense(64, relu) -> dense(48) -> dense(8)
}
"""
CONV = """
model windows(x: float[40, 16]) -> float[18, 24] {
  x -> conv(32, 5) -> conv(24, 2, stride = 2, relu)
}
"""
GROUPS = """
model windows(x: float[40, 16]) -> float[32, 32] {
  x -> conv(32, 3, dilation = 4, groups = 2)
}
"""
SHARED = """
model twice(a: float[32], b: float[32]) -> float {
  let f = dense(64)
  dot(a -> f, b -> f)
}
"""
STEP = """
model step(x: float[1, 32]) -> float[64] {
  x -> {cell}(64, final)
}
"""
CELLS = [STEP.replace("{cell}", cell) for cell in ("rnn", "lstm", "gru", "mgu")]


@pytest.mark.parametrize("text", [DENSE, CONV, GROUPS, SHARED, *CELLS])
def test_xla_finds_two_operations_for_every_multiply_add(text: str) -> None:
    compiled = specc.compile(text)
    cost = count_cost(compiled.model(), Sizes(batch=BATCH))
    multiply_adds, numbers = cost.multiply_adds.fixed, cost.activations.fixed
    assert multiply_adds and numbers
    found = operations(compiled)
    assert 2 * multiply_adds <= found <= 2 * multiply_adds + SLACK * numbers / 4


def test_xla_counts_the_body_of_a_loop_once() -> None:
    def found(steps: int) -> float:
        return operations(specc.compile(CELLS[1].replace("[1, 32]", f"[{steps}, 32]")))

    assert found(64) < 2 * found(8)
    text = CELLS[1].replace("[1, 32]", "[64, 32]")
    cost = count_cost(specc.compile(text).model(), Sizes(batch=BATCH))
    once = count_cost(specc.compile(CELLS[1]).model(), Sizes(batch=BATCH))
    assert cost.multiply_adds == total([once.multiply_adds] * 64)


def operations(compiled: specc.compiler.Compiled) -> float:
    """What XLA says the generated program does, for a batch."""
    import jax
    import numpy as np

    module = compiled.load("jax")
    model = compiled.model()
    weights = module.init(0)
    inputs = [
        np.zeros([BATCH, *(axis.size.fixed for axis in model.type_of(ref).axes)], "f4")
        for ref in model.inputs
    ]
    lowered = jax.jit(module.apply).lower(weights, *inputs)
    return lowered.compile().cost_analysis()["flops"]
