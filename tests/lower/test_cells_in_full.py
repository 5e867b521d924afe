"""Layers, other cells and values from outside in the equations of a cell."""

from __future__ import annotations

import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Cell
from specc.lower import lower_text
from specc.ops.recurrent import Recurrent

MODEL = """cell own({head}) {{
  state h[units], c[units]
  {lines}
}}
model m(x: float[T, 3], z: float[S, 4] ragged) -> y: float[2] {{
  (x -> own({call}) -> last -> dense(2), z -> mean -> dense(2)) -> add
}}
"""
STEP = "h', c' = (x, h, c) -> step(lstm(units))"


def lower(lines: str, head: str = "units: int", call: str = "8") -> Cell:
    model = lower_text(MODEL.format(head=head, lines=lines, call=call))
    ops = [node.op for node in model.nodes if isinstance(node.op, Recurrent)]
    return ops[0].cell


def test_a_stepped_cell_brings_its_weights_under_its_name() -> None:
    cell = lower(STEP)
    names = [weight.name for weight in cell.weights]
    assert names[:2] == ["lstm.W_i", "lstm.W_f"]
    first_values = {weight.name: weight.initial for weight in cell.weights}
    assert first_values["lstm.b_f"] == "ones"
    assert first_values["lstm.U_i"] == "orthogonal"


def test_the_input_of_a_stepped_cell_is_no_state_of_it() -> None:
    cell = lower("h', c' = (concat(x, c), h, c) -> step(lstm(units)) as inner")
    weights = {weight.name: weight for weight in cell.weights}
    assert weights["inner.W_i"].role == "kernel"
    assert weights["inner.W_i"].shape == (8, 11)


def test_a_layer_has_weights_under_its_label() -> None:
    cell = lower(
        """param W, U
  h' = tanh(W @ x + U @ h -> layernorm as norm)
  c' = c + (h' -> dense(units, relu))"""
    )
    shapes = {weight.name: weight.shape for weight in cell.weights}
    assert shapes["norm.gamma"] == (8,)
    assert shapes["dense.W"] == (8, 8)
    assert shapes["W"] == (8, 3)  # through the layer, from the state's width


def test_a_frozen_cell_freezes_the_layers_inside() -> None:
    lines = "h' = h + (x -> dense(units))\n  c' = h'"
    cell = lower(lines, call="8, frozen")
    assert not any(weight.trainable for weight in cell.weights)


def test_a_value_from_outside_brings_its_mask() -> None:
    head = "units: int, memory: float[S, d]"
    lines = f"{STEP}\n  concat(h', memory -> mean -> dense(d))"
    cell = lower(lines, head, "8, z")
    (outside,) = cell.outside
    assert outside.mask is not None
    mean = next(node for node in cell.nodes if node.op.name() == "mean")
    assert mean.masks == (outside.mask,)
    assert lower(lines, head, "8, memory = z").outside == cell.outside


MEMORY = "units: int, memory: float[S, d]"


@pytest.mark.parametrize(
    ("lines", "head", "call", "message"),
    [
        ("h' = x -> lstm(units)\n  c' = c", "units: int", "8", "runs along time"),
        ("h' = x -> bi(lstm(4))\n  c' = c", "units: int", "8", "runs along time"),
        ("h' = h -> mean\n  c' = c", "units: int", "8", "runs along a sequence"),
        ("h' = h -> dropout(0.5)\n  c' = c", "units: int", "8", "no meaning yet"),
        ("h' = h -> densee(8)\n  c' = c", "units: int", "8", "called `densee`"),
        ("h' = x -> dense(5)\n  c' = c", "units: int", "8", "the state `h`"),
        ("h', c' = (x, h) -> step(lstm(units))", "units: int", "8", "2 states"),
        ("h' = (x, h) -> step(gru(5))\n  c' = c", "units: int", "8", "the state `h`"),
        ("h' = (x, h, c) -> step(lstm(units))\n  c' = c", "units: int", "8", "gives 2"),
        ("h', c' = (x, h, c) -> step(own(units))", "units: int", "8", "step each"),
        ("h', c' = (x, h, c) -> step(dense)", "units: int", "8", "`step` takes"),
        ("h' = h -> dense(units, frozen)\n  c' = c", "units: int", "8", "frozen"),
        (f"{STEP}\n  h' + memory", MEMORY, "8, z", "found a sequence"),
        (f"{STEP}\n  memory -> mean", MEMORY, "8", "needs the value `memory"),
        (f"{STEP}\n  h'", MEMORY, "8, z", "`memory` is never used"),
        (
            f"{STEP}\n  concat(h', m)",
            "units: int, m: float[d]",
            "8, z",
            "`m` is `float[d]`",
        ),
    ],
)
def test_wrong_use_is_told(lines: str, head: str, call: str, message: str) -> None:
    with pytest.raises(Failure) as failure:
        lower(lines, head, call)
    found = [diagnostic.message for diagnostic in failure.value.diagnostics]
    assert len(found) == 1, found
    assert message in found[0]
