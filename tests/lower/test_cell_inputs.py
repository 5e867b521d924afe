"""What a cell reads at a step: named, of several axes, or several at once."""

from __future__ import annotations

import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Cell, Model
from specc.lower import lower_text
from specc.ops.recurrent import Recurrent

CELL = """cell own(units: int) on ({reads}) {{
  {lines}
}}
model m(x: float[T, {sizes}] ragged{z}) -> y: float[T, {out}] {{
  {flow} -> own(4)
}}
"""


def lower(reads: str, lines: str, sizes: str = "3", flow: str = "x") -> Model:
    out = "4, 4" if "4, 4]" in lines or "units, units]" in lines else "4"
    text = CELL.format(
        reads=reads,
        lines=lines,
        sizes=sizes,
        flow=flow,
        out=out,
        z=", z: float[T, 2]" if "z" in flow else "",
    )
    return lower_text(text)


def cell_of(model: Model) -> Cell:
    return next(n.op for n in model.nodes if isinstance(n.op, Recurrent)).cell


VECTOR = "state h[units]\n  param W, U\n  h' = tanh(W @ v + U @ h)"
BOTH = "state h[units]\n  param W, V\n  h' = tanh(W @ a + V @ b + h)"


def test_the_head_names_the_input() -> None:
    cell = cell_of(lower("v", VECTOR))
    assert cell.nodes[0].name == "v"
    assert {w.name: w.shape for w in cell.weights} == {"W": (4, 3), "U": (4, 4)}


def test_a_name_in_the_type_of_the_input_is_its_size() -> None:
    lines = "state h[units], last[n]\n  param W\n  last' = v\n  h' = W @ last + h"
    cell = cell_of(lower("v: float[n]", lines))
    assert str(cell.state_type(1)) == "float[3]"


def test_several_inputs_are_parts_of_one() -> None:
    model = lower("a: float[n], b: float[m]", BOTH, flow="(x, z)")
    cell = cell_of(model)
    assert {w.name: w.shape for w in cell.weights} == {"W": (4, 3), "V": (4, 2)}
    assert {w.role for w in cell.weights} == {"kernel"}
    assert [str(node.type) for node in cell.nodes if node.op.name() == "section"] == [
        "float[3]",
        "float[2]",
    ]
    assert str(model.nodes[-2].type) == "float[T, 5] ragged"


def test_a_number_comes_as_one_feature() -> None:
    lines = "state h[units]\n  param W\n  h' = gap * (W @ v) + h"
    model = lower("v: float[n], gap: float", lines, flow="(x, z -> dense(1))")
    gap = next(n for n in cell_of(model).nodes if n.name == "gap")
    assert str(gap.type) == "float"


def test_an_image_flows_into_a_cell_of_images() -> None:
    lines = "state h[a, b, units]\n  h' = h + (v -> conv(units, 3, same))\n  h' -> mean"
    cell = cell_of(lower("v: float[a, b, d]", lines, sizes="5, 6, 3"))
    assert str(cell.state_type(0)) == "float[5, 6, 4]"
    assert str(cell.type_of(cell.output)) == "float[4]"
    (kernel, bias) = cell.weights
    assert (kernel.name, kernel.shape) == ("conv.W", (3, 3, 3, 4))
    assert bias.shape == (4,)


def test_a_peephole_of_an_image_weighs_every_place() -> None:
    lines = "state h[a, b, units]\n  param p\n  h' = h + p * v\n  h' -> mean"
    cell = cell_of(lower("v: float[a, b, d]", lines, sizes="5, 6, 4"))
    assert [w.shape for w in cell.weights] == [(5, 6, 4)]


def test_a_matrix_of_weights_maps_the_rows_of_a_matrix() -> None:
    lines = "state M[rows, units]\n  param W\n  M' = M + W @ v\n  M' -> mean"
    cell = cell_of(lower("v: float[rows, d]", lines, sizes="5, 3"))
    assert [w.shape for w in cell.weights] == [(4, 3)]
    assert str(cell.state_type(0)) == "float[5, 4]"


def test_a_vector_meets_the_columns_of_a_matrix() -> None:
    lines = "state M[units, d]\n  param W\n  M' = M * v + outer(W @ v, v)\n  M' @ v"
    cell = cell_of(lower("v: float[d]", lines))
    assert [w.shape for w in cell.weights] == [(4, 3)]
    assert str(cell.type_of(cell.output)) == "float[4]"


def test_a_layer_bound_by_let_has_one_set_of_weights() -> None:
    lines = """state h[units]
  let think = dense(units, tanh) -> layernorm
  h' = (concat(v, h) -> dense(units)) -> think -> think"""
    cell = cell_of(lower("v", lines))
    names = [w.name for w in cell.weights]
    assert names == [
        "dense.W",
        "dense.b",
        "think.dense.W",
        "think.dense.b",
        "think.layernorm.gamma",
        "think.layernorm.beta",
    ]


IMAGE = "state M[a, b]\n  M' = M + v\n  M' -> mean -> dense(units)"
WRONG = [
    ("v: int[n]", VECTOR, "x", "a cell reads floats"),
    ("v: float[n] ragged", VECTOR, "x", "a cell reads floats"),
    ("v, v", VECTOR, "x", "already names something"),
    ("units", VECTOR, "x", "already names something"),
    ("v: float[7]", VECTOR, "x", "expected an axis of `7`, found 3"),
    ("v: float[units]", VECTOR, "x", "expected an axis of `units`, found 3"),
    ("v: float[a, b]", IMAGE, "x", "runs along a time axis of values with 2"),
    ("v: float[a, b], w: float[c]", VECTOR, "x", "several inputs are vectors"),
    ("a: float[n], b: float[m]", BOTH, "x", "`own` takes 2 values, found 1"),
    ("a: float[n], b: float[n]", BOTH, "(x, z)", "an axis of `n`, found 2"),
    ("v: float[n], gap: float", VECTOR + " * gap", "(x, z)", "`gap` is one number"),
    ("v: float[n], gap", VECTOR, "(x, z)", "`gap` is never used"),
    ("x: float[n]", VECTOR, "x", "nothing in this cell is called `v`"),
    (
        "v",
        "state h[units]\n  let f = dense(units)\n  h' = (v -> f) + (h -> f)",
        "x",
        "one set of weights",
    ),
    (
        "v",
        "state h[units]\n  let f = dense(units)\n  h' = h + (v -> dense(units))",
        "x",
        "`f` is never used",
    ),
    (
        "v",
        "state h[units]\n  let f = step(gru(4))\n  h' = (v, h) -> f",
        "x",
        "`let` binds layers",
    ),
    (
        "v: float[n]",
        "state M[units, n]\n  param W\n  M' = M * (W @ v + M @ v)\n  M' @ v",
        "x",
        "meets",
    ),
]


@pytest.mark.parametrize(("reads", "lines", "flow", "message"), WRONG)
def test_a_head_that_does_not_fit_is_told(
    reads: str, lines: str, flow: str, message: str
) -> None:
    with pytest.raises(Failure) as failure:
        lower(reads, lines, flow=flow)
    found = [diagnostic.message for diagnostic in failure.value.diagnostics]
    assert any(message in one for one in found), found


def test_step_in_a_model_says_where_it_belongs() -> None:
    text = "model m(x: float[T, 3]) -> float[T, 4] { x -> step(lstm(4)) }"
    with pytest.raises(Failure) as failure:
        lower_text(text)
    (diagnostic,) = failure.value.diagnostics
    assert "inside another cell" in diagnostic.message
    assert diagnostic.help is not None and "x -> lstm(4)" in diagnostic.help
