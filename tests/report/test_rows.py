"""Rows show the layers of a spec as they are written there."""

from __future__ import annotations

import pytest

import specc
from specc.lower import lower_text
from specc.report.parameter_table import render_markdown, render_table
from specc.report.parameters import ModelReport, count_parameters

SHARED = """
model pair(a: int[T] < 9 pad 0, b: int[S] < 9 pad 0) -> near: float {
  let encode = embed(4) -> lstm(4) -> mean
  dot(a -> encode, b -> encode)
}
"""
WRITTEN = """
model odd(x: float[T, 3] ragged) -> y: float[2], z: float[4] {
  h, back = x -> bi(rnn(   # two ways
      4,
      final   # the last one
    ), none)
  (h, back) -> add -> dense( 2 ), back -> relu
}
"""


def count(text: str) -> ModelReport:
    return count_parameters(specc.compile(text).model())


def test_shared_weights_count_once_and_say_whose_they_are() -> None:
    found = count(SHARED)
    shared = [(row.name, row.shared_with) for row in found.layers if row.shared_with]
    assert shared == [("encode.embed", "encode.embed"), ("encode.lstm", "encode.lstm")]
    assert found.total == 9 * 4 + 4 * (16 + 16 + 4)
    for row in found.layers:
        assert not (row.shared_with and row.weights)


def test_a_layer_without_weights_shares_none() -> None:
    means = [row for row in count(SHARED).layers if row.op == "mean"]
    assert [row.shared_with for row in means] == [None, None]


def test_masks_numbers_and_inputs_are_no_layers() -> None:
    text = """
model m(x: float[T, 3] ragged) -> float[4] {
  x -> conv(3, 2) -> lstm(4, final, init = (0, 0))
}
"""
    assert [row.name for row in count(text).layers] == ["conv", "lstm"]


def test_a_layer_stands_on_one_line_without_comments() -> None:
    assert [row.layer for row in count(WRITTEN).layers] == [
        "bi(rnn(4, final), none)",
        "add",
        "dense(2)",
        "relu",
    ]


def test_strings_in_a_layer_stay_as_they_are() -> None:
    text = """
model m(x: int[4] < 3) -> float[1] {
  x -> embed(2, from = "a  # b.txt") -> flatten -> dense(1)
}
"""
    assert count(text).layers[0].layer == 'embed(2, from = "a  # b.txt")'
    assert count(text).layers[0].weights[0].source == "a  # b.txt"


def test_the_word_of_a_layer_is_that_of_the_language() -> None:
    words = [row.op for row in count(WRITTEN).layers]
    assert words == ["bi(rnn)", "add", "dense", "relu"]


def test_all_results_of_a_layer_are_shown() -> None:
    assert count(WRITTEN).layers[0].output == "float[4], float[4]"


def test_a_label_names_the_row_and_the_weights() -> None:
    text = "model m(x: float[3]) -> float[1] {\n  x -> dense(1) as score\n}\n"
    (row,) = count(text).layers
    assert row.name == "score"
    assert [weight.name for weight in row.weights] == ["score.W", "score.b"]


@pytest.mark.parametrize("gap", [" " * 50_000, "# \n" * 20_000, "#" * 50_000 + "\n"])
def test_no_gap_takes_long(gap: str) -> None:
    text = f"model m(x: float[3]) -> float[1] {{\n  x -> dense({gap}1)\n}}\n"
    assert count(text).layers[0].layer == "dense(1)"


def test_the_report_says_how_long_sequences_must_be() -> None:
    flow = "x -> conv(8, 5) -> conv(8, 3) -> maxpool(2) -> max, z -> max"
    text = f"model m(x: float[T, 4], z: float[S, 4]) -> float[8], float[4] {{ {flow} }}"
    report = count_parameters(lower_text(text))
    assert report.least == (("T", 8),)
    assert render_table([report]).endswith("needs at least 8 steps of T")
    assert render_markdown([report]).endswith("needs at least 8 steps of T")
    longer = text.replace("maxpool(2) -> max", "maxpool(2, stride = 1) -> max")
    assert count_parameters(lower_text(longer)).least == (("T", 8),)
    same = text.replace(", 5)", ", 5, same)").replace(", 3)", ", 3, causal)")
    assert count_parameters(lower_text(same)).least == (("T", 2),)


def layers_of(text: str) -> list[str]:
    return [row.layer for row in count(text).layers]


def test_a_row_shows_the_numbers_that_names_stand_for() -> None:
    text = """
const OUT = 11
block tcn(filters: int, rate: int, act = relu, p: float = 0.25) {
  conv(filters, 3, causal, dilation = rate, act) -> dropout(p / 2) -> act
}
model wave(x: float[T, 2]) -> float[T, OUT] {
  x -> for i in 2 { tcn(2 * (OUT - 7), 2 ** i) }
    -> each k in [1, 2] { conv(k, 3, same) }
    -> concat -> dense((OUT))
}
"""
    assert layers_of(text) == [
        "conv(8, 3, causal, dilation = 1, relu)",
        "dropout(0.125)",
        "relu",
        "conv(8, 3, causal, dilation = 2, relu)",
        "dropout(0.125)",
        "relu",
        "conv(1, 3, same)",
        "conv(2, 3, same)",
        "concat",
        "dense(11)",
    ]


def test_a_row_leaves_names_of_values_layers_and_axes_as_they_are() -> None:
    text = """
const N = 6
cell seeing(units: int, memory: float[S, d]) {
  state h[units], c[units]
  h', c' = (concat(x, memory -> mean), h, c) -> step(lstm(units))
}
block pool(units: int, body: layer) on (h: float[T, d]) {
  w = h -> dense(units, tanh, kernel = uniform(-1 / units, 0.5)) -> body -> softmax(T)
  w * h -> sum
}
model m(x: float[T, N], z: float[S, 3], start: float[4]) -> float[N] {
  x -> bi(seeing(N - 2, z, init = (start, 0, start, 0)), sum)
    -> pool(3, dense(4)) -> dense(N)
}
"""
    assert layers_of(text) == [
        "bi(seeing(4, z, init = (start, 0, start, 0)), sum)",
        "dense(3, tanh, kernel = uniform(-0.333333, 0.5))",
        "dense(4)",
        "softmax(T)",
        "sum",
        "dense(6)",
    ]


def test_types_inside_over_have_the_axes_around_them() -> None:
    text = """
model m(x: int[T, S, C] < 9 pad 0) -> float[T, 5] {
  x -> embed(4) -> over T { over S { conv(3, 3, same) -> max } -> mean } -> dense(5)
}
"""
    assert [row.output for row in count(text).layers] == [
        "float[T, S, C, 4] ragged",
        "float[T, S, C, 3] ragged",
        "float[T, S, 3] ragged",
        "float[T, 3] ragged",
        "float[T, 5] ragged",
    ]
