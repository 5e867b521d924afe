"""What must hold of the formatter for any text: same tree and comments, a fixed point.

Programs are written at random, then spread over lines, with comments hidden in them
wherever the language lets a line end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from hypothesis import given, note, settings
from hypothesis import strategies as st
from msgspec import Struct

from specc.syntax.format import format_text
from specc.syntax.layout import WIDTH
from specc.syntax.lines import ends_statement
from specc.syntax.parser import parse
from specc.syntax.tokens import CLOSERS, NEWLINE, OPENERS, SOFT, Piece, cut
from specc.text import Source, Span

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.seq"))

NEW_LINE = "\n"
STRING = '"a # \\" b"'

# Example-based tests hold the details; these look for surprises, for a few seconds.
quick = settings(max_examples=50, deadline=None)
randoms = st.randoms(use_true_random=False)


def shape(node: object) -> object:
    """A tree without its places in the text."""
    if isinstance(node, tuple):
        return tuple(shape(each) for each in node)
    if not isinstance(node, Struct):
        return node
    parts = [(name, getattr(node, name)) for name in node.__struct_fields__]
    kept = ((name, shape(part)) for name, part in parts if not isinstance(part, Span))
    return (type(node).__name__, *kept)


def shape_of(text: str) -> object:
    return shape(parse(Source("drawn.seq", text)))


def comments_of(text: str) -> list[str]:
    return [piece.text.rstrip() for piece in cut(text) if piece.type == "COMMENT"]


def formatted(text: str) -> str:
    return format_text(Source("drawn.seq", text))


def hold_all_properties(text: str) -> None:
    tidy = formatted(text)
    assert shape_of(tidy) == shape_of(text)
    assert comments_of(tidy) == comments_of(text)
    assert formatted(tidy) == tidy
    assert all(line == line.rstrip() for line in tidy.split("\n"))
    assert "\n\n\n" not in tidy


class Writer:
    """Writes programs with a space between all tokens, as its `random` decides."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.values_left = random.choice([15, 40, 150])

    def joined(
        self, part: Callable[[int], str], sign: str, most: int, deep: int
    ) -> str:
        count = self.random.randint(1, most)
        return f" {sign} ".join(part(deep) for _ in range(count))

    def name(self) -> str:
        names: list[str] = [*"abch", "dense", *SOFT, "W_i", "long" * 9]
        return self.random.choice(names)

    def leaf(self) -> str:
        others: list[str] = [
            "1",
            "0.5",
            "1e-3",
            STRING,
            "h'",
            "f ( )",
            "g ( a , 3 )",
            "[ ]",
        ]
        return self.random.choice([self.name(), self.name(), *others])

    def flow(self, deep: int) -> str:
        return self.joined(self.value, "->", self.random.choice([1, 2, 6]), deep)

    def several(self, deep: int) -> str:
        return self.joined(self.flow, ",", 4, deep)

    def value(self, deep: int) -> str:
        self.values_left -= 1
        if deep <= 0 or self.values_left < 0 or self.random.random() < 0.3:
            return self.leaf()
        kinds = [self.arithmetic, self.call, self.group, self.loop, self.bare]
        kind: Callable[[int], str] = self.random.choice(kinds)
        return kind(deep - 1)

    def arithmetic(self, deep: int) -> str:
        sign = self.random.choice(["+", "-", "*", "/", "//", "%", "@", "**"])
        right = f"{sign} {self.random.choice(['', '', '-'])} ( {self.flow(deep)} )"
        return f"{self.value(deep)} {right} + {self.value(deep)}"

    def call(self, deep: int) -> str:
        option = f"{self.name()} = {self.flow(deep)}"
        call = f"{self.name()} ( {self.several(deep)} , {option} )"
        return call + self.random.choice(["", "", f" {self.body(deep)}"])

    def group(self, deep: int) -> str:
        inner = self.several(deep)
        return self.random.choice(
            [
                f"( {inner} )",
                f"( {inner} , {self.flow(deep)} , )",
                f"[ {inner} , ]",
                f"( {self.value(deep)} as label )",
            ]
        )

    def loop(self, deep: int) -> str:
        head = self.random.choice(["for a in 3", "each k in [ 1 , 2 ]", "over T"])
        return f"{head} {self.body(deep)}"

    def bare(self, deep: int) -> str:
        return f"{self.name()} {self.body(deep)}"

    def body(self, deep: int) -> str:
        if self.random.random() < 0.1:
            return "{ }"
        return f"{{ {self.joined(self.statement, NEW_LINE, 3, deep)} }}"

    def statement(self, deep: int) -> str:
        wide = self.random.choice([2, 20])
        return self.random.choice(
            [
                self.flow(deep),
                self.several(deep),
                f"let a = {self.flow(deep)}",
                f"a , h' = {self.flow(deep)}",
                f"param {self.joined(lambda _: self.name(), ',', wide, 0)} = 1",
                f"state a [ units ] , {self.name()} [ 2 * d ]",
            ]
        )

    def kind(self, _: int = 0) -> str:
        return self.random.choice(
            ["float", "int [ T ] < V + 3 pad - 1", "float [ T , 2 * 3 ] ragged"]
        )

    def inputs(self) -> str:
        return self.joined(lambda _: f"{self.name()} : {self.kind()}", ",", 4, 0)

    def declaration(self, deep: int) -> str:
        model = f"model m ( {self.inputs()} )"
        return self.random.choice(
            [
                "const V = 3 + 4",
                'import "a.seq"',
                f"{model} -> ( {self.inputs()} ) {self.body(deep)}",
                f"{model} -> {self.kind()} {self.body(deep)}",
                f"block b ( p = {self.flow(1)} ) on ( h ) {self.body(deep)}",
                f"cell c ( p : {self.kind()} = 3 ) {self.body(deep)}",
            ]
        )

    def program(self) -> str:
        return self.joined(self.declaration, NEW_LINE, 4, self.random.randint(0, 4))


