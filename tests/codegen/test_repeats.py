"""Blocks that a model has several times are found, and what they have in common."""

from __future__ import annotations

from specc.codegen.plan import make_plan
from specc.codegen.repeats import Body, Folded, Use, fold_repeats
from specc.codegen.variants import options
from specc.ir.graph import Model, Node
from specc.lower import lower_text
from specc.ops.number import Number
from specc.passes import run_passes

BLOCK = """block layer(units: int, p: float = 0.1) on (x) {
  h = x -> dense(units, tanh) -> dropout(p) -> layernorm
  x + h
}
"""
HEAD = "model m(x: float[T, 6] ragged) -> float[6] {\n  x -> "


def fold(flow: str, blocks: str = BLOCK) -> Folded:
    model = run_passes(lower_text(f"{blocks}{HEAD}{flow} -> mean\n}}\n"))
    return fold_repeats(model, lambda _: True)


def uses(folded: Folded) -> list[tuple[int, str]]:
    nodes = folded.model.nodes
    return [(n.op.body, n.name) for n in nodes if isinstance(n.op, Use)]


def only(folded: Folded) -> Model:
    """The only variant of the only body."""
    ((body,),) = (one.variants for one in folded.bodies)
    return body


def test_blocks_that_differ_in_their_paths_only_have_one_body() -> None:
    folded = fold("for i in 3 { layer(6) }")
    assert uses(folded) == [(0, "layer"), (0, "layer_2"), (0, "layer_3")]
    body = only(folded)
    names = [node.name for node in body.nodes]
    assert names == ["x", "dense", "dropout", "layernorm", "plus"]


def test_a_block_used_again_with_its_weights_is_one_body_too() -> None:
    text = f"{BLOCK}{HEAD.removesuffix('x -> ')}"
    text += "let one = layer(6)\n  x -> one -> one -> mean\n}\n"
    folded = fold_repeats(run_passes(lower_text(text)), lambda _: True)
    assert uses(folded) == [(0, "one"), (0, "one")]


def test_another_option_is_another_body() -> None:
    folded = fold("layer(6) -> layer(6, p = 0.2) -> layer(6) -> layer(6, p = 0.2)")
    assert [body for body, _ in uses(folded)] == [0, 1, 0, 1]
    assert len(folded.bodies) == 2


def test_a_block_that_occurs_once_stays_as_it_is() -> None:
    folded = fold("layer(6) -> layer(6, p = 0.2)")
    assert folded.bodies == () and uses(folded) == []


def test_a_block_of_few_layers_stays_as_it_is() -> None:
    folded = fold("layer -> layer", "block layer() { dense(6) -> layernorm }\n")
    assert folded.bodies == ()


def test_a_block_with_a_node_that_may_not_move_stays_as_it_is() -> None:
    def foldable(node: Node) -> bool:
        return node.op.name() != "dropout"

    text = f"{BLOCK}{HEAD}for i in 2 {{ layer(6) }} -> mean\n}}\n"
    assert fold_repeats(run_passes(lower_text(text)), foldable).bodies == ()


def test_the_mask_is_given_where_a_layer_of_the_block_reads_it() -> None:
    block = "block layer() { conv(6, 3, same) -> dense(6) -> layernorm -> relu }\n"
    folded = fold("for i in 2 { layer }", block)
    body = only(folded)
    assert [node.name for node in body.nodes[:2]] == ["x", "x_mask"]
    assert len(body.inputs) == 2


def test_several_results_are_those_that_anybody_reads() -> None:
    blocks = """block two() on (a, b) {
  c = a -> dense(6)
  d = b -> dense(6, tanh)
  c + d, c * d
}
"""
    folded = fold("(dense(6), dense(6)) -> two -> two -> two -> add", blocks)
    assert len(only(folded).outputs) == 2 and len(uses(folded)) == 3


def test_blocks_of_rows_and_blocks_of_steps_have_bodies_of_their_own() -> None:
    model = "model m(x: float[N, N, 6]) -> float[N, 6] {\n  x -> over N { "
    flow = "for i in 2 { layer(6) } -> mean } -> for i in 2 { layer(6) }\n}\n"
    found = run_passes(lower_text(f"{BLOCK}{model}{flow}"))
    folded = fold_repeats(found, lambda _: True)
    assert [body for body, _ in uses(folded)] == [0, 0, 1, 1]
    assert [body.batch for body in folded.bodies] == ["B * N", "B"]


WAVE = """block wave(rate: int) on (h, skip) {
  filtered = h -> conv(6, 3, tanh, causal, dilation = rate)
  out = filtered * (h -> conv(6, 3, sigmoid, causal, dilation = rate))
  h + out, skip + (out -> conv(6, 1))
}
"""


def all_agree(body: Body) -> list[list[int]]:
    return [list(range(len(body.variants)))]


def fold_all(flow: str, blocks: str) -> Folded:
    head = HEAD.removesuffix("x -> ")
    model = run_passes(lower_text(f"{blocks}{head}{flow} -> add -> mean\n}}\n"))
    return fold_repeats(model, lambda _: True, all_agree)


def test_blocks_that_differ_in_numbers_are_variants_of_one_body() -> None:
    folded = fold_all("(x, x -> conv(6, 1)) -> for i in 4 { wave(2 ** i) }", WAVE)
    assert uses(folded) == [(0, "wave"), *((0, f"wave_{i}") for i in (2, 3, 4))]
    (body,) = folded.bodies
    assert len(body.variants) == 4
    assert {option.name for option in options(body)} == {"dilation"}
    assert [option.numbers for option in options(body)] == [(1, 2, 4, 8)] * 2


def test_a_block_that_is_run_with_a_number_is_like_one_with_a_value() -> None:
    def numbers(flow: str, blocks: str = WAVE) -> list[list[float]]:
        model = fold_all(flow, blocks).model
        ops = [
            [model.nodes[ref.node].op for ref in node.inputs]
            for node in model.nodes
            if isinstance(node.op, Use)
        ]
        return [[op.value for op in row if isinstance(op, Number)] for row in ops]

    flow = "(x, 0) -> for i in 3 { wave(1) }"
    assert numbers(flow) == [[0.0], [], []]
    # A number that is a factor is no value.
    assert numbers(flow, WAVE.replace("skip + ", "skip * ")) == [[], []]


def test_values_have_the_names_that_blocks_give_them() -> None:
    folded = fold_all("(x, x -> conv(6, 1)) -> for i in 3 { wave(1) }", WAVE)
    body = only(folded)
    assert [node.name for node in body.nodes[:2]] == ["h", "skip"]
    assert [output.name for output in body.outputs] == ["h", "skip"]
    plan = make_plan(folded.model, frozenset())
    results = [step.results for step in plan.steps if isinstance(step.op, Use)]
    assert results == [("h", "skip"), ("h", "skip"), ("x", "x_2")]
