"""A language model with a layer that looks ahead is refused, and nothing else is."""

from __future__ import annotations

import pytest

from specc.lower import check_text

from .mistakes import Mistake

HEAD = "model m(ids: int[T] < 9 pad 0) -> y: float[T, 9] {\n  "
AHEAD = [
    ("^bi(lstm(4)) -> dense(9)", "without `bi`"),
    ("bi(^lstm(4)) -> dense(9)".replace("bi(^", "^bi("), "`lstm` in one direction"),
    ("gru(4) -> ^bi(gru(4)) -> bi(gru(4)) -> dense(9)", "without `bi`"),
    ("^lstm(4, reverse) -> dense(9)", "leave `reverse` out"),
    ("^reverse -> lstm(4) -> dense(9)", "this step and earlier"),
    ("^conv(4, 3, same) -> dense(9)", "add `causal`"),
    ("^depthwise(3, same) -> dense(9)", "add `causal`"),
    ("^self_attend(1) -> dense(9)", "add `causal`"),
    ("residual { ^self_attend(1) } -> gru(4) -> dense(9)", "add `causal`"),
]


@pytest.mark.parametrize(("layers", "help"), AHEAD)
def test_what_looks_ahead_after_a_shift_of_ids_is_an_error(
    layers: str, help: str
) -> None:
    text = f"{HEAD}ids -> shift(1) -> embed(4) -> {layers}\n}}\n"
    Mistake(text, "SPC330", "sees the `ids` that are to be predicted", help).check()


def test_it_does_not_matter_where_the_shift_stands() -> None:
    text = f"{HEAD}ids -> embed(4) -> shift(2) -> ^bi(rnn(4)) -> dense(9)\n}}\n"
    Mistake(text, "SPC330", "looks ahead").check()
    (found,) = check_text(text.replace("^", ""))
    assert [label.span.text for label in found.labels] == ["bi(rnn(4))", "shift(2)"]
    assert "`ids` is read 2 steps late here" in found.labels[1].text


def test_a_mean_laid_beside_every_step_looks_ahead_too() -> None:
    text = (
        f"{HEAD}h = ids -> shift(1) -> embed(4) -> gru(4)\n"
        "  h + (h -> ^mean) -> dense(9)\n}\n"
    )
    Mistake(text, "SPC330", "`mean` looks ahead").check()


def test_two_directions_over_the_ids_themselves_are_an_error() -> None:
    text = f"{HEAD}ids -> embed(4) -> ^bi(gru(4)) -> dense(9)\n}}\n"
    Mistake(
        text, "SPC330", "which a language model is to predict", "gru(8, reverse)"
    ).check()


LEGAL = [
    # One direction, and what sees the past only.
    f"{HEAD}ids -> shift(1) -> embed(4) -> lstm(4) -> dense(9)\n}}",
    f"{HEAD}ids -> shift(1) -> embed(4) -> conv(4, 3, causal) -> dense(9)\n}}",
    f"{HEAD}ids -> shift(1) -> embed(4) -> self_attend(1, causal) -> dense(9)\n}}",
    f"{HEAD}ids -> shift(1) -> embed(4) -> conv(4, 1) -> dense(9)\n}}",
    f"{HEAD}ids -> embed(4) -> gru(4) -> dense(9)\n}}",
    # Masked models, and the way out that the help names.
    f"{HEAD}ids -> embed(4) -> self_attend(1) -> dense(9)\n}}",
    f"{HEAD}ids -> embed(4) -> (gru(4), gru(4, reverse)) -> concat -> dense(9)\n}}",
    # Taggers have classes of their own.
    "model m(ids: int[T] < 9) -> float[T, 5] { ids -> embed(4) -> bi(gru(2)) "
    "-> dense(5) }",
    "model m(ids: int[T] < 9, tags: int[T] < 5) -> float[T, 5] {\n"
    "  words = ids -> embed(4) -> bi(gru(2))\n"
    "  before = tags -> shift(1) -> embed(4)\n"
    "  (words, before) -> concat -> gru(4) -> dense(5)\n}",
    # One vector of all steps predicts none of them.
    "model m(ids: int[T] < 9) -> float[9] { ids -> shift(1) -> embed(4) "
    "-> bi(gru(2), merge = sum) -> mean -> dense(9) }",
    # The axis of a source is another.
    "model m(source: int[S] < 9, ids: int[T] < 9) -> float[T, 9] {\n"
    "  memory = source -> embed(4) -> bi(gru(2))\n"
    "  h = ids -> shift(1) -> embed(4) -> gru(4)\n"
    "  (h, memory) -> attend -> dense(9)\n}",
    # An autoencoder may know all of the sentence, through a vector.
    "model m(ids: int[T] < 9 pad 0) -> float[T, 9] {\n"
    "  z = ids -> embed(4) -> bi(gru(2)) -> max\n"
    "  ids -> shift(1) -> embed(4) -> gru(4, init = z) -> dense(9)\n}",
    # Within a step of another axis, all there is to see is that step.
    "model m(ids: int[T] < 9, c: int[T, C] < 7) -> float[T, 9] {\n"
    "  spelled = c -> embed(3) -> over T { bi(gru(2, final)) }\n"
    "  before = spelled -> shift(1)\n"
    "  (ids -> shift(1) -> embed(4), before) -> concat -> gru(4) -> dense(9)\n}",
]


@pytest.mark.parametrize("text", LEGAL)
def test_what_sees_no_id_that_it_predicts_is_legal(text: str) -> None:
    assert check_text(text + "\n") == []
