"""What is drawn: legal programs, with everything the language has."""

from __future__ import annotations

import re

import pytest

from specc.fuzz.chance import Chance
from specc.fuzz.draw import UNWRITTEN, draw, makers
from specc.fuzz.layers import add_layer
from specc.fuzz.options import draw_value
from specc.fuzz.program import line_text, write
from specc.fuzz.scope import Scope, draw_type
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower import check_text
from specc.lower.language import layer_words
from specc.lower.options import AXIS, Option, op_options
from specc.lower.recurrent_options import recurrent_options
from specc.ops import find_op, layer_names

SEEDS = 400
SPECS = 150


def drawn_lines(name: str, seeds: int) -> list[str]:
    """Lines that the maker of a name draws."""
    found: list[str] = []
    for seed in range(seeds):
        scope = Scope(Chance(seed))
        scope.add_input(draw_type(scope.chance))
        if makers()[name](scope):
            found.append("\n".join([*map(line_text, scope.lines), *scope.cells]))
    return found


def test_everything_the_language_has_can_be_drawn() -> None:
    assert layer_words() - UNWRITTEN <= makers().keys()


@pytest.mark.parametrize("name", sorted(layer_words() - UNWRITTEN))
def test_a_word_is_drawn(name: str) -> None:
    lines = drawn_lines(name, 60)
    word = re.compile(rf"\b{name}\b")
    assert any(word.search(line) for line in lines)


OPTIONS = [
    (name, option)
    for name in sorted(layer_names())
    if (op := find_op(name)) is not None
    for option in op_options(op)
]
SQUARE = Type("float", (Axis(Size(4)), Axis(Size(4))))
OPEN = Type("float", (Axis(Size.named("T")), Axis(Size(4))))


@pytest.mark.parametrize(
    ("name", "option"), OPTIONS, ids=lambda part: getattr(part, "field", part)
)
def test_all_that_an_option_can_be_is_drawn(name: str, option: Option) -> None:
    drawn = [draw_value(Chance(seed), option, (SQUARE, OPEN)) for seed in range(400)]
    texts = {one[1] for one in drawn if one is not None}
    assert set(option.choices) <= texts
    others = [text for text in texts - set(option.choices)]
    kinds = (option.numeric, option.text, option.formula, option.flag)
    assert bool(others) == any(kinds)


@pytest.mark.parametrize("name", sorted(layer_names()))
def test_every_option_of_a_layer_is_given(name: str) -> None:
    op = find_op(name)
    assert op is not None
    given: set[str] = set()
    wanted = {option.field for option in op_options(op) if not option.required}
    wanted |= {AXIS} & set(op.__struct_fields__)
    for seed in range(SEEDS):
        scope = Scope(Chance(seed))
        scope.add_input(draw_type(scope.chance))
        if given >= wanted:
            return
        if add_layer(scope, name):
            text = line_text(scope.lines[-1])
            for option in op_options(op):
                words = {option.word, *option.choices} - {"none"}
                if option.choices and not option.own:
                    words = {f"{option.word} ="}
                if any(word in text for word in words):
                    given.add(option.field)
            if re.search(rf"{name}\(.*\b([TSC]|\d)\b", text):
                given.add(AXIS)
    assert given >= wanted


def test_every_option_of_a_recurrent_layer_can_be_drawn() -> None:
    for option in recurrent_options():
        assert draw_value(Chance(1), option, ()) is not None, option.word


@pytest.mark.parametrize("start", range(0, SPECS, 25))
def test_what_is_drawn_is_legal(start: int) -> None:
    for seed in range(start, start + 25):
        assert check_text(write(draw(seed))) == [], f"seed {seed}"


def test_a_seed_is_one_program() -> None:
    assert [write(draw(seed)) for seed in range(20)] == [
        write(draw(seed)) for seed in range(20)
    ]
    assert len({write(draw(seed)) for seed in range(200)}) > 195
