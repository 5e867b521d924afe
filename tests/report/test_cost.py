"""Costs are those of the equations, in symbols and in numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.ir.op import Op
from specc.ir.size import Size
from specc.ops import find_op, op_names
from specc.report.cost import ModelCost, Sizes, count_cost

MODELS = Path(__file__).parents[2] / "specs" / "models"


def cost(body: str, head: str = "x: float[T, 3]", **sizes) -> ModelCost:
    ends = ["", " -> dense(1)", " -> mean -> dense(1)"]
    result = sizes.pop("result", "float[1]")
    for end in ends:
        text = f"model m({head}) -> {result} {{\n  {body}{end}\n}}\n"
        compiled = specc.compile(text)
        if not compiled.check():
            return count_cost(compiled.model(), Sizes(**sizes))
    raise AssertionError([d.message for d in compiled.check()])


@pytest.mark.parametrize("name", sorted(op_names()))
def test_an_op_with_weights_says_what_it_costs(name: str) -> None:
    op = find_op(name)
    assert op is not None
    if op.weights is not Op.weights:
        assert op.multiply_adds is not Op.multiply_adds, f"add a cost rule to `{name}`"


@pytest.mark.parametrize(
    ("layer", "multiply_adds"),
    [
        ("dense(5)", "15 * B * T"),
        ("conv(4, 5)", "60 * B * (T - 4)"),
        ("conv(4, 5, stride = 2, same)", "60 * B * ceil(T / 2)"),
        ("conv(6, 5, same, groups = 3)", "30 * B * T"),
        ("rnn(4)", f"{4 * (3 + 4)} * B * T"),
        ("lstm(4)", f"{4 * 4 * (3 + 4)} * B * T"),
        ("gru(4)", f"{3 * 4 * (3 + 4)} * B * T"),
        ("bi(lstm(4))", f"{2 * 4 * 4 * (3 + 4)} * B * T"),
        ("layernorm", "0"),
        ("dropout(0.5)", "0"),
    ],
)
def test_the_cost_of_a_layer_follows_from_its_equation(layer, multiply_adds) -> None:
    assert str(cost(f"x -> {layer}").layers[0].multiply_adds) == multiply_adds


def test_a_cell_of_ones_own_costs_what_its_products_cost() -> None:
    compiled = specc.compile(MODELS / "own_cell.seq")
    first, second, last = count_cost(compiled.model(), Sizes()).layers
    assert str(first.multiply_adds) == f"{2 * 5 * 3 + 5 * 5} * B * T"
    assert str(second.multiply_adds) == f"{2 * (2 * 4 * 5 + 4 * 4)} * B * T"
    assert str(last.multiply_adds) == "8 * B * T"


def test_shared_weights_are_kept_once_and_executed_twice() -> None:
    model = specc.compile(MODELS / "siamese_questions.seq").model()
    found = count_cost(model, Sizes(batch=2, every=3, lengths={"S": 7}))
    assert found.multiply_adds.fixed == 2 * (131_072 * (3 + 7) + 128)
    assert found.weights == 4 * 5_469_056


def test_sizes_that_are_given_leave_no_symbol() -> None:
    found = cost("x -> conv(4, 5) -> lstm(4, final)", batch=8, every=20)
    assert found.multiply_adds.fixed == 8 * (60 * 16 + 128 * 16 + 4)
    assert [layer.steps.fixed for layer in found.layers] == [1, 16, 1]
    assert found.steps == (Size(18),)


def test_two_directions_run_side_by_side() -> None:
    (steps,) = cost("x -> bi(lstm(4)) -> lstm(4, final) -> dense(1)").steps
    assert str(steps) == "2 * T + 1"


def test_the_longest_path_counts_however_many_there_are() -> None:
    body = "a = x -> lstm(2, final)\n  b = x -> mean -> dense(2)\n  (a, b) -> add"
    assert list(map(str, cost(body).steps)) == ["T + 2", "4"]
    assert cost(body, every=2).steps == (Size(4),)
    assert cost(body, every=9).steps == (Size(11),)


def test_lengths_that_nobody_gave_are_compared_by_nobody() -> None:
    model = specc.compile(MODELS / "siamese_questions.seq").model()
    assert set(map(str, count_cost(model, Sizes()).steps)) == {"S + 4", "T + 4"}


def test_only_what_trains_has_gradients_and_moments() -> None:
    body = "x -> embed(4, frozen) -> mean -> dense(2)"
    found = cost(body, "x: int[T] < 9", batch=1, every=5)
    trained = 4 * 2 + 2
    assert found.weights == 4 * (9 * 4 + trained + 3)
    assert found.gradients == 4 * (trained + 3)
    assert found.moments == 2 * found.gradients


def test_a_recurrent_layer_keeps_what_its_equations_name() -> None:
    layer = cost("x -> gru(4, final)").layers[0]
    named = 4  # z, r, n and h'
    assert str(layer.activations) == f"{4 * named * 4} * B * T + {4 * 4} * B"


def test_over_costs_what_its_body_costs_at_every_step() -> None:
    body = "x -> over T { conv(5, 3, same) -> max } -> mean"
    conv, peak, *_ = cost(body, "x: float[T, C, 4]").layers
    assert str(conv.multiply_adds) == "60 * B * C * T"
    assert str(peak.activations) == "20 * B * T"


def test_a_batch_is_not_mistaken_for_a_length() -> None:
    found = cost("x -> lstm(4, final)", "x: float[B, 3]")
    assert str(found.layers[0].multiply_adds) == "112 * B * BB"


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.seq")), ids=lambda p: p.stem)
def test_symbols_and_numbers_agree_for_every_model(path: Path) -> None:
    for model in specc.compile(path).models:
        open_cost = count_cost(model, Sizes())
        fixed = count_cost(model, Sizes(batch=3, every=24))
        sizes = {open_cost.batch.terms[0][0]: Size(3)}
        sizes |= {name: Size(24) for name, _ in open_cost.lengths}
        assert open_cost.multiply_adds.replace(sizes) == fixed.multiply_adds
        assert open_cost.memory.replace(sizes) == fixed.memory
        assert fixed.multiply_adds.fixed and fixed.memory.fixed
