"""Blocks in a row, each of which reads the one before, are found."""

from __future__ import annotations

from specc.codegen.repeats import Folded, Use, fold_repeats
from specc.codegen.series import Series, fold_series
from specc.lower import lower_text
from specc.passes import run_passes

LAYER = """block layer(units: int) on (x) {
  h = x -> dense(units, tanh) -> dropout(0.1) -> layernorm
  x + h
}
"""
PAIR = """block layer(units: int) on (x, memory) {
  h = (x, memory) -> add -> dense(units, tanh) -> layernorm
  x + h, memory
}
"""


def fold(flow: str, blocks: str = LAYER) -> Folded:
    text = f"{blocks}model m(x: float[T, 6], z: float[T, 6]) -> "
    model = run_passes(lower_text(f"{text}float[6] {{\n  {flow}\n}}\n"))
    return fold_series(fold_repeats(model, lambda _: True), lambda _, __: True)


def series(flow: str, blocks: str = LAYER) -> list[tuple[str, int, int]]:
    nodes = fold(flow, blocks).model.nodes
    found = (node.op for node in nodes if isinstance(node.op, Series))
    return [(op.block, op.first, op.count) for op in found]


def test_blocks_in_a_row_are_one_series() -> None:
    folded = fold("(x, z) -> add -> for i in 4 { layer(6) } -> mean")
    ops = [node.op.name() for node in folded.model.nodes]
    assert ops.count("series") == 1 and "use" not in ops
    assert len(folded.model.nodes[-1].types) == 1 and len(folded.bodies) == 1


def test_a_series_says_which_blocks_it_runs() -> None:
    flow = "(x, z) -> add -> for i in 12 { layer(6) } -> mean"
    assert series(flow) == [("layer", 1, 12)]
    flow = "a = x -> layer(6) -> relu -> for i in 3 { layer(6) }\n"
    assert series(f"{flow}  (a, z) -> add -> mean") == [("layer", 2, 3)]


def test_what_is_read_in_between_parts_a_series() -> None:
    flow = "a = x -> for i in 2 { layer(6) }\n  b = a -> for i in 2 { layer(6) }\n"
    assert series(f"{flow}  (b, z) -> add -> mean") == [("layer", 1, 4)]
    assert series(f"{flow}  (a, b, z) -> add -> mean") == [
        ("layer", 1, 2),
        ("layer", 3, 2),
    ]


def test_what_all_blocks_read_may_come_from_elsewhere() -> None:
    flow = "h, m = (x, z) -> for i in 4 { layer(6) }\n  (h, m) -> add -> mean"
    assert series(flow, PAIR) == [("layer", 1, 4)]
    (node,) = (n for n in fold(flow, PAIR).model.nodes if isinstance(n.op, Series))
    assert isinstance(node.op, Series) and node.op.carried == 0


def test_blocks_that_do_not_go_on_from_each_other_are_no_series() -> None:
    flow = "(x -> layer(6), z -> layer(6), x -> layer(6)) -> add -> mean"
    assert series(flow) == []


def test_a_block_used_again_is_no_series() -> None:
    flow = "let one = layer(6)\n  (x, z) -> add -> one -> one -> one -> mean"
    assert series(flow) == []


def test_what_does_not_suit_stays_as_it_is() -> None:
    text = f"{LAYER}model m(x: float[T, 6]) -> float[6] {{\n"
    text += "  x -> for i in 3 { layer(6) } -> mean\n}\n"
    folded = fold_repeats(run_passes(lower_text(text)), lambda _: True)
    same = fold_series(folded, lambda body, count: count > 3 or not body.nodes)
    assert same is folded
    assert sum(isinstance(node.op, Use) for node in same.model.nodes) == 3
