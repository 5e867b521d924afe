"""XLA counts what we count: two operations for every multiply-add.

XLA also counts what is done element by element, which we leave out: biases,
activations, gates, softmax, lengths of vectors. So it finds more, but no more than
`SLACK` operations for each number that goes in or that the layers make. And it counts
the body of a loop once, however often it runs: a recurrent layer is held to it at one
step. Where XLA finds less for a reason, the number of operations stands with the spec.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import pytest

import specc
from specc.compiler import Compiled
from specc.ir.amount import total
from specc.ir.graph import Graph
from specc.ir.op import Op
from specc.lower.library import library_cells
from specc.ops import find_op, op_names
from specc.ops.recurrent import Recurrent
from specc.report.cost import Sizes, count_cost

SLACK = 5
BATCH = 4
LENGTH = 6
"""Of a named axis."""


@dataclass(frozen=True)
class Case:
    """A model, and how many operations fewer XLA finds for a batch, with the reason."""

    text: str
    fewer: int = 0


def products(count: int) -> int:
    """The operations of so many multiply-adds in every row of a batch."""
    return 2 * BATCH * count


LAYERS = {
    "contract": Case(
        "(x: float[40, 16], h: float[10, 16]) -> float[40, 16] "
        "{ contract(x @ h, h, 10) }"
    ),
    "dense": Case("(x: float[32]) -> float[8] { x -> dense(64, relu) -> dense(8) }"),
    "steps": Case("(x: float[10, 32]) -> float[10, 8] { x -> dense(8) }"),
    "conv": Case(
        "(x: float[40, 16]) -> float[18, 24] "
        "{ x -> conv(32, 5) -> conv(24, 2, stride = 2, relu) }"
    ),
    "groups": Case(
        "(x: float[40, 16]) -> float[32, 32] "
        "{ x -> conv(32, 3, dilation = 4, groups = 2) }"
    ),
    "image": Case(
        "(x: float[12, 12, 8]) -> float[5, 5, 16] { x -> conv(16, 3, stride = 2) }"
    ),
    # Products with the zeros of padding are left out by XLA. Of a kernel of 5, the
    # windows at the ends have 2, 1 and 1, 2 taps there; all at the start 4, 3, 2, 1.
    "same": Case(
        "(x: float[40, 16]) -> float[40, 32] { x -> conv(32, 5, same) }",
        products(6 * 16 * 32),
    ),
    "causal": Case(
        "(x: float[40, 16]) -> float[40, 32] { x -> conv(32, 5, causal) }",
        products(10 * 16 * 32),
    ),
    "depthwise": Case("(x: float[40, 16]) -> float[36, 32] { x -> depthwise(5, 2) }"),
    "depthwise image": Case(
        "(x: float[12, 12, 16]) -> float[10, 10, 16] { x -> depthwise(3) }"
    ),
    "separable": Case("(x: float[40, 16]) -> float[36, 24] { x -> separable(24, 5) }"),
    "transposed": Case(
        "(x: float[20, 16]) -> float[60, 24] { x -> transposed(24, 3, 3) }"
    ),
    # Of a kernel of 4 with stride 2, one tap is cut off at either end.
    "transposed same": Case(
        "(x: float[20, 16]) -> float[40, 24] { x -> transposed(24, 4, 2, same) }",
        products(2 * 16 * 24),
    ),
    "transposed image": Case(
        "(x: float[6, 6, 16]) -> float[12, 12, 8] { x -> transposed(8, 2, 2) }"
    ),
    "attend": Case(
        "(q: float[10, 32], m: float[14, 32]) -> float[10, 32] { (q, m) -> attend }"
    ),
    "attend general": Case(
        "(q: float[10, 24], m: float[14, 32]) -> float[10, 32] "
        "{ (q, m) -> attend(general) }"
    ),
    "attend additive": Case(
        "(q: float[10, 24], m: float[14, 32]) -> float[10, 32] { (q, m) -> attend(48) }"
    ),
    "one query": Case(
        "(q: float[24], m: float[14, 32]) -> float[32] { (q, m) -> attend(48) }"
    ),
    "self_attend": Case("(x: float[10, 32]) -> float[10, 32] { x -> self_attend(4) }"),
    "self_attend causal": Case(
        "(x: float[10, 32]) -> float[10, 32] { x -> self_attend(4, causal, size = 5) }"
    ),
    "cross_attend": Case(
        "(q: float[10, 24], m: float[14, 32]) -> float[10, 24] "
        "{ (q, m) -> cross_attend(4) }"
    ),
    "tied": Case(
        "(i: int[10] < 60) -> float[10, 60] { let e = embed(24)\n i -> e -> tied(e) }"
    ),
    # A sum of n products has n - 1 additions where it is no matrix product.
    "dot": Case(
        "(a: float[10, 32], b: float[10, 32]) -> float[10] { dot(a, b) }", 10 * BATCH
    ),
    "cosine": Case(
        "(a: float[10, 32], b: float[10, 32]) -> float[10] { cosine(a, b) }"
    ),
    "a layer used twice": Case(
        "(a: float[32], b: float[32]) -> float[64] "
        "{ let f = dense(64)\n multiply(a -> f, b -> f) }"
    ),
    "over": Case(
        "(x: float[T, 9, 16]) -> float[T, 24] { x -> over T { conv(24, 3) -> mean } }"
    ),
}
STEP = "(x: float[1, 64]) -> float[{width}] {{ x -> {layer} }}"
CELLS = {
    layer: Case(STEP.format(width=width, layer=layer))
    for cell in library_cells()
    for layer, width in ((f"{cell}(64, final)", 64), (f"bi({cell}(64, final))", 128))
}
CASES = LAYERS | CELLS


@pytest.mark.framework
@pytest.mark.parametrize("name", CASES)
def test_xla_finds_two_operations_for_every_multiply_add(name: str) -> None:
    compiled = specc.compile(f"model m{CASES[name].text}")
    cost = count_cost(compiled.model(), Sizes(batch=BATCH, every=LENGTH))
    multiply_adds, kept = cost.multiply_adds.fixed, cost.activations.fixed
    assert multiply_adds and kept
    numbers = kept / 4 + sum(map(prod, shapes(compiled)))
    found = operations(compiled) + CASES[name].fewer
    assert 2 * multiply_adds <= found <= 2 * multiply_adds + SLACK * numbers


@pytest.mark.parametrize(
    "name",
    [n for n in sorted(op_names()) if find_op(n).multiply_adds is not Op.multiply_adds],
)
def test_every_layer_that_multiplies_is_held_to_xla(name: str) -> None:
    used = {op for case in CASES.values() for op in ops_of(case)}
    without = {"embed", "batchnorm", "layernorm", "param", "positions", "rmsnorm"}
    assert name in used | without


def ops_of(case: Case) -> set[str]:
    graphs: list[Graph] = [specc.compile(f"model m{case.text}").model()]
    found = set()
    for graph in graphs:
        for node in graph.nodes:
            found.add(node.op.name())
            if isinstance(node.op, Recurrent):
                graphs.append(node.op.cell)
    return found


@pytest.mark.framework
def test_xla_counts_the_body_of_a_loop_once() -> None:
    def spec(steps: int) -> Compiled:
        text = STEP.format(width=64, layer="lstm(64, final)")
        return specc.compile(f"model m{text.replace('[1, 64]', f'[{steps}, 64]')}")

    assert operations(spec(64)) < 2 * operations(spec(8))
    cost = count_cost(spec(64).model(), Sizes(batch=BATCH))
    once = count_cost(spec(1).model(), Sizes(batch=BATCH))
    assert cost.multiply_adds == total([once.multiply_adds] * 64)


TRAINED = [
    "(x: float[64, 32]) -> float[64, 48] { x -> lstm(48) }",
    "(x: float[64, 32]) -> float[64, 96] { x -> bi(gru(48)) }",
    "(x: float[64, 32]) -> float[64, 32] { x -> dense(128, gelu) -> dense(32, relu) }",
    "(x: float[128, 32]) -> float[128, 32] { x -> self_attend(4) -> self_attend(4) }",
    "(x: float[64, 32], m: float[64, 32]) -> float[64, 32] { (x, m) -> attend(16) }",
    "(x: float[128, 16]) -> float[124, 32] { x -> separable(32, 5) }",
]


@pytest.mark.framework
@pytest.mark.parametrize("text", TRAINED)
def test_xla_keeps_the_activations_and_no_more_than_five_times_as_much(text) -> None:
    """It holds what the backward pass makes meanwhile as well, and room to work in."""
    import jax
    import jax.numpy as jnp

    compiled = specc.compile(f"model m{text}")
    module = compiled.load("jax")

    def loss(variables, *inputs):
        return jnp.sum(module.apply(variables, *inputs) ** 2)

    lowered = jax.jit(jax.grad(loss)).lower(module.init(0), *zeros(compiled))
    found = lowered.compile().memory_analysis().temp_size_in_bytes
    kept = count_cost(compiled.model(), Sizes(batch=BATCH)).activations.fixed
    assert kept <= found <= 5 * kept


def shapes(compiled: Compiled) -> list[list[int]]:
    model = compiled.model()
    return [
        [BATCH, *(axis.size.fixed or LENGTH for axis in model.type_of(ref).axes)]
        for ref in model.inputs
    ]


def zeros(compiled: Compiled) -> list[object]:
    import numpy as np

    model = compiled.model()
    return [
        np.zeros(shape, "i4" if model.type_of(ref).dtype == "int" else "f4")
        for ref, shape in zip(model.inputs, shapes(compiled), strict=True)
    ]


def operations(compiled: Compiled) -> float:
    """What XLA says the generated program does, for a batch."""
    import jax

    module = compiled.load("jax")
    lowered = jax.jit(module.apply).lower(module.init(0), *zeros(compiled))
    return lowered.compile().cost_analysis()["flops"]
