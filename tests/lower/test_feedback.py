"""`feedback(n) { ... }`: the output of a step is the next step's input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from specc.lower import check_text, lower_text
from specc.passes import run_passes
from specc.reference import run

from .mistakes import Mistake, body

Array = np.ndarray[Any, Any]
BODIES = [
    "dense(3, tanh)",
    "lstm(3)",
    "lstm(4) -> dense(3)",
    "gru(4) -> rnn(5) -> dense(3, softmax)",
    "own(3)",
    "silent(4) -> dense(3)",
    "residual { layernorm -> gru(3) }",
    "(gru(2), dense(1) -> sigmoid) -> concat",
    "for i in 2 { dense(3, tanh) } -> highway(3) { gru(3) }",
    "lstm(4, bias = none) -> rmsnorm -> twice(3)",
]
OTHERS = """
cell own(units: int) {
  state h[units], k[units]
  param W, U
  h' = tanh(W @ x + U @ k)
  k' = 0.5 * h + h'
}
cell silent(units: int) {
  state h[units]
  param W
  h' = W @ x - h
  h' * h
}
block twice(units: int) on (h) {
  let half = dense(units)
  loud = h -> half
  0.5 * loud + 1
}
"""


def model_of(layers: str, x: str, y: str, head: str = "") -> Any:
    text = f"{OTHERS}\nmodel m(x: {x}{head}) -> y: {y} {{\n  x -> {layers}\n}}\n"
    assert check_text(text) == [], [d.message for d in check_text(text)]
    return run_passes(lower_text(text))


def random_weights(model: Any) -> dict[str, Array]:
    numbers = np.random.default_rng(3)
    return {
        f"{node.name}.{weight.name}": numbers.normal(size=weight.shape)
        for node in model.nodes
        for weight in node.weights
    }


def outputs(
    model: Any, weights: Mapping[str, Array], inputs: Mapping[str, Array]
) -> Array:
    (found,) = run(model, weights, inputs).outputs.values()
    return found


@pytest.mark.parametrize("layers", BODIES)
def test_it_is_its_layers_over_the_start_and_the_outputs(layers: str) -> None:
    """y = body(z) with z the start followed by all outputs but the last."""
    whole = model_of(f"feedback(5) {{ {layers} }}", "float[3]", "float[5, 3]")
    plain = model_of(layers, "float[T, 3]", "float[T, 3]")
    weights = random_weights(plain)
    inner = {f"feedback.{name}": array for name, array in weights.items()}
    start = np.random.default_rng(5).normal(size=(2, 3))
    y = outputs(whole, inner, {"x": start})
    heard = np.concatenate([start[:, None], y[:, :-1]], axis=1)
    np.testing.assert_allclose(
        y, outputs(plain, weights, {"x": heard}), rtol=0, atol=1e-13
    )
    assert not np.allclose(y[:, 1], y[:, 0]), "the steps differ"


def test_one_step_is_its_layers_once() -> None:
    one = model_of("feedback(1) { gru(3) }", "float[3]", "float[1, 3]")
    weights = random_weights(one)
    start = np.random.default_rng(5).normal(size=(2, 3))
    longer = model_of("feedback(9) { gru(3) }", "float[3]", "float[9, 3]")
    whole = outputs(longer, weights, {"x": start})
    assert np.array_equal(outputs(one, weights, {"x": start}), whole[:, :1])


def test_states_start_where_init_says_and_the_others_at_zero() -> None:
    text = """
model m(x: float[3], h: float[4]) -> y: float[5, 3] {
  x -> feedback(5) { rnn(3) -> gru(4, init = h) -> lstm(3) }
}
model plain(z: float[T, 3], h: float[4]) -> y: float[T, 3] {
  z -> rnn(3) -> gru(4, init = h) -> lstm(3)
}
"""
    from specc.compiler import compile

    compiled = compile(text)
    whole, plain = compiled.model("m"), compiled.model("plain")
    weights = random_weights(plain)
    inner = {f"feedback.{name}": array for name, array in weights.items()}
    numbers = np.random.default_rng(5)
    start, h = numbers.normal(size=(2, 3)), numbers.normal(size=(2, 4))
    y = outputs(whole, inner, {"x": start, "h": h})
    heard = np.concatenate([start[:, None], y[:, :-1]], axis=1)
    expected = outputs(plain, weights, {"z": heard, "h": h})
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-13)


def test_names_are_those_of_the_layers_under_its_own() -> None:
    model = model_of(
        "feedback(2) { lstm(3) as voice -> dense(3) } as melody",
        "float[3]",
        "float[2, 3]",
    )
    names = set(random_weights(model))
    assert {name.rpartition(".")[0] for name in names} == {
        "melody.voice",
        "melody.dense",
    }


def test_bound_by_let_it_has_one_set_of_weights() -> None:
    text = """
