"""What is done alike to all parts of a product is done to the whole."""

from __future__ import annotations

import pytest

from specc.compiler import compile
from specc.ir.graph import Cell
from specc.ops.arithmetic import Arithmetic
from specc.ops.recurrent import Recurrent
from specc.ops.section import Section
from specc.passes.recurrence.ops import Rows
from specc.passes.recurrence.regroup import regroup
from specc.passes.recurrence.wholes import join_parts

OWN = """
cell own(units: int) {{
  state h[units]
  param {weights}
  i = sigmoid({i})
  f = sigmoid({f})
  h' = f * h + i
}}
model m(x: float[T, 4]) -> float[T, 6] {{ x -> own(6) }}
"""
INPUT, FORGET = "W_i @ x + U_i @ h + b_i", "W_f @ x + U_f @ h + b_f"


def joined(i: str = INPUT, f: str = FORGET) -> Cell:
    words = (word.strip("() ") for word in f"{i} + {f}".replace("*", "+").split())
    weights = dict.fromkeys(word for word in words if word[0] in "WUb")
    text = OWN.format(weights=", ".join(weights), i=i, f=f)
    op = compile(text).model().nodes[1].op
    assert isinstance(op, Recurrent)
    return join_parts(regroup(op.cell))


def sums(cell: Cell) -> list[int]:
    """The widths of all sums but that of the equation of the state."""
    found = [n for n in cell.nodes if isinstance(n.op, Arithmetic)]
    return [n.type.last.at({}) for n in found if n.op.operator == "+"][:-1]


def parts(cell: Cell) -> list[str]:
    return [node.local for node in cell.nodes if isinstance(node.op, Section)]


def test_gates_are_parts_of_one_sum() -> None:
    cell = joined()
    assert sums(cell) == [12, 12]
    assert parts(cell) == ["z_i", "z_f"]
    rows = [node.local for node in cell.nodes if isinstance(node.op, Rows)]
    assert rows == ["W", "U", "b"]


def test_a_number_side_may_stand_first() -> None:
    cell = joined("b_i - W_i @ x", "b_f - W_f @ x")
    (node,) = [n for n in cell.nodes if isinstance(n.op, Arithmetic)][:1]
    biases, product = (cell.nodes[ref.node] for ref in node.inputs)
    assert node.type.last.at({}) == product.type.last.at({}) == 12
    assert isinstance(biases.op, Rows)


def test_what_is_done_to_all_parts_is_done_once_the_rest_to_each() -> None:
    cell = joined("W_i @ x + b_i + U_i @ h", "W_f @ x + b_f + 2 * (U_f @ h)")
    assert sums(cell) == [12, 6, 6]
    assert parts(cell) == ["z_i", "z_f", "U_i_h", "U_f_h"]


@pytest.mark.parametrize(
    ("i", "f"),
    [
        ("W_i @ x + b_i", "W_f @ x - b_f"),  # not the same operation
        ("W_i @ x + b_i", "W_f @ x + b_i"),  # a bias twice
        ("W_i @ x + b_i", "b_f + W_f @ x"),  # not on the same side
        ("W_i @ x + b_i + W_f @ x", "W_f @ x + b_f"),  # a part is read twice
        ("W_i @ x + b_i", "W_f @ x"),  # a part has no bias
        ("W_i @ x + 1", "W_f @ x + 2"),  # numbers
    ],
)
def test_what_is_not_alike_stays_apart(i: str, f: str) -> None:
    assert 12 not in sums(joined(i, f))


def test_a_name_of_the_cell_is_not_taken() -> None:
    gru = "model m(x: float[T, 4]) -> float[T, 6] { x -> gru(6) }"
    op = compile(gru).model().nodes[1].op
    assert isinstance(op, Recurrent)
    cell = join_parts(regroup(op.cell))
    assert parts(cell)[:3] == ["a_z", "a_r", "a_n"]
    assert "z" in [node.local for node in cell.nodes]
