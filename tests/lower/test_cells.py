"""Cells: shapes follow from use, weights get their roles, options their effect."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import asdict

from specc.ir.graph import Cell, Model
from specc.ir.weights import Weight
from specc.lower import check_text, lower_text

Make = Callable[..., Cell]


def model_of(body: str, use: str, head: str, width: int) -> Model:
    lines = body.replace("; ", "\n  ")
    return lower_text(
        f"cell c({head}) {{\n  {lines}\n}}\n"
        f"model m(x: float[T, {width}]) -> y: float[T, 8] {{\n  y = x -> {use}\n}}"
    )


@pytest.fixture(name="cell")
def _cell() -> Make:
    """`cell(body)` at inputs of width 4 and `units` of 8."""

    def cell(
        body: str, use: str = "c(8)", head: str = "units: int", width: int = 4
    ) -> Cell:
        found = model_of(body, use, head, width).nodes[1].op
        inner = getattr(found, "cell", None)
        assert isinstance(inner, Cell)
        return inner

    return cell


def shapes(cell: Cell) -> dict[str, tuple[int, ...]]:
    return {weight.name: weight.shape for weight in cell.weights}


def weights(cell: Cell) -> dict[str, Weight]:
    return {weight.name: weight for weight in cell.weights}


def test_shapes_follow_from_the_input_and_the_state(cell: Make) -> None:
    found = cell("state h[units]; param W, U, b; h' = tanh(W @ x + U @ h + b)")
    assert shapes(found) == {"W": (8, 4), "U": (8, 8), "b": (8,)}


def test_shapes_follow_backwards_from_a_later_use(cell: Make) -> None:
    found = cell("state h[units]; param W, V, b; y = relu(V @ x + b); h' = W * y + h")
    assert shapes(found) == {"W": (8,), "V": (8, 4), "b": (8,)}


def test_shapes_follow_through_functions_softmax_and_concat(cell: Make) -> None:
    found = cell(
        "state h[units]; param W, V, s, b; p = softmax(V @ x + b); "
        "h' = W @ concat(x, h) + s * p"
    )
    assert shapes(found) == {"W": (8, 12), "V": (8, 4), "s": (8,), "b": (8,)}


def test_sizes_may_be_said(cell: Make) -> None:
    found = cell(
        "state h[units]; param W, V[2 * units, 4], b; h' = W @ relu(V @ x + b)"
    )
    assert shapes(found) == {"W": (8, 16), "V": (16, 4), "b": (16,)}


def test_a_state_may_be_narrower_than_another(cell: Make) -> None:
    found = cell(
        "state h[units], c[3]; param W, U, P; c' = W @ x + U @ h + c; h' = P @ c'"
    )
    assert shapes(found) == {"W": (3, 4), "U": (3, 8), "P": (8, 3)}
    assert [str(found.state_type(i)) for i in range(2)] == ["float[8]", "float[3]"]


def test_one_cell_has_other_shapes_at_other_widths() -> None:
    model = lower_text(
        "cell c(units: int) {\n  state h[units]\n  param W\n  h' = W @ x + h\n}\n"
        "model m(x: float[T, 4]) -> float[T, 8] { x -> c(3) -> c(5) -> c(8) }"
    )
    found = [node.weights[0].shape for node in model.nodes[1:]]
    assert found == [(3, 4), (5, 3), (8, 5)]


def test_a_weight_gets_its_role_and_first_value_from_its_use(cell: Make) -> None:
    found = weights(
        cell(
            "state h[units]; param W, U, V, b, s, d = ones; "
            "z = sigmoid(W @ x + U @ h + b); n = V @ (z * h) + d; h' = s * n"
        )
    )
    assert {n: (w.role, w.initial) for n, w in found.items()} == {
        "W": ("kernel", "glorot_uniform"),
        "U": ("recurrent", "orthogonal"),
        "V": ("recurrent", "orthogonal"),
        "b": ("bias", "zeros"),
        "s": ("scale", "zeros"),
        "d": ("bias", "ones"),
    }
    assert found["W"].fans == (4, 8)


def test_a_weight_that_is_added_and_multiplied_is_no_bias(cell: Make) -> None:
    found = cell("state h[units]; param W, b; h' = (W @ x + b) * b + h")
    assert weights(found)["b"].role == "scale"


def test_bias_none_takes_the_biases_out_of_the_equations(cell: Make) -> None:
    body = "state h[units]; param W, b, s; z = W @ x + b; h' = s * z + h"
    found = cell(body, "c(8, bias = none)")
    assert shapes(found) == {"W": (8, 4), "s": (8,)}
    names = [node.name for node in found.nodes]
    assert names == ["x", "h", "W", "s", "z", "", "h'"]


def test_parameters_have_defaults_and_take_numbers_and_functions(cell: Make) -> None:
    body = "state h[units]; param W; h' = rate * act(W @ x) + h"
    head = "units: int, rate = 0.5, act = tanh"

    def parts(use: str) -> tuple[float, str]:
        ops = [asdict(node.op) for node in cell(body, use, head).nodes]
        number = next(op["value"] for op in ops if "value" in op)
        return number, next(op["function"] for op in ops if "function" in op)

    assert parts("c(8)") == (0.5, "tanh")
    assert parts("c(8, 0.25)") == (0.25, "tanh")
    assert parts("c(8, relu)") == (0.5, "relu")
    assert parts("c(rate = 2, act = sigmoid, units = 8)") == (2.0, "sigmoid")


def test_arithmetic_on_parameters_is_done_when_compiling(cell: Make) -> None:
    found = cell(
        "state h[units]; param W; h' = max(units, 2) / (units - 4) * (W @ x) + h"
    )
    assert [asdict(n.op).get("value") for n in found.nodes][3] == 2.0


def test_the_output_is_the_first_state_after_the_step(cell: Make) -> None:
    found = cell("state h[units], c[units]; param W; c' = W @ x + c; h' = tanh(c')")
    assert found.output == found.states[0].after
    assert [state.name for state in found.states] == ["h", "c"]


def test_the_output_may_have_a_line_of_its_own(cell: Make) -> None:
    found = cell("state h[units]; param W, V[8, units]; h' = W @ x + h; V @ h'")
    assert found.output != found.states[0].after
    assert str(found.type_of(found.output)) == "float[8]"


def test_a_name_for_a_value_that_has_one_adds_no_node(cell: Make) -> None:
    plain = cell("state h[units]; param W; h' = W @ x + h")
    named = cell("state h[units]; param W; y = W @ x; z = y; old = h; h' = z + old")
    assert len(named.nodes) == len(plain.nodes)


def test_min_max_and_powers_are_element_by_element(cell: Make) -> None:
    found = cell("state h[units]; param W; h' = min(max(W @ x, 0), h) ** 2 - -h")
    operators = [asdict(node.op).get("operator") for node in found.nodes]
    assert [o for o in operators if o] == ["max", "min", "**", "-"]
    assert any(asdict(n.op).get("function") == "negative" for n in found.nodes)


def test_a_file_may_use_its_constants_in_a_cell_wherever_they_stand() -> None:
    text = (
        "cell c(units: int) {\n  state h[units]\n  h' = RATE * h + x\n}\n"
        "const RATE = 0.5\n"
        "model m(x: float[T, 4]) -> float[T, 4] { x -> c(4) }"
    )
    assert check_text(text) == []


def test_a_file_may_define_a_library_cell_anew() -> None:
    model = lower_text(
        "cell lstm(units: int) {\n  state h[units]\n  h' = h + x\n}\n"
        "model m(x: float[T, 4]) -> float[T, 4] { x -> lstm(4) }"
    )
    assert model.nodes[1].weights == ()


def test_equal_uses_of_a_cell_are_one_cell() -> None:
    model = lower_text(
        "model m(x: float[T, 4]) -> float[T, 4] { x -> gru(4) -> gru(4) }"
    )
    first, second = (getattr(model.nodes[n].op, "cell", None) for n in (1, 2))
    assert first is second


@pytest.mark.parametrize(
    "body",
    [
        "state h[units]; param W[units, 5]; h' = W @ x + h",
        "state h[units]; h' = x + h",
        "state h[units // 2]; param W; h' = W @ x / (units - 1)",
        "state h[units]; param W; h' = 2 ** units * (W @ x)",
    ],
)
def test_a_cell_that_fits_some_sizes_is_right_while_nothing_uses_it(body: str) -> None:
    lines = body.replace("; ", "\n  ")
    assert check_text(f"cell c(units: int) {{\n  {lines}\n}}") == []


def test_a_sum_of_thousands_of_terms_is_a_cell(cell: Make) -> None:
    found = cell(f"state h[units]; param W; h' = W @ x{' + h' * 5000}")
    assert len(found.nodes) == 3 + 1 + 5000
