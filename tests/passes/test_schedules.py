"""Schedules follow from the equations, the sizes and the target."""

from __future__ import annotations

import pytest

from specc.compiler import compile
from specc.ir.graph import Cell, Model
from specc.ir.schedule import PORTABLE, Schedule, Target
from specc.ops.recurrent import Recurrent
from specc.passes.recurrence.analyse import find_facts
from specc.passes.recurrence.choose import explain, schedule_model
from specc.passes.recurrence.differentiate import differentiate
from specc.passes.recurrence.linear import linear_form
from specc.passes.recurrence.ops import Contraction, Turned
from specc.passes.recurrence.stages import find_stages
from specc.passes.recurrence.taps import find_taps

OWN = """
cell own(units: int) {{
  state h[units]
  param {}
  {}
}}
"""
CELLS = ["rnn", "irnn", "lstm", "gru", "lstm_peephole", "mgu", "sru", "qrnn"]


def model(use: str, before: str = "", width: int = 6) -> Model:
    text = f"{before}\nmodel m(x: float[T, 4]) -> y: float[T, {width}] {{ x -> {use} }}"
    return compile(text).model()


def cell(use: str, before: str = "", width: int = 6) -> Cell:
    op = model(use, before, width).nodes[1].op
    assert isinstance(op, Recurrent)
    return op.cell


def own(equation: str) -> Cell:
    weights = ", ".join(word for word in ("W", "U", "b") if word in equation)
    return cell("own(6)", OWN.format(weights, equation))


def chosen(use: str, target: Target, width: int = 6) -> Schedule:
    op = schedule_model(model(use, width=width), target).nodes[1].op
    assert isinstance(op, Recurrent)
    return op.schedule


def test_without_a_target_nothing_changes() -> None:
    found = model("lstm(6)")
    assert schedule_model(found, Target()) == found
    assert chosen("lstm(6)", Target()) == PORTABLE


@pytest.mark.parametrize("name", CELLS)
def test_every_library_cell_has_a_derivative(name: str) -> None:
    assert find_facts(cell(f"{name}(6)")).obstacle == ""
    assert chosen(f"{name}(6)", Target("cpu")).backward == "derived"


HELD = """
cell held(units: int, seen: float[d]) {
  state h[units]
  param U
  h' = HELD
  OUTPUT
}
"""


@pytest.mark.parametrize(
    "use", ["lstm_layernorm(6)", "gru(6, recurrent_dropout = 0.5)"]
)
def test_layers_inside_and_what_is_dropped_have_a_derivative(use: str) -> None:
    assert find_facts(cell(use)).obstacle == ""


@pytest.mark.parametrize(
    ("update", "output", "obstacle"),
    [
        ("gelu(U @ h + x) + seen", "h'", ""),
        ("(x -> dense(units)) + U @ h", "outer(h', h) @ seen", ""),
        ("(x -> dense(units, log_softmax)) + U @ (h * seen)", "h'", "`dense`"),
        ("tanh(U @ h + x)", "U @ seen", "an output that no step changes"),
        ("U @ seen", "h' * x * h", "a state that no step changes"),
    ],
)
def test_what_has_no_derivative_is_named(
    update: str, output: str, obstacle: str
) -> None:
    text = HELD.replace("HELD", update).replace("OUTPUT", output)
    head = "model m(x: float[T, 6], s: float[6]) -> y: float[T, 6]"
    node = compile(f"{text}{head} {{ x -> held(6, s) }}").model().nodes[2]
    assert isinstance(node.op, Recurrent)
    assert find_facts(node.op.cell).obstacle == obstacle
    reason = explain(node, Target("cpu")).choices[0].reason
    assert obstacle in reason and (obstacle == "") == ("equations" not in reason)


ATTENDING = """
cell attending(units: int, memory: float[S, d]) {
  state h[units]
  h' = (concat(x, (h, memory) -> attend(SCORE)) , h) -> step(gru(units))
}
model m(x: float[T, 6], s: float[S, 6] ragged) -> float[T, 6] {
  x -> attending(6, s)
}
"""


@pytest.mark.parametrize(
    ("score", "fixed", "added"), [("3, additive", "keys", 1), ("general", "keys", 0)]
)
def test_what_is_as_large_as_a_memory_is_neither_kept_nor_left(
    score: str, fixed: str, added: int
) -> None:
    node = compile(ATTENDING.replace("SCORE", score)).model().nodes[-1]
    assert isinstance(node.op, Recurrent) and find_facts(node.op.cell).obstacle == ""
    stages = find_stages(node.op.cell, hoisted=False)
    derivative = differentiate(stages)
    taps = find_taps(stages, derivative, keep=True)
    nodes = derivative.graph.nodes
    assert fixed in {nodes[number].local for number in stages.fixed}
    assert len(derivative.added) == added
    assert all(nodes[number].type.rank < 2 for number in (*taps.kept, *taps.values))


