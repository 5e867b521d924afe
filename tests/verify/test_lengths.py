"""Lengths as small as a model allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.ir.graph import Model
from specc.ir.lengths import fitting_lengths, model_sizes

windows = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)),
    min_size=1,
    max_size=3,
)


def conv_stack(shapes: list[tuple[int, int, int]]) -> str:
    layers = " ".join(
        f"-> conv(2, {kernel}, stride = {stride}, dilation = {dilation})"
        for kernel, stride, dilation in shapes
    )
    return f"model m(x: float[T, 2]) -> float[2] {{ x {layers} -> max }}"


@settings(deadline=None)
@given(shapes=windows, least=st.integers(1, 4))
def test_every_size_is_large_enough_and_no_length_could_be_shorter(
    compile_text: Callable[[str], Model],
    shapes: list[tuple[int, int, int]],
    least: int,
) -> None:
    model = compile_text(conv_stack(shapes))
    lengths = fitting_lengths(model, least)
    sizes = model_sizes(model)
    assert all(size.at(lengths) >= least for size in sizes)
    shorter = {"T": lengths["T"] - 1}
    assert any(size.at(shorter) < least for size in sizes)


def test_a_window_of_a_thousand_steps_takes_no_time(
    compile_text: Callable[[str], Model],
) -> None:
    model = compile_text(conv_stack([(1000, 7, 9), (500, 1, 1)]))
    assert fitting_lengths(model, 1)["T"] == (500 - 1) * 7 + 999 * 9 + 1


def test_names_have_lengths_of_their_own(compile_text: Callable[[str], Model]) -> None:
    model = compile_text(
        "model m(a: float[T, 1], b: float[S, 1]) -> float[1] {\n"
        "  p = a -> conv(1, 4) -> max\n"
        "  q = b -> max\n"
        "  (p, q) -> add\n"
        "}"
    )
    assert fitting_lengths(model, 1) == {"S": 1, "T": 4}


@pytest.mark.parametrize("text", ["model m(x: float[3]) -> float[1] { x -> dense(1) }"])
def test_a_model_of_fixed_sizes_has_none(
    text: str, compile_text: Callable[[str], Model]
) -> None:
    assert fitting_lengths(compile_text(text), 1) == {}


def test_steps_that_are_repeated_make_no_length_longer(
    compile_text: Callable[[str], Model],
) -> None:
    layers = "crop(4) -> upsample(100) -> max"
    model = compile_text(f"model m(x: float[T, 2]) -> float[2] {{ x -> {layers} }}")
    assert fitting_lengths(model, 1) == {"T": 5}
