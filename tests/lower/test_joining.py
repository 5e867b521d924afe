"""`concat` along an axis of steps: types, masks, and mistakes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run

from .mistakes import Mistake

INPUTS = {
    **{"a": "float[T, 4]", "b": "float[S, 4]"},
    **{"c": "float[4]", "d": "float[2, 4]"},
}
TYPES = {
    "(a, b) -> concat(time)": "float[S + T, 4]",
    "(c, a) -> concat(time)": "float[T + 1, 4]",
    "(a, c, d, b) -> concat(time)": "float[S + T + 3, 4]",
    "concat(a, d, T)": "float[T + 2, 4]",
    "concat(a, d, axis = T)": "float[T + 2, 4]",
    "concat(d, axis = time, d)": "float[4, 4]",
    "concat(d, d, 2)": "float[4, 4]",
    "concat(d, d, axis = n)": "float[2, 8]",
    "(d, d) -> concat(n // 2)": "float[4, 4]",
    "h = a -> maxpool(5); concat(h, h, axis = T // 5)": "float[2 * (T // 5), 4]",
    "h = a -> maxpool(5); (h, c, h) -> concat(T // 5)": "float[2 * (T // 5) + 1, 4]",
    "(d, d) -> concat(features)": "float[2, 8]",
    "(d, d) -> concat": "float[2, 8]",
}


@pytest.mark.parametrize("flow", TYPES)
def test_joined_steps_add_up(flow: str) -> None:
    used = [n for n in INPUTS if re.search(rf"\b{n}\b", flow)]
    inputs = [f"{n}: {INPUTS[n]}" for n in used]
    lines = flow.replace("; ", "\n")
    text = f"const n = 4\nmodel m({', '.join(inputs)}) -> {TYPES[flow]} {{ {lines} }}"
    model = lower_text(text)
    assert str(model.type_of(model.outputs[0].ref)) == TYPES[flow]


def test_the_name_of_an_axis_is_that_of_the_block() -> None:
    text = (
        "block start(v: float[d]) on (h: float[N, d]) { (v, h) -> concat(N) }\n"
        "model m(x: float[T, 4], v: float[4]) -> float[T + 1, 4] { x -> start(v) }"
    )
    assert lower_text(text).outputs


def joined(flow: str, a: str, b: str, rows: int, mask: list[list[int]]) -> list[object]:
    """What comes of steps numbered 1, 2, ... and 101, 102, ...; None at padding."""
    size = "T + S" if "[S]" in b else "T + 2"
    text = f"model m(a: {a}, b: {b}) -> float[{size}] {{ {flow} -> concat(time) }}"
    model = run_passes(lower_text(text))
    inputs: dict[str, object] = {
        "a": np.tile(np.arange(1.0, 4.0), (rows, 1)),
        "b": np.tile(np.arange(101.0, 103.0), (rows, 1)),
    }
    for name, type in (("a", a), ("b", b)):
        if "ragged" in type:
            inputs[f"{name}_mask"] = np.array(mask, bool)
    found = run(model, {}, inputs)  # type: ignore[arg-type]
    values, masks = found.outputs["output"], found.masks["output"]
    assert masks is not None
    return [
        [int(v) if m else None for v, m in zip(*row, strict=True)]
        for row in zip(values, masks, strict=True)
    ]


def test_a_part_begins_where_the_one_before_ends_in_its_row() -> None:
    masks = [[1, 1, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert joined("(a, b)", "float[T] ragged", "float[2]", 4, masks) == [
        [1, 2, 3, 101, 102],
        [1, 101, 102, None, None],
        [101, 102, None, None, None],
        [None, 2, 101, 102, None],
    ]


def test_padding_at_the_end_of_the_last_part_stays_there() -> None:
    masks = [[1, 1, 1], [0, 1, 0], [0, 0, 0]]
    assert joined("(b, a)", "float[T] ragged", "float[2]", 3, masks) == [
        [101, 102, 1, 2, 3],
        [101, 102, None, 2, None],
        [101, 102, None, None, None],
    ]


def mistake(flow: str, code: str, message: str, a: str = "", b: str = "") -> Mistake:
    head = f"a: {a or 'float[T, 4]'}, b: {b or 'float[S, 4]'}"
    return Mistake(f"model m({head}) -> float[4] {{ {flow} }}", code, message)


MISTAKES = [
    mistake("(a, b) -> ^concat", "SPC307", "cannot merge"),
    mistake("(a, b) -> ^concat(time)", "SPC307", "cannot join", b="float[S, 5]"),
    mistake("(a, b) -> ^concat(time)", "SPC305", "joins sequences", *["float[4]"] * 2),
    mistake("(a, b) -> ^concat(time)", "SPC305", "joins sequences", *["float"] * 2),
    mistake("(a, b) -> ^concat(S)", "SPC306", "several places", b="float[S, S]"),
    mistake("h = (b, b) -> ^concat(T)\n  add(h, a)", "SPC305", "needs an axis of `T`"),
    mistake("(a, b) -> ^concat(time)", "SPC304", "of one kind", b="int[S] < 4"),
    mistake("(a, b) -> concat(^R)", "SPC201", "no axis is called `R`"),
    mistake("(a, b) -> concat(axis = ^tme)", "SPC201", "no axis is called `tme`"),
    mistake("(a, b) -> ^concat(2)", "SPC305", "`concat(2)` needs an axis of `2`"),
    mistake("(a, b) -> ^concat(T // 5)", "SPC305", "needs an axis of `T // 5`"),
    mistake("(a, b) -> concat(time, ^T)", "SPC207", "along one axis, found 2"),
    mistake("time = a\n  (a, b) -> concat(^time)", "SPC218", "an option of `concat`"),
    mistake("a -> ^concat(time)", "SPC209", "found 1"),
]


@pytest.mark.parametrize("wrong", MISTAKES, ids=str)
def test_a_mistake_in_joining_is_told_in_its_place(wrong: Mistake) -> None:
    wrong.check()
