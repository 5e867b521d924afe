"""The difference of two models is all that changed, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

import specc
from specc.ir.graph import Model
from specc.report.difference import Difference, compare_models
from specc.report.difference_text import difference_json, difference_text

MODELS = Path(__file__).parents[2] / "specs" / "models"
CELL = """
cell own(units: int) {
  state h[units]
  param W, U, b
  h' = tanh(W @ x + U @ h + b)
}
"""


def model(flow: str, head: str = "x: float[T, 3]", result: str = "float[1]") -> Model:
    return specc.compile(
        f"{CELL}\nmodel m({head}) -> {result} {{\n{flow}\n}}\n"
    ).model()


def change(before: str, after: str) -> Difference:
    return compare_models(model(before), model(after))


def facts(found: Difference, layer: str) -> dict[str, tuple[str, str]]:
    (row,) = [row for row in found.layers if row.name == layer]
    return {field.what: (field.before, field.after) for field in row.fields}


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.seq")), ids=lambda p: p.stem)
def test_a_model_does_not_differ_from_itself(path: Path) -> None:
    for one, other in zip(
        specc.compile(path).models, specc.compile(path.read_text()).models, strict=True
    ):
        found = compare_models(one, other)
        assert found.is_empty
        assert difference_text(found).endswith("no difference")


def test_layout_and_comments_are_no_difference() -> None:
    after = "x -> dense( 4 )   # four\n  -> mean -> dense(1)"
    assert change("x -> dense(4) -> mean -> dense(1)", after).is_empty


def test_a_width_reshapes_what_stands_behind_it() -> None:
    found = change(
        "x -> mean -> dense(4) -> dense(1)", "x -> mean -> dense(5) -> dense(1)"
    )
    assert facts(found, "dense") == {
        "units": ("4", "5"),
        "output": ("float[4]", "float[5]"),
    }
    assert found.carried == ("dense_2.b",)
    assert [(w.name, w.before, w.after) for w in found.weights] == [
        ("dense.W", (3, 4), (3, 5)),
        ("dense.b", (4,), (5,)),
        ("dense_2.W", (4, 1), (5, 1)),
    ]
    assert found.after.parameters - found.before.parameters == 3 + 1 + 1


def test_a_new_layer_changes_what_the_next_one_reads() -> None:
    found = change("x -> mean -> dense(1)", "x -> mean -> dropout(0.5) -> dense(1)")
    assert [(row.name, row.change) for row in found.layers] == [
        ("dropout", "added"),
        ("dense", "changed"),
    ]
    assert facts(found, "dense") == {"input": ("mean", "dropout")}
    assert len(found.carried) == 2 and not found.weights


def test_what_is_gone_stands_where_it_stood() -> None:
    found = change("x -> layernorm -> mean -> dense(1)", "x -> mean -> dense(1)")
    assert [(row.name, row.change) for row in found.layers] == [
        ("layernorm", "removed"),
        ("mean", "changed"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "what", "texts"),
    [
        ("dense(1)", "dense(1, relu)", "activation", ("linear", "relu")),
        ("dense(1)", "dense(1, kernel = ones)", "W starts", ("glorot_uniform", "ones")),
        ("dense(1)", "dense(1, l2 = 0.5)", "W l2", ("0.0", "0.5")),
        ("dense(1)", "dense(1, bias = ones)", "b starts", ("zeros", "ones")),
    ],
)
def test_every_option_is_told(before, after, what, texts) -> None:
    found = change(f"x -> mean -> {before}", f"x -> mean -> {after}")
    assert facts(found, "dense") == {what: texts}
    assert len(found.carried) == 2


def test_frozen_weights_are_told_one_by_one() -> None:
    found = change("x -> mean -> dense(1)", "x -> mean -> dense(1, frozen)")
    assert facts(found, "dense") == {
        "W trains": ("yes", "no"),
        "b trains": ("yes", "no"),
    }


def test_an_equation_that_changed_is_told_alone() -> None:
    flow = "x -> own(2, final) -> dense(1)"
    after = (
        CELL.replace("+ b)", "- b)")
        + f"model m(x: float[T, 3]) -> float[1] {{\n{flow}\n}}\n"
    )
    found = compare_models(model(flow), specc.compile(after).model())
    assert facts(found, "own") == {
        "equation of h'": (
            "h' = tanh(W @ x + U @ h + b)",
            "h' = tanh(W @ x + U @ h - b)",
        )
    }


def test_another_layer_under_a_name_is_another_layer() -> None:
    found = change(
        "x -> lstm(2, final) as r -> dense(1)", "x -> gru(2, final) as r -> dense(1)"
    )
    assert facts(found, "r")["layer"] == ("lstm", "gru")
    assert not any(what.startswith("W_") for what in facts(found, "r"))
    assert {w.name for w in found.weights if w.before is None} >= {"r.W_z", "r.W_n"}


def test_the_head_is_compared_too() -> None:
    one = model("x -> mean -> dense(1)")
    other = model("x -> mean -> dense(1)", "x: float[T, 3] ragged", "y: float[1]")
    found = compare_models(one, other)
    assert [field.what for field in found.head] == [
        "input x",
        "output",
        "input x_mask",
        "output y",
    ]


def test_sharing_is_a_difference() -> None:
    one = "a = x -> dense(3)\n a -> dense(3) -> mean -> dense(1) as last"
    other = "let f = dense(3)\n a = x -> f\n a -> f -> mean -> dense(1) as last"
    found = change(one, other)
    assert (
        not found.is_empty and found.before.multiply_adds == found.after.multiply_adds
    )


def test_the_json_says_the_same() -> None:
    found = change("x -> mean -> dense(4) -> dense(1)", "x -> mean -> dense(1)")
    data = json.loads(difference_json(found))
    assert data["schema"] == 1 and data["differs"] is True
    assert [(w["name"], w["fate"]) for w in data["weights"]["other"]] == [
        ("dense.W", "reshaped"),
        ("dense.b", "reshaped"),
        ("dense_2.W", "gone"),
        ("dense_2.b", "gone"),
    ]
    assert data["after"]["multiply_adds"] == "3 * B"


def test_weights_under_another_name_are_found() -> None:
    one = "x -> dense(4) -> mean -> dense(1)"
    found = change(one, "x -> dense(4) as first -> mean -> dense(1)")
    assert found.renamed == (("dense", "first"), ("dense_2", "dense"))
    assert "the weights of dense would fit first" in difference_text(found)
    one = "x -> dense(4) -> mean -> dense(1) as last"
    assert not change(one, "x -> lstm(4) -> mean -> dense(1) as last").renamed
    assert not change(one, "x -> dense(3) as a -> mean -> dense(1) as last").renamed


def test_the_text_tells_a_new_layer_and_a_repeated_option_in_one_line() -> None:
    text = difference_text(
        change("x -> lstm(4, final) -> dense(1)", "x -> gru(4, final) -> dense(1)")
    )
    assert "  gone      lstm: 12 weights, 128 parameters" in text
    assert "  new       gru: 12 weights, 108 parameters" in text
    assert "2 of 14 weights carry over, 5 of 113 parameters" in text
    text = difference_text(change("x -> gru(2, final)-> dense(1)", L2))
    assert "W_z, W_r, W_n, U_z, U_r, U_n l2  0.0  ->  0.5" in text


L2 = "x -> gru(2, final, l2 = 0.5) -> dense(1)"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("x -> mean -> dense(1)", "x -> mean -> dense(2) -> dense(1)", "+5·B"),
        ("x -> dense(2) -> mean -> dense(1)", "x -> mean -> dense(1)", "-6·B·T + B"),
        (
            "x -> rnn(2, final) -> dense(1)",
            "x -> dense(2) -> mean -> dense(1)",
            "-4·B·T",
        ),
    ],
)
def test_what_a_change_costs_is_told_in_symbols(before, after, told) -> None:
    assert f"  {told}\n" in difference_text(change(before, after))


def test_control_characters_reach_no_terminal() -> None:
    one, other = model("x -> mean -> dense(1)"), model("x -> sum -> dense(1)")
    hostile = replace(other, source="a\x1b\u202e.seq")
    text = difference_text(compare_models(one, hostile))
    assert text.replace("\n", "").isprintable()
