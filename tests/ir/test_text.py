"""The IR can be read by people and by programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import specc
from specc.codegen.equation_text import equation_lines
from specc.ir.graph import Cell, Model
from specc.ir.text import model_text, models_json

MODELS = sorted((Path(__file__).parents[2] / "specs" / "models").glob("*.seq"))
SPEC = """
cell leaky(units: int) {
  state h[units]
  param W, U, b
  n = tanh(W @ x + U @ (h * h) + b)
  h' = 0.5 * h + 0.5 * n
}

model tiny(x: float[T, 3] ragged, ids: int[S] < 9 pad 0) -> y: float[2], z: float[4] {
  let look = embed(4, frozen)
  last, _a = x -> bi(leaky(2, final), none)
  v = (ids -> look -> mean, ids -> look -> max) -> add
  (last, _a) -> add -> dense(2, relu), v
}
"""


def compiled(text: str = SPEC) -> Model:
    return specc.compile(text).model()


def lines_of(cell: Cell) -> tuple[str, ...]:
    return equation_lines(cell, 80)


def text(model: Model) -> str:
    return model_text(model, lines_of)


def line(start: str) -> str:
    """The only line that starts so, without its place in the spec."""
    (found,) = [
        row.strip()
        for row in text(compiled()).splitlines()
        if row.strip().startswith(start)
    ]
    return found.partition("  #")[0].rstrip()


def test_a_node_is_one_line_with_options_inputs_mask_and_type() -> None:
    assert line("%4 ") == (
        "%4 bi_leaky = recurrent(cell = leaky_1, direction = both, merge = none, "
        "final) (%0) mask %1 : float[2] as last, float[2] as _a"
    )


def test_a_second_result_has_its_number() -> None:
    assert "(%4, %4.1)" in text(compiled())


def test_options_as_by_default_are_left_out() -> None:
    assert "dense(units = 2, activation = relu)" in text(compiled())


def test_shared_weights_name_the_node_that_owns_them() -> None:
    found = text(compiled())
    assert found.count("weights of %5") == 1
    assert found.count("look.table [9, 4] table uniform frozen") == 1


def test_a_line_ends_with_its_place_in_the_spec() -> None:
    rows = [row for row in text(compiled()).splitlines() if row.startswith("  %")]
    assert rows and all("  # <text>:" in row for row in rows)


def test_a_cell_has_its_equations_and_its_shared_products() -> None:
    found = text(compiled())
    _, _, cell = found.partition("cell leaky_1\n")
    assert "  x : float[3]\n  state h : float[2]\n  param W [2, 3]\n" in cell
    assert "  n = tanh(W @ x + U @ (h * h) + b)\n  h' = 0.5 * h + 0.5 * n" in cell
    lstm = specc.compile(MODELS[0].parent / "imdb_bilstm.seq").model()
    assert "one product with x: W_i, W_f, W_o, W_g" in text(lstm)


def test_the_json_has_every_node_and_cell() -> None:
    model = compiled()
    (found,) = json.loads(models_json([model]))["models"]
    assert [node["number"] for node in found["nodes"]] == [*range(len(model.nodes))]
    assert [cell["name"] for cell in found["cells"]] == ["leaky"]
    assert found["nodes"][4]["options"]["cell"] == 0
    assert found["nodes"][4]["masks"] == [[1, 0]]
    assert found["nodes"][0]["types"][0]["axes"] == [
        {"size": "T", "ragged": True},
        {"size": "3", "ragged": False},
    ]


def test_uses_of_one_cell_share_it() -> None:
    spec = """
model m(a: float[T, 3], b: float[S, 3]) -> float {
  let encode = rnn(4, final)
  dot(a -> encode, b -> encode)
}
"""
    assert text(compiled(spec)).count("\ncell ") == 1


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_shipped_model_prints_the_same_every_time(path: Path) -> None:
    first, second = specc.compile(path).models, specc.compile(path).models
    assert list(map(text, first)) == list(map(text, second))
    assert models_json(first) == models_json(second)
    assert all(
        node["line"] for node in json.loads(models_json(first))["models"][0]["nodes"]
    )
