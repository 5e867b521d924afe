"""Reports as tables, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

import specc
from specc.report.parameter_data import render_csv, render_json
from specc.report.parameter_table import render_markdown, render_table
from specc.report.parameters import ModelReport, count_parameters

SPEC = """
model tiny(a: int[T] < 1000 pad 0, b: int[S] < 1000 pad 0) -> near: float {
  let encode = embed(16, frozen, from = "a|b`c.txt") -> gru(4, final)
  dot(a -> encode, b -> encode)
}
"""
Renderer = Callable[..., str]
RENDERERS: list[Renderer] = [render_table, render_json, render_csv, render_markdown]


@pytest.fixture(scope="module")
def report() -> ModelReport:
    return count_parameters(specc.compile(SPEC).model())


def test_the_table(report: ModelReport) -> None:
    assert render_table([report]) == (
        """\
tiny (<text>)

name          layer                                  output               parameters  formula
--------------------------------------------------------------------------------------------------------------
encode.embed  embed(16, frozen, from = "a|b`c.txt")  float[T, 16] ragged      16,000  1000·16 (frozen)
encode.gru    gru(4, final)                          float[4]                    264  3·(4·16 + 4·4 + 2·4)
encode.embed  embed(16, frozen, from = "a|b`c.txt")  float[S, 16] ragged           0  shared with encode.embed
encode.gru    gru(4, final)                          float[4]                      0  shared with encode.gru
dot           dot(a -> encode, b -> encode)          float                         0
--------------------------------------------------------------------------------------------------------------
total                                                                         16,264
trainable                                                                        264
frozen                                                                        16,000
bytes                                                as float32               65,056  63.5 KiB"""  # noqa: E501
    )


def test_the_json_has_exactly_these_keys(report: ModelReport) -> None:
    found = json.loads(render_json([report]))
    assert list(found) == ["schema", "models"] and found["schema"] == 1
    (model,) = found["models"]
    keys = ["name", "total", "trainable", "frozen", "layers", "least_lengths"]
    assert list(model) == keys
    assert (model["total"], model["trainable"], model["frozen"]) == (16264, 264, 16000)
    keys = ["name", "op", "output", "parameters", "trainable", "weights"]
    for layer in model["layers"]:
        assert [key for key in layer if key != "shared_with"] == keys
        for weight in layer["weights"]:
            assert list(weight) == ["name", "shape", "parameters"]
    assert model["layers"][0]["weights"] == [
        {"name": "encode.embed.table", "shape": [1000, 16], "parameters": 16000}
    ]
    assert model["layers"][0]["trainable"] == 0
    assert model["layers"][2] == {
        "name": "encode.embed",
        "op": "embed",
        "output": "float[S, 16] ragged",
        "parameters": 0,
        "trainable": 0,
        "weights": [],
        "shared_with": "encode.embed",
    }


def test_the_json_adds_up_at_every_level(report: ModelReport) -> None:
    (model,) = json.loads(render_json([report]))["models"]
    layers = model["layers"]
    assert sum(layer["parameters"] for layer in layers) == model["total"]
    assert sum(layer["trainable"] for layer in layers) == model["trainable"]
    for layer in layers:
        own = sum(weight["parameters"] for weight in layer["weights"])
        assert own == layer["parameters"]


@pytest.mark.parametrize("weights", [False, True])
def test_the_csv_adds_up_with_and_without_weights(
    report: ModelReport, weights: bool
) -> None:
    rows = list(csv.DictReader(io.StringIO(render_csv([report], weights))))
    assert sum(int(row["parameters"]) for row in rows) == report.total
    assert sum(int(row["trainable"]) for row in rows) == report.trainable
    assert rows[0]["model"] == "tiny"


def test_markdown_cells_end_only_where_they_should(report: ModelReport) -> None:
    lines = render_markdown([report]).splitlines()
    assert lines[0] == "### tiny"
    # Every pipe that is not escaped is one between cells.
    for line in lines[2:]:
        assert line.replace(r"\|", "").count("|") == 6, line
    assert r'| `` embed(16, frozen, from = "a\|b`c.txt") `` |' in lines[4]


@pytest.mark.parametrize("render", [render_table, render_markdown])
def test_weights_stand_under_their_layer(report: ModelReport, render: Renderer) -> None:
    text = render([report], True)
    places = [text.index(word) for word in ("encode.gru ", "encode.gru.W_z")]
    if render is render_table:
        assert places == sorted(places)
    assert text.count("encode.gru.U_n") == 1
    assert "[1000, 16]" in text and "orthogonal" in text


@pytest.mark.parametrize("render", RENDERERS)
def test_several_models_make_several_reports(render: Renderer) -> None:
    one = "model {}(x: float[3]) -> float[1] {{\n  x -> dense(1)\n}}\n"
    models = specc.compile(one.format("first") + "\n" + one.format("second")).models
    text = render([count_parameters(model) for model in models])
    assert text.index("first") < text.index("second")


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("weights", [False, True])
def test_a_report_is_the_same_every_time(
    report: ModelReport, render: Renderer, weights: bool
) -> None:
    again = count_parameters(specc.compile(SPEC).model())
    assert render([report], weights) == render([again], weights)


def test_control_characters_reach_no_terminal(report: ModelReport) -> None:
    bad = replace(report.layers[0], layer="\x1b[2J\u202e")
    hostile = ModelReport("tiny", "a\x1b.seq", (bad,))
    for render in (render_table, render_markdown):
        assert render([hostile], True).replace("\n", "").isprintable()


def test_no_cell_of_the_csv_is_obeyed(report: ModelReport) -> None:
    hostile = replace(report.layers[0], layer="\x1b[2J", shared_with="=1+cmd()")
    text = render_csv([replace(report, layers=(hostile,))])
    assert text.replace("\n", "").isprintable()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["layer"], row["shared_with"]) == ("\\x1b[2J", "'=1+cmd()")


def test_a_very_long_layer_is_cut_in_the_terminal_only() -> None:
    name = "v" * 300 + ".txt"
    report = count_parameters(specc.compile(SPEC.replace("a|b`c.txt", name)).model())
    assert name not in render_table([report])
    assert name in render_csv([report])
    assert name in render_markdown([report])
