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
