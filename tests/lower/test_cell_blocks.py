"""Blocks and loops inside a cell: their layers, named as in a model."""

from __future__ import annotations

import pytest

from specc.diagnostics import Failure
from specc.ir.graph import Cell
from specc.lower import lower_text
from specc.ops.recurrent import Recurrent

TEXT = """block feed(width: int, act = relu) on (x: float[d]) {{
  let up = dense(width * 2, act)
  x + (x -> up -> dense(d))
}}
block pair_of(body: layer) {{ body -> tanh -> body }}
block own_weights() on (x: float[d]) {{
  param w[d]
  w * x
}}
cell c(units: int, depth: int = 2) {{
  state h[units]
  {lines}
}}
model m(x: float[T, 3]) -> y: float[T, 4] {{ x -> c(4) }}
"""


def lower(lines: str) -> Cell:
    model = lower_text(TEXT.format(lines=lines))
    return next(n.op for n in model.nodes if isinstance(n.op, Recurrent)).cell


def shapes(lines: str) -> dict[str, tuple[int, ...]]:
    cell = lower(lines)
    return {w.name: w.shape for w in cell.weights if len(w.shape) == 2}


START = "a = concat(x, h) -> dense(units)"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            f"{START}\n  h' = depth * a -> residual {{ dense(depth) -> dense(units) }}",
            {"residual.dense.W": (4, 2), "residual.dense_2.W": (2, 4)},
        ),
        (
            f"{START}\n  h' = depth * (a -> feed(depth + 1) as wide)",
            {"wide.up.W": (4, 6), "wide.dense.W": (6, 4)},
        ),
        (
            f"{START}\n  h' = depth * feed(a, units, act = tanh)",
            {"feed.up.W": (4, 8), "feed.dense.W": (8, 4)},
        ),
        (
            f"{START}\n  h' = depth * (a -> highway(units, dense(units)))",
            {"highway.dense.W": (4, 4), "highway.dense_2.W": (4, 4)},
        ),
        (
            f"{START}\n  h' = a -> for i in depth {{ residual {{ dense(units) }} }}",
            {"residual.dense.W": (4, 4), "residual_2.dense.W": (4, 4)},
        ),
        (
            f"{START}\n  h' = a -> each k in [1, depth] {{ dense(k * 2) }}"
            " -> concat -> dense(units)",
            {"dense_2.W": (4, 2), "dense_3.W": (4, 4), "dense_4.W": (6, 4)},
        ),
        (
            f"{START}\n  let again = residual {{ dense(units) }}\n"
            "  h' = depth * (a -> again -> again)",
            {"again.dense.W": (4, 4)},
        ),
        (
            f"{START}\n  h' = depth * (a -> pair_of {{ residual {{ dense(units) }} }})",
            {"pair_of.residual.dense.W": (4, 4), "pair_of.residual_2.dense.W": (4, 4)},
        ),
        (
            f"{START}\n  h' = depth * a -> residual {{ residual {{ dense(units) }} }}",
            {"residual.residual.dense.W": (4, 4)},
        ),
        (
            f"{START}\n  h' = depth * (a -> pair_of {{ pair_of {{ dense(units) }} }})",
            {
                "pair_of.pair_of.dense.W": (4, 4),
                "pair_of.pair_of.dense_2.W": (4, 4),
                "pair_of.pair_of_2.dense.W": (4, 4),
                "pair_of.pair_of_2.dense_2.W": (4, 4),
            },
        ),
    ],
)
def test_weights_are_named_after_blocks(
    lines: str, expected: dict[str, tuple[int, ...]]
) -> None:
    found = shapes(lines)
    assert found.pop("dense.W") == (7, 4)
    assert found == expected


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("h' = h -> residual", "needs the layer `body`"),
        ("h' = depth * h -> residual { dense(3) }", "meets"),
        ("h' = (h, h) -> residual { dense(units) }", "takes 1 value, found 2"),
        ("h' = h -> residual { a = relu\n a }", "is one flow"),
        ("h' = h -> feed(3) { relu }", "takes no body in braces"),
        ("h' = h -> feed", "needs"),
        ("h' = h -> feed(2.5)", "whole number"),
        ("h' = h -> own_weights", "no meaning yet"),
        ("h' = h -> for i in 0 { relu }", "1 to 1,000 times"),
        ("h' = h -> for units in 2 { relu }", "already names"),
        (
            "h' = h -> for i in 999 { for j in 999 { relu } }",
            "more than 20,000 operations",
        ),
    ],
)
def test_wrong_use_is_told(lines: str, message: str) -> None:
    with pytest.raises(Failure) as failure:
        lower(lines)
    found = [diagnostic.message for diagnostic in failure.value.diagnostics]
    assert any(message in one for one in found), found


@pytest.mark.parametrize(
    ("block", "use"),
    [
        ("block again() { relu -> again }", "again"),
        ("block again(f: layer) { f -> again { f } }", "again { relu }"),
    ],
)
def test_a_block_that_holds_itself_is_told(block: str, use: str) -> None:
    text = f"{block}\n" + TEXT.format(lines=f"h' = depth * (h + x -> {use})")
    with pytest.raises(Failure) as failure:
        lower_text(text)
    found = [diagnostic.message for diagnostic in failure.value.diagnostics]
    assert any("hold itself" in one for one in found), found