class Spreader:
    """Puts line ends and comments wherever the language lets a line end."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0

    def spread(self, program: str) -> str:
        pieces = cut(program)
        density = self.random.choice([0.0, 0.05, 0.3, 0.9])
        text = ""
        in_braces = [True]
        for before, after in zip(pieces, [*pieces[1:], None], strict=True):
            text += before.text
            if before.type in OPENERS:
                in_braces.append(before.type == "LEFT_BRACE")
            elif before.type in CLOSERS:
                in_braces.pop()
            free = may_break(before, after, in_braces[-1])
            text += self.line_ends(density) if free else " "
        return text

    def line_ends(self, density: float) -> str:
        if self.random.random() > density:
            return self.random.choice([" ", "\t "])
        text = ""
        for _ in range(self.random.choice([1, 1, 1, 2, 4])):
            if self.random.random() < 0.3:
                self.count += 1
                text += f" # {self.count}{'!' * self.random.choice([0, 0, 30, 90])} "
            text += "\n" + " " * self.random.choice([0, 3])
        return text


def may_break(before: Piece, after: Piece | None, in_braces: bool) -> bool:
    """Whether a line end here leaves the meaning as it is."""
    if not in_braces or after is None or NEWLINE in {before.type, after.type}:
        return True
    return not ends_statement(before.type, after.type)


def without_spaces(text: str) -> str:
    tight = ""
    for piece in cut(text):
        needed = re.search(r"\w'?$", tight) and re.match(r"\w", piece.text)
        tight += f" {piece.text}" if needed else piece.text
    return tight


def without_comments(text: str) -> str:
    return " ".join(piece.text for piece in cut(text) if piece.type != "COMMENT")


def without_comments_in_lines(text: str) -> list[str]:
    return [re.sub(" *# [0-9]+!*$", "", line) for line in text.split("\n")]


@quick
@given(randoms)
def test_any_program_keeps_its_meaning_and_comments(random: Random) -> None:
    text = Spreader(random).spread(Writer(random).program())
    note(text)
    hold_all_properties(text)


@quick
@given(randoms, st.sampled_from(EXAMPLES))
def test_an_example_spread_in_any_way_keeps_its_meaning(
    random: Random, path: Path
) -> None:
    program = without_comments(path.read_text(encoding="utf-8"))
    text = Spreader(random).spread(program)
    note(text)
    hold_all_properties(text)


@quick
@given(randoms)
def test_how_a_text_is_spaced_does_not_matter(random: Random) -> None:
    text = Writer(random).program()
    tight = without_spaces(text)
    assert shape_of(tight) == shape_of(text)
    assert formatted(tight) == formatted(text)


@quick
@given(randoms, st.sampled_from(EXAMPLES))
def test_lines_are_no_longer_than_they_may_be(random: Random, path: Path) -> None:
    program = without_comments(path.read_text(encoding="utf-8"))
    tidy = without_comments_in_lines(formatted(Spreader(random).spread(program)))
    assert max(len(line) for line in tidy) <= WIDTH