def test_products_that_only_the_output_reads_are_none_of_the_loop_s() -> None:
    text = OWN.format("W, V, U, b", "h' = tanh(W @ x + U @ h + b)\n  h' * (V @ x)")
    stages = find_stages(cell("own(6)", text), hoisted=True)
    names = {stages.cell.nodes[n].local: n for n in stages.around + stages.fixed}
    assert {names["W"], names["V"]} <= {*stages.around}
    assert {names["U"], names["b"]} == {*stages.fixed}


def test_a_core_keeps_input_products_in_the_loop_and_an_accelerator_does_not() -> None:
    assert chosen("lstm(6)", Target("cpu")).input_product == "inside"
    assert chosen("lstm(6)", Target("gpu")).input_product == "outside"
    assert chosen("min_gru(6)", Target("cpu")).input_product == "either"
    assert chosen("min_gru(6)", Target("cpu", batch=1)).input_product == "outside"
    assert chosen("lru(6)", Target("cpu"), 4).input_product == "outside"
    assert chosen("lstm(6)", Target("cpu", batch=1)).input_product == "outside"


@pytest.mark.parametrize(
    ("units", "target", "weights"),
    [
        (128, Target("cpu", batch=1), "unmoved"),
        (128, Target("cpu", batch=8), "turned"),
        (128, Target("cpu"), "turned"),
        (128, Target("gpu", batch=1), "turned"),
        (127, Target("cpu", batch=1), "turned"),
    ],
)
def test_few_rows_read_wide_weights_where_they_are(
    units: int, target: Target, weights: str
) -> None:
    assert chosen(f"lstm({units})", target, units).weights == weights


def test_only_linear_cells_are_scanned_in_parallel() -> None:
    assert chosen("min_gru(6)", Target("gpu")).scan == "parallel"
    assert chosen("min_gru(6)", Target("gpu", length=16384)).scan == "chunked"
    assert chosen("min_gru(6)", Target("cpu")).scan == "sequential"
    assert chosen("gru(6)", Target("gpu")).scan == "sequential"


@pytest.mark.parametrize(
    ("use", "width", "directions"),
    [
        ("bi(lstm(6))", 12, "together"),
        ("lstm(6)", 6, "apart"),
        ("bi(lstm(6), sum)", 6, "apart"),
        ("bi(sru(6))", 12, "apart"),
        ("bi(min_gru(6))", 12, "apart"),
    ],
)
def test_one_loop_for_two_plain_directions(
    use: str, width: int, directions: str
) -> None:
    assert chosen(use, Target("gpu"), width).directions == directions


@pytest.mark.parametrize(
    ("equation", "linear"),
    [
        ("h' = sigmoid(W @ x + b) * h + W @ x", True),
        ("h' = (1 - b) * h - (W @ x) / (1 + b * b)", True),
        ("h' = tanh(b) * -h + W @ x", True),
        ("h' = h * h + W @ x", False),
        ("h' = U @ h + W @ x + b", False),
        ("h' = tanh(h) + W @ x + b", False),
        ("h' = b / (2 + h * h) + W @ x", False),
    ],
)
def test_a_cell_is_linear_if_states_only_meet_factors(
    equation: str, linear: bool
) -> None:
    assert (linear_form(own(equation)) is not None) == linear


def test_states_that_are_matrices_are_not_scanned() -> None:
    text = "cell sums(units: int) {\n state S[units, 4]\n param W\n"
    text += " S' = S + outer(W @ x, x)\n S' @ x\n}"
    assert linear_form(cell("sums(6)", text)) is None


def test_two_states_may_turn_into_each_other() -> None:
    form = linear_form(cell("lru(6)", width=4))
    assert form is not None
    assert all(factor is not None for row in form.decay for factor in row)


def test_what_depends_on_x_alone_leaves_the_loop() -> None:
    inside, outside = (find_stages(cell("lstm(6)"), h) for h in (False, True))
    assert inside.inputs == (0,) and not inside.prepared
    assert outside.prepared and outside.loop < inside.loop | {0}


def test_unmoved_weights_are_not_transposed_and_those_of_x_not_put_together() -> None:
    use = cell("lstm(6)")
    for unmoved, count in ((False, 1), (True, 4)):
        stages = find_stages(use, hoisted=True, unmoved=unmoved)
        fixed = [stages.cell.nodes[number].op for number in stages.fixed]
        assert any(isinstance(op, Turned) for op in fixed) != unmoved
        reads = [node for node in stages.cell.nodes if isinstance(node.op, Contraction)]
        assert len(reads) == count + 1


def test_the_backward_loop_leaves_one_value_for_all_weights_of_an_lstm() -> None:
    stages = find_stages(cell("lstm(6)"), hoisted=False)
    derivative = differentiate(stages)
    again = find_taps(stages, derivative, keep=False)
    kept = find_taps(stages, derivative, keep=True)
    assert len(again.values) == 1 and not again.parts
    assert not again.kept and kept.kept


def test_what_biases_get_is_part_of_what_matrices_get() -> None:
    stages = find_stages(cell("lstm_peephole(6)"), hoisted=False)
    found = find_taps(stages, differentiate(stages), keep=False)
    assert len(found.values) == 2 and len(found.parts) == 4
