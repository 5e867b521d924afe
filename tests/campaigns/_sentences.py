"""Sentences of the grammar, drawn at random: well formed, and mostly meaningless."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache

from lark import Lark
from lark.grammar import NonTerminal, Symbol
from lark.lexer import PatternStr

from specc.syntax.tables import grammar
from tests.campaigns._mutations import NAMES, NUMBERS

USUAL = frozenset({"NAME", "call", "name", "number", "simple", "plain_simple"})
LOOPS = frozenset(
    {"FOR", "EACH", "OVER", "MINUS", "for_loop", "each_loop", "over_loop"}
)
Rules = Mapping[str, Sequence[Sequence[Symbol]]]

ENDLESS = 10**6
WORDS = (
    *("x", "x", "ids", "h", "h", "c", "y", "T", "S", "V", "units", "i", "W", "U", "b"),
    *("embed", "dense", "lstm", "gru", "rnn", "conv", "mean", "max", "concat", "bi"),
    *("residual", "gated", "relu", "tanh", "sigmoid", "softmax", "dropout", "attend"),
    *("float", "int", "bool", "final", "states", "causal", "same", "same", "step"),
    *("layernorm", "self_attend", "tied", "feedback", "pair", "contract", "time"),
    *("none", "zeros", "ones", "act", "bias", "init", "kernel", "stride", "heads"),
)
SMALL = ("1", "2", "3", "4", "4", "8", "0", "0.5", "1e-3")
FRAMES = (
    ("file", "{}"),
    ("file", "{}"),
    (
        "statements",
        "model m(x: float[T, 4] ragged, ids: int[S] < 9 pad 0) -> float[4] {{\n{}\n}}",
    ),
    ("flow", "model m(x: float[T, 4], c: float[4]) -> y: float[4] {{\n  x -> {}\n}}"),
    ("flow", "model m(x: float[T, 4]) -> float[T, 4] {{\n  y = x -> {}\n y\n}}"),
    (
        "arguments",
        "model m(ids: int[T] < 9) -> float[4] {{\n ids -> embed(4) -> lstm({})\n}}",
    ),
    ("arguments", "model m(x: float[T, 4]) -> float[T, 4] {{\n x -> conv({})\n}}"),
    ("sum", "const V = {}\nmodel m(x: float[V]) -> float[V] {{ x }}"),
    ("type", "model m(x: {}) -> float[4] {{ x -> dense(4) }}"),
    (
        "statements",
        "cell c(units: int) {{\n state h[units]\n param W, U, b\n{}\n"
        " h' = tanh(W @ x + U @ h + b)\n}}\n"
        "model m(x: float[T, 4]) -> float[T, 4] {{ x -> c(4) }}",
    ),
    (
        "sum",
        "cell c(units: int) {{\n state h[units]\n param W, U, b\n h' = {}\n}}\n"
        "model m(x: float[T, 4]) -> float[T, 4] {{ x -> c(4) }}",
    ),
    (
        "statements",
        "block b(n: int) on (x) {{\n{}\n}}\n"
        "model m(x: float[T, 4]) -> float[T, 4] {{ x -> b(2) -> dense(4) }}",
    ),
)


def sentence(rng: random.Random) -> str:
    """A text the parser takes, but for what the grammar leaves to others."""
    start, frame = rng.choice(FRAMES)
    return frame.format(derived(start, rng.choice((6, 10, 16, 30)), rng)) + "\n"


def derived(start: str, depth: int, rng: random.Random) -> str:
    """What a rule may stand for, once it is `depth` deep by the shortest way."""
    rules, depths = compiled()
    words: list[str] = []
    open: list[tuple[Symbol, int]] = [(NonTerminal(start), depth)]
    while open:
        symbol, left = open.pop()
        if not isinstance(symbol, NonTerminal):
            words.append(terminal(symbol.name, rng))
            continue
        ways = rules[symbol.name]
        shortest = min(_depth(way, depths) for way in ways)
        if left <= 0 or len(open) > 60:
            ways = [way for way in ways if _depth(way, depths) == shortest]
        weights = [_weight(way, shortest, depths) for way in ways]
        (chosen,) = rng.choices(ways, weights)
        open += [(part, left - 1) for part in reversed(chosen)]
    return " ".join(words)


def terminal(name: str, rng: random.Random) -> str:
    """A text of a terminal: from few words, so that some of them mean something."""
    match name:
        case "NAME":
            return rng.choice(rng.choice((WORDS, WORDS, WORDS, NAMES)))
        case "PRIMED":
            return rng.choice(("h'", "c'", "x'"))
        case "NUMBER":
            return rng.choice(rng.choice((SMALL, SMALL, SMALL, plain_numbers())))
        case "STRING":
            return rng.choice(('"a.txt"', '"std/cells.seq"', '""', '"../a"', '"\\\\"'))
        case "_NEWLINE":
            return "\n"
    return literals()[name]


@cache
def plain_numbers() -> tuple[str, ...]:
    return tuple(number for number in NUMBERS if number[0].isdigit())


@cache
def parser() -> Lark:
    """The grammar as Lark reads it."""
    return Lark(
        grammar(), parser="lalr", lexer="basic", start="file", maybe_placeholders=False
    )


@cache
def literals() -> Mapping[str, str]:
    """Terminals that stand for one text."""
    return {
        terminal.name: terminal.pattern.value
        for terminal in parser().terminals
        if isinstance(terminal.pattern, PatternStr)
    }


@cache
def compiled() -> tuple[Rules, Mapping[str, int]]:
    """The grammar's rules by name, and how deep the shortest way through each is."""
    rules: dict[str, list[Sequence[Symbol]]] = {}
    for rule in parser().rules:
        rules.setdefault(rule.origin.name, []).append(rule.expansion)
    depths = dict.fromkeys(rules, ENDLESS)
    for _ in rules:
        for name, ways in rules.items():
            depths[name] = 1 + min(_depth(way, depths) for way in ways)
    return rules, depths


def _weight(way: Sequence[Symbol], shortest: int, depths: Mapping[str, int]) -> int:
    """An expression is mostly a name or a call, and only now and then a tower."""
    if len(way) != 1:
        return 2 if way and way[0].name in LOOPS else 4
    if way[0].name in USUAL:
        return 60
    if not isinstance(way[0], NonTerminal):
        return 1
    return 16 if _depth(way, depths) == shortest and way[0].name not in LOOPS else 2


def _depth(way: Sequence[Symbol], depths: Mapping[str, int]) -> int:
    found = (depths[part.name] for part in way if isinstance(part, NonTerminal))
    return max(found, default=0)