model m(a: float[3], b: float[3]) -> y: float[2, 3], z: float[2, 3] {
  let tune = feedback(2) { gru(3) }
  y = a -> tune
  z = b -> tune
}
"""
    assert check_text(text) == []
    model = run_passes(lower_text(text))
    weights = random_weights(model)
    assert {name.split(".")[0] for name in weights} == {"tune"}
    start = np.random.default_rng(5).normal(size=(2, 3))
    y, z = run(model, weights, {"a": start, "b": start}).outputs.values()
    assert np.array_equal(y, z)


def test_every_step_of_an_axis_can_start_one() -> None:
    text = """
model m(x: float[T, 3] ragged) -> y: float[T, 4, 3] {
  x -> over T { feedback(4) { gru(3) } }
}
"""
    assert check_text(text) == []


REFUSED = [
    body("x -> feedback(3) { ^dense(7) }", "SPC307", "takes 8 features and gives 7"),
    body("x -> feedback(3) { ^conv(8, 3, causal) }", "SPC217", "looks along time"),
    body("x -> feedback(3) { ^conv(8, 1) }", "SPC217", "looks along time"),
    body("x -> feedback(3) { ^self_attend(2, causal) }", "SPC217", "along time"),
    body("x -> feedback(3) { gru(8) -> ^mean }", "SPC217", "looks along time"),
    body("x -> feedback(3) { ^shift(1) }", "SPC217", "looks along time"),
    body("x -> feedback(3) { ^positions(8, sinusoidal) }", "SPC217", "along time"),
    body("x -> feedback(3) { ^bi(lstm(4)) }", "SPC217", "last step first", "forward"),
    body("x -> feedback(3) { ^lstm(8, reverse) }", "SPC217", "last step first"),
    body("x -> feedback(3) { ^lstm(8, final) }", "SPC205", "`final` means nothing"),
    body("x -> feedback(3) ^{ lstm(8, states) }", "SPC214", "found 3 values"),
    body("x -> feedback(3) ^{ (gru(8), gru(8)) }", "SPC214", "found 2 values"),
    body("x -> feedback(3) { gru(8) -> ^dropout(0.5) }", "SPC801", "no meaning yet"),
    body("x -> feedback(3) { gru(8) -> ^batchnorm }", "SPC801", "no meaning yet"),
    body("x -> feedback(3) { ^gru(8, frozen) }", "SPC205", "cannot be frozen"),
    body("x -> feedback(3) { ^dense(8, frozen) }", "SPC205", "cannot be frozen"),
    body(
        "x -> feedback(3) { gru(8, l2 = 0.1) -> ^gru(8, l2 = 0.2) }",
        "SPC205",
        "one penalty",
    ),
    body(
        "x -> feedback(3) { ^gru(8, init = x -> relu) }", "SPC217", "inside", "name it"
    ),
    body("x -> feedback(^0) { gru(8) }", "SPC205", "at least 1"),
    body("x -> ^feedback(3)", "SPC206", "layers in braces"),
    body("x -> ^feedback { gru(8) }", "SPC206", "needs `n`"),
    body("x -> feedback(3, ^4) { gru(8) }", "SPC208", "no place for `4`"),
    body("let d = ^dense(8); x -> feedback(3) { d }", "SPC801", "bound outside"),
    body(
        "x -> feedback(3) { (dense(8), dense(8)) -> ^dot -> dense(8) }",
        "SPC801",
        "a vector at each step",
    ),
]


@pytest.mark.parametrize("mistake", REFUSED, ids=str)
def test_what_it_cannot_hold_is_refused_with_the_reason(mistake: Mistake) -> None:
    text = mistake.text.replace("float[T, 4] ragged", "float[8]")
    text = text.replace("y: float[T, 8]", "y: float[3, 8]")
    Mistake(text, mistake.code, mistake.message, mistake.help).check()


def test_it_starts_from_one_vector() -> None:
    body(
        "x -> ^feedback(3) { gru(4) }", "SPC306", "starts from one vector", "`last`"
    ).check()


def test_both_places_of_a_wrong_width_are_shown() -> None:
    text = "model m(x: float[8]) -> y: float[3, 8] { x -> feedback(3) { dense(7) } }"
    (found,) = check_text(text)
    assert [label.span.text for label in found.labels] == ["dense(7)", "x: float[8]"]
