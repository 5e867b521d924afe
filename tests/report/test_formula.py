"""Formulas are sums as a person writes them."""

from __future__ import annotations

import pytest

import specc
from specc.report.parameters import LayerRow, count_parameters


def row(layer: str, input: str = "float[T, 100]", cells: str = "") -> LayerRow:
    probe = f"model probe(x: {input}) -> float[1] {{\n  y = x -> {layer}\n  "
    ends = ["y -> dense(1)", "y -> flatten -> dense(1)", "y -> mean -> dense(1)"]
    for end in ends:
        compiled = specc.compile(f"{cells}\n{probe}{end}\n}}\n")
        if not compiled.check():
            return count_parameters(compiled.model()).layers[0]
    raise AssertionError([d.message for d in compiled.check()])


@pytest.mark.parametrize(
    ("layer", "formula"),
    [
        ("dense(64)", "100·64 + 64"),
        ("dense(64, bias = none)", "100·64"),
        ("conv(32, 5)", "5·100·32 + 32"),
        ("conv(32, 5, groups = 4)", "5·25·32 + 32"),
        ("layernorm", "2·100"),
        ("rnn(64, final)", "64·100 + 64·64 + 64"),
        ("lstm(64, final)", "4·(64·100 + 64·64 + 64)"),
        ("bi(lstm(64, final))", "2·4·(64·100 + 64·64 + 64)"),
        ("gru(64, final)", "3·(64·100 + 64·64 + 2·64)"),
        ("gru_reset_before(64, final)", "3·(64·100 + 64·64 + 64)"),
        ("mean", ""),
    ],
)
def test_what_layers_have_in_common_stands_before_the_bracket(
    layer: str, formula: str
) -> None:
    assert row(layer).formula == formula


def test_an_embedding_is_one_product() -> None:
    assert row("embed(64)", "int[T] < 8185").formula == "8185·64"


def test_a_cell_of_ones_own_needs_nothing_of_its_own() -> None:
    cell = """
cell odd(units: int) {
  state h[units]
  param W, V, U, b, s = ones
  h' = tanh(W @ x + V @ x + U @ h + b) * s
}
"""
    found = row("odd(7, final)", cells=cell)
    assert found.formula == "2·7·100 + 7·7 + 2·7"
    assert found.parameters == 2 * 7 * 100 + 7 * 7 + 2 * 7


def test_the_parts_of_a_cell_stay_apart() -> None:
    cell = """
cell seeing(units: int) {
  state h[units], c[units]
  param W_d
  h', c' = (concat(x, tanh(W_d @ h) * h), h, c) -> step(lstm(units))
  h' -> dense(3) as readout
}
"""
    one = "4·(7·107 + 7·7 + 7) + 7·3 + 3 + 7·7"
    found = row("seeing(7, final)", cells=cell)
    assert sorted(found.formula.split(" + ")) == sorted(one.split(" + "))
    assert "4·(7·107 + 7·7 + 7)" in found.formula
    assert found.parameters == eval(one.replace("·", "*"))
    both = row("bi(seeing(7, final))", cells=cell)
    assert "2·4·(7·107 + 7·7 + 7)" in both.formula and "2·(7·3 + 3)" in both.formula
    assert both.parameters == 2 * found.parameters
