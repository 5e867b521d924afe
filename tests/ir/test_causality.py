"""What a model's outputs know of which steps of its inputs."""

from __future__ import annotations

import numpy as np
import pytest

from specc.compiler import compile
from specc.ir.causality import causal_axes
from specc.reference import run

CASES = [
    ("x -> lstm(4)", True),
    ("x -> lstm(4) -> gru(5) -> dense(4, softmax)", True),
    ("x -> bi(lstm(2))", False),
    ("x -> lstm(4, reverse)", False),
    ("x -> conv(4, 3, causal)", True),
    ("x -> conv(4, 3, same)", False),
    ("x -> conv(4, 1)", True),
    ("x -> depthwise(3, causal) -> separable(4, 3, causal)", True),
    ("x -> depthwise(3, same)", False),
    ("x -> maxpool(1)", False),  # a window of one step: nobody claims it
    ("x -> self_attend(1)", False),
    ("x -> self_attend(1, causal)", True),
    ("(x, x) -> attend", False),
    ("(x, x) -> attend(causal)", True),
    ("(x, x) -> cross_attend(1)", False),
    ("x -> shift(2) -> layernorm -> rmsnorm", True),
    ("x -> reverse", False),
    ("x + (x -> mean)", False),
    ("x -> (dense(1), positions(3, learned)) -> concat", True),
    ("x -> batchnorm -> dropout(0.5) -> relu", True),
    ("x -> residual { layernorm -> gru(4) }", True),
    ("x * (x -> transpose -> transpose)", False),  # cautious
    ("x * ((x -> gru(4), x -> gru(4)) -> dot)", True),
]


@pytest.mark.parametrize(("layers", "causal"), CASES)
def test_an_output_is_causal_where_no_layer_looks_ahead(
    layers: str, causal: bool
) -> None:
    text = f"model m(x: float[7, 4]) -> y: float[7, 4] {{\n  {layers}\n}}\n"
    assert of(text) == {("y", "7"): causal}
    if "learned" not in layers and "transpose" not in layers:
        assert of(text.replace("[7,", "[T,")) == {("y", "T"): causal}


def of(text: str) -> dict[tuple[str, str], bool]:
    found = causal_axes(compile(text).model())
    return {(one.output, str(one.axis)): one.causal for one in found}


def test_each_axis_is_its_own() -> None:
    text = """
model m(words: int[T] < 9 pad 0, chars: int[T, C] < 7 pad 0) -> y: float[T, 6] {
  spelled = chars -> embed(3) -> over T { bi(gru(2, final)) }
  (words -> embed(2), spelled) -> concat -> gru(6)
}
"""
    assert of(text) == {("y", "T"): True}


def test_a_decoder_is_causal_in_its_target_though_it_sees_all_of_its_source() -> None:
    text = """
model m(a: int[S] < 9 pad 0, b: int[T] < 7 pad 0) -> y: float[T, 4], z: float[S, 4] {
  memory = a -> embed(4) -> bi(gru(2))
  h = b -> embed(4) -> gru(4)
  y = (h, memory) -> attend
  z = memory -> gru(4)
}
"""
    assert of(text) == {("y", "T"): True, ("z", "S"): False}


def test_the_final_state_of_a_sequence_is_of_no_step() -> None:
    text = """
model m(x: float[T, 4]) -> y: float[T, 4], h: float[4] {
  y, h = x -> gru(4, states)
  y, h
}
"""
    assert of(text) == {("y", "T"): True}


def test_a_summary_that_starts_the_same_sequence_sees_all_of_it() -> None:
    text = """
model m(x: float[T, 4]) -> y: float[T, 4] {
  start = x -> gru(4, final)
  x -> gru(4, init = start)
}
"""
    assert of(text) == {("y", "T"): False}


def test_an_image_has_no_steps() -> None:
    text = (
        "model m(x: float[6, 6, 2]) -> y: float[6, 6, 2] {\n  x -> conv(2, 3, same)\n}"
    )
    assert of(text) == {}


@pytest.mark.parametrize(("layers", "causal"), CASES)
def test_what_is_called_causal_does_not_change_with_later_steps(
    layers: str, causal: bool
) -> None:
    """The oracle agrees; and where it is not called so, all but two are not."""
    text = f"model m(x: float[7, 4]) -> y: float[7, 4] {{\n  {layers}\n}}\n"
    model, numbers = compile(text).model(), np.random.default_rng(2)
    weights = {
        f"{node.name}.{weight.name}": numbers.uniform(0.1, 1, size=weight.shape)
        for node in model.nodes
        for weight in node.weights
    }
    x = numbers.normal(size=(2, 7, 4))
    later = x.copy()
    later[:, 4:] = numbers.normal(size=(2, 3, 4))
    before, after = (
        run(model, weights, {"x": z}).outputs["y"][:, :4] for z in (x, later)
    )
    cautious = "maxpool" in layers or "transpose" in layers
    assert np.array_equal(before, after) == (causal or cautious)


def test_a_mask_is_left_with_the_axis_that_is_summed() -> None:
    text = "model m(x: float[T] ragged) -> y: float { x -> (sum(T), max) -> maximum }"
    assert not causal_axes(compile(text).model())
