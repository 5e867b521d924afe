"""Functions that differ in numbers only: one function that is given those numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.expressions import (
    Atom,
    Binary,
    Call,
    Constant,
    Expression,
    literal,
)
from specc.codegen.names import Names
from specc.codegen.repeats import Body
from specc.codegen.statements import Assign, Function, Parameter
from specc.ops.number import Number

Numbers: TypeAlias = tuple[float, ...]
"""A number for each variant."""


class Option(Struct, frozen=True):
    """A number that differs: at which node, under which name, and what it is."""

    node: int
    name: str
    numbers: Numbers


class Merged(Struct, frozen=True):
    """Functions that stand for several, and the arguments that make each of them.

    `arguments`: for every function and every variant, names and numbers.
    """

    functions: tuple[Function, ...]
    arguments: tuple[tuple[tuple[tuple[str, Expression], ...], ...], ...]


def options(body: Body) -> tuple[Option, ...]:
    """The numbers in which the variants of a body differ."""
    found: list[Option] = []
    for place, nodes in enumerate(zip(*(v.nodes for v in body.variants), strict=True)):
        op = nodes[0].op
        words = op.options()
        for field in op.__struct_fields__:
            values = tuple(getattr(node.op, field) for node in nodes)
            if len(set(values)) > 1 and all(map(_is_number, values)):
                word = words.get(field, field)
                if isinstance(op, Number) and nodes[0].span.text.isidentifier():
                    word = nodes[0].span.text
                found.append(Option(place, word, values))
    return tuple(found)


def varying(body: Body) -> frozenset[tuple[int, str]]:
    """Nodes and the options of theirs in which variants differ."""
    return frozenset((option.node, option.name) for option in options(body))


def agreeing(
    body: Body, printed: Sequence[tuple[Function, ...]]
) -> tuple[tuple[int, ...], ...]:
    """Which variants are one function, given those that each would be."""
    groups: dict[Hashable, list[int]] = {}
    for place, functions in enumerate(printed):
        groups.setdefault(_changed(functions, lambda _: _HOLE), []).append(place)
    found: list[tuple[int, ...]] = []
    for group in groups.values():
        part = replace(body, variants=tuple(body.variants[place] for place in group))
        if merge(part, [printed[place] for place in group], Names()) is None:
            found += [(place,) for place in group]
        else:
            found.append(tuple(group))
    return tuple(found)


def merge(
    body: Body, printed: Sequence[tuple[Function, ...]], names: Names
) -> Merged | None:
    """One set of functions for those of all variants; None where there is none.

    A number that differs is one of the options that do, a multiple of one, or one and
    something. Comments that differ say what is common.
    """
    known = list(dict.fromkeys((one.name, one.numbers) for one in options(body)))
    taken: dict[Numbers, Atom] = {}
    functions, arguments = [], []
    for same in zip(*printed, strict=True):
        used: dict[Numbers, Atom] = {}
        holes: list[Expression] = []
        for column in zip(*map(_numbers, same), strict=True):
            expression = _expressed(column, known, taken, used, names)
            if expression is None:
                return None
            holes.append(expression)
        texts = zip(*map(_comments, same), strict=True)
        comments = [_comment(column, known) for column in texts]
        function = _commented(_filled(same[0], holes), comments)
        wanted = tuple(Parameter(name.text) for name in used.values())
        functions.append(replace(function, parameters=(*function.parameters, *wanted)))
        arguments.append(
            tuple(
                tuple((name.text, literal(n[place])) for n, name in used.items())
                for place in range(len(same))
            )
        )
    return Merged(tuple(functions), tuple(arguments))


def names_layers(functions: Sequence[Function]) -> bool:
    """Whether a function gives a name to what it makes: it can be run but once."""

    def named(tree: object) -> bool:
        match tree:
            case Call(_, arguments) if any(key == "name" for key, _ in arguments):
                return True
            case tuple():
                return any(map(named, tree))
            case Struct():
                return any(named(getattr(tree, f)) for f in tree.__struct_fields__)
        return False

    return named(tuple(functions))


def _expressed(
    column: Sequence[str],
    known: Sequence[tuple[str, Numbers]],
    taken: dict[Numbers, Atom],
    used: dict[Numbers, Atom],
    names: Names,
) -> Expression | None:
    """A number of each variant in terms of the options that differ."""
    if len(set(column)) == 1:
        return Constant(column[0])
    values = tuple(float(text) if "." in text else int(text) for text in column)

    def option(name: str, numbers: Numbers) -> Atom:
        if numbers not in taken:
            taken[numbers] = Atom(names.take(name))
        return used.setdefault(numbers, taken[numbers])

    for name, numbers in known:
        if values == numbers:
            return option(name, numbers)
    for name, numbers in known:
        if not all(isinstance(n, int) and n for n in (*numbers, *values)):
            continue
        factor = int(values[0] // numbers[0])
        if values == tuple(factor * n for n in numbers):
            return Binary("*", literal(factor), option(name, numbers))
        added = values[0] - numbers[0]
        if values == tuple(n + added for n in numbers):
            size = literal(int(abs(added)))
            return Binary("+" if added > 0 else "-", option(name, numbers), size)
    return None


def _comment(texts: Sequence[str], known: Sequence[tuple[str, Numbers]]) -> str:
    """A comment for all variants: where sizes differ it says what they are."""
    if len(set(texts)) == 1:
        return texts[0]
    split = [re.split(r"(\w+)", text) for text in texts]
    if len(set(map(len, split))) > 1:
        return ""
    words = []
    for column in zip(*split, strict=True):
        word = column[0]
        if len(set(column)) > 1 and all(text.isdigit() for text in column):
            numbers = tuple(map(int, column))
            word = next((name for name, found in known if found == numbers), "")
            if not word:
                return ""
        words.append(word)
    return "".join(words)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# What functions are made of

_HOLE = Constant("0")


def _numbers(function: Function) -> tuple[str, ...]:
    """The numbers in a function, in order."""
    found: list[str] = []

    def keep(constant: Constant) -> Constant:
        found.append(constant.text)
        return constant

    _changed(function, keep)
    return tuple(found)


def _filled(function: Function, numbers: Sequence[Expression]) -> Function:
    """The function with these in the places of its numbers."""
    rest = iter(numbers)
    made = _changed(function, lambda _: next(rest))
    assert isinstance(made, Function), "a function stays one"
    return made


def _changed(tree: object, change: Callable[[Constant], Expression]) -> object:
    """The same with other numbers, and without what comments say of them."""
    match tree:
        case Constant(text):
            return change(tree) if text[0].isdigit() else tree
        case Assign(targets, value, _):
            tree = Assign(targets, value)
            return _with(tree, [_changed(one, change) for one in (targets, value)])
        case tuple():
            return tuple(_changed(one, change) for one in tree)
        case Struct():
            fields = tree.__struct_fields__
            return _with(tree, [_changed(getattr(tree, f), change) for f in fields])
    return tree


def _with(tree: Struct, values: Sequence[object]) -> Struct:
    return replace(tree, **dict(zip(tree.__struct_fields__, values, strict=False)))


def _comments(function: Function) -> list[str]:
    return [one.comment for one in function.body if isinstance(one, Assign)]


def _commented(function: Function, comments: Iterable[str]) -> Function:
    rest = iter(comments)
    body = (
        replace(one, comment=next(rest)) if isinstance(one, Assign) else one
        for one in function.body
    )
    return replace(function, body=tuple(body))
