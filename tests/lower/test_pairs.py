"""`pair`: types, masks, and mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run

from .mistakes import Mistake


def model_of(a: str, b: str, left: str, right: str, flow: str) -> Model:
    text = f"model m(a: {a}, b: {b}) -> {left}, {right} {{ {flow} }}"
    return run_passes(lower_text(text))


TYPES = [
    ("float[T, 3]", "float[S, 4]", "float[T, S, 3]", "float[T, S, 4]"),
    ("float[T, 3]", "float[T, 4]", "float[T, T, 3]", "float[T, T, 4]"),
    ("float[5, 3]", "float[S, 4] ragged", "float[5, S, 3]", "float[5, S, 4]"),
    ("float[T]", "int[S] < 9 pad 0", "float[T, S]", "int[T, S] < 9"),
]


@pytest.mark.parametrize(("a", "b", "left", "right"), TYPES)
@pytest.mark.parametrize("flow", ["pair(a, b)", "(a, b) -> pair"])
def test_both_are_laid_out_over_the_steps_of_both(
    a: str, b: str, left: str, right: str, flow: str
) -> None:
    model = model_of(a, b, left, right, flow)
    found = [model.type_of(output.ref) for output in model.outputs]
    assert [str(type).removesuffix(" ragged") for type in found] == [left, right]
    ragged = [axis.ragged for axis in found[0].axes[:2]]
    assert ragged == ["ragged" in a, "ragged" in b or "pad" in b]


MASKS = [
    ("float[T] ragged", "float[S] ragged", [[1, 0], [0, 0], [1, 0]]),
    ("float[T] ragged", "float[S]", [[1, 1], [0, 0], [1, 1]]),
    ("float[T]", "float[S] ragged", [[1, 0], [1, 0], [1, 0]]),
]


@pytest.mark.parametrize(("a", "b", "expected"), MASKS)
def test_a_place_counts_where_both_of_its_steps_do(
    a: str, b: str, expected: list[list[int]]
) -> None:
    model = model_of(a, b, "float[T, S]", "float[T, S]", "pair(a, b)")
    given = {"a": np.arange(3.0)[None], "b": np.arange(2.0)[None]}
    masks = {"a": np.array([[1, 0, 1]], bool), "b": np.array([[1, 0]], bool)}
    for name, type in (("a", a), ("b", b)):
        if "ragged" in type:
            given[f"{name}_mask"] = masks[name]
    found = run(model, {}, given)
    assert found.outputs["output"].tolist() == [[[0, 0], [1, 1], [2, 2]]]
    assert found.outputs["output_2"].tolist() == [[[0, 1], [0, 1], [0, 1]]]
    for mask in found.masks.values():
        assert mask is not None
        places = np.broadcast_to(mask.reshape(1, 3, -1), (1, 3, 2))
        assert places.astype(int).tolist() == [expected]


def mistake(flow: str, code: str, message: str, a: str = "float[T, 4]") -> Mistake:
    head = f"a: {a}, b: float[S, 4]"
    return Mistake(f"model m({head}) -> float[S] {{ {flow} }}", code, message)


MISTAKES = [
    mistake("^pair(a, b)", "SPC305", "has none", "float[4]"),
    mistake("^pair(a, b)", "SPC306", "3 axes", "float[T, R, 4]"),
    mistake("(a, b) -> pair -> ^conv(4, 3)", "SPC209", "found 2"),
    mistake("p, q = pair(a, b)\n  p + q -> ^conv(4, 3)", "SPC306", "3 axes"),
    mistake("p, q = pair(a, b)\n  p + q -> ^lstm(4)", "SPC306", "3 axes"),
    mistake("p, q = pair(a, b)\n  p + q -> ^mean", "SPC306", "3 axes"),
    mistake("p, q = pair(a, b)\n  p + q -> ^flatten", "SPC308", "fixed sizes"),
    mistake("add(a, a -> ^pair)", "SPC209", "found 1"),
]


@pytest.mark.parametrize("wrong", MISTAKES, ids=str)
def test_a_mistake_with_pairs_is_told_in_its_place(wrong: Mistake) -> None:
    wrong.check()
