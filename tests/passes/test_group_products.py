"""Products of weights with one operand are found, and nothing else is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from specc.ir.graph import Cell
from specc.lower import lower_text
from specc.passes.group_products import find_groups, group_products


def cell(use: str, before: str = "") -> Cell:
    text = f"{before}\nmodel m(x: float[T, 4]) -> float[T, 8] {{ x -> {use} }}"
    found = getattr(group_products(lower_text(text)).nodes[1].op, "cell", None)
    assert isinstance(found, Cell)
    return found


def groups(found: Cell) -> list[tuple[str, str, list[str]]]:
    """Name, operand and weights of each group."""
    return [
        (
            group.name,
            found.nodes[group.operand.node].name,
            [found.nodes[found.nodes[n].inputs[0].node].name for n in group.products],
        )
        for group in found.groups
    ]


def test_the_four_gates_of_an_lstm_are_two_products() -> None:
    assert groups(cell("lstm(8)")) == [
        ("W", "x", ["W_i", "W_f", "W_o", "W_g"]),
        ("U", "h", ["U_i", "U_f", "U_o", "U_g"]),
    ]


def test_a_reset_before_the_product_has_an_operand_of_its_own() -> None:
    assert groups(cell("gru(8)"))[1] == ("U", "h", ["U_z", "U_r", "U_n"])
    assert groups(cell("gru_reset_before(8)"))[1] == ("U", "h", ["U_z", "U_r"])


def test_one_product_is_no_group() -> None:
    assert groups(cell("rnn(8)")) == []


@pytest.mark.parametrize(
    "equation",
    [
        "h' = W @ x + V @ h",
        "h' = W @ x + (v @ x) * h + (w @ x)",
        "h' = W @ x + V @ (2 * x)",
    ],
)
def test_only_matrices_with_one_operand_are_grouped(equation: str) -> None:
    names = sorted({name for name in "WVvw" if f"{name} @" in equation})
    sizes = {"W": "[u, 4]", "v": "[4]", "w": "[4]"}
    params = ", ".join(name + sizes.get(name, "") for name in names)
    lines = f"state h[u]\n  param {params}\n  {equation}"
    assert groups(cell("c(8)", f"cell c(u: int) {{\n  {lines}\n}}")) == []


def test_a_name_is_what_the_weights_have_in_common() -> None:
    lines = "state h[u]\n  param A, B\n  h' = A @ x + h * (B @ x)"
    assert groups(cell("c(8)", f"cell c(u: int) {{\n  {lines}\n}}"))[0][0] == "A"


def test_finding_groups_changes_no_equation() -> None:
    found = cell("lstm(8)")
    assert find_groups(found) == found.groups
    assert replace(found, groups=()).nodes == found.nodes
