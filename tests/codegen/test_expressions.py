"""Expressions mean what their data says, and hold user text as constants only."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from specc.codegen.expressions import (
    BINDING,
    Atom,
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    Index,
    Lambda,
    Unary,
    Value,
    call,
    chain,
    literal,
)
from specc.codegen.layout import layout
from specc.codegen.statements import Assign


def made(kind: Callable[..., Any], *parts: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Values of a kind, from its parts in their order."""
    return st.tuples(*parts).map(lambda found: kind(*found))


def text(expression: Expression) -> str:
    return layout((Assign((Atom("a"),), expression),)).removeprefix("a = ")


def spelled(expression: Expression) -> str:
    """An expression with parentheses around every part."""
    match expression:
        case Atom(name) | Constant(name):
            return f"({name})"
        case Binary(operator, left, right):
            return f"({spelled(left)} {operator} {spelled(right)})"
        case Unary(operator, operand):
            return f"({operator} {spelled(operand)})"
        case Attribute(value, name):
            return f"({spelled(value)}.{name})"
        case Call(function, ((_, argument),)):
            return f"({spelled(function)}({spelled(argument)}))"
        case Index(value, index):
            return f"({spelled(value)}[{spelled(index)}])"
        case Lambda(_, body):
            return f"(lambda a: {spelled(body)})"
    raise AssertionError(expression)


trees = st.recursive(
    st.sampled_from([Atom("a"), Atom("b.c"), literal(1), literal(2.5)]),
    lambda inner: st.one_of(
        made(Binary, st.sampled_from(sorted(BINDING)), inner, inner),
        made(Unary, st.sampled_from(["-", "~", "not"]), inner),
        made(Attribute, inner, st.just("d")),
        made(Index, inner, inner),
        made(call, inner, inner),
        made(Lambda, st.just(("a",)), inner),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(trees)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_parentheses_keep_the_grouping_of_the_data(tree: Expression) -> None:
    assert ast.dump(ast.parse(text(tree))) == ast.dump(ast.parse(spelled(tree)))


def test_no_parentheses_where_python_needs_none() -> None:
    a, b, c = Atom("a"), Atom("b"), Atom("c")
    assert text(chain("-", a, b, c)) == "a - b - c\n"
    assert text(Binary("-", a, Binary("-", b, c))) == "a - (b - c)\n"
    assert text(Binary("+", Binary("*", a, b), Unary("-", c))) == "a * b + -c\n"
    assert text(Binary("*", a, Binary("@", b, c))) == "a * (b @ c)\n"
    assert text(Binary("**", a, literal(-2))) == "a**-2\n"
    assert text(Binary("!=", a, literal(0))) == "a != 0\n"


@settings(deadline=None)
@given(st.text() | st.text("'\"\\\n\r\u2028\udc80{}#", max_size=12))
def test_a_string_is_a_constant_whatever_it_holds(value: str) -> None:
    shown = text(literal(value))
    assert ast.literal_eval(shown) == value
    assert shown.isascii() and shown.count("\n") == 1


@settings(deadline=None)
@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
def test_a_number_reads_back_as_itself(value: float) -> None:
    read = ast.literal_eval(text(literal(value)))
    assert type(read) is type(value)
    assert math.copysign(1, read) == math.copysign(1, value) and read == value


def test_numbers_without_a_literal_are_made_by_a_call() -> None:
    assert text(literal(float("inf"))) == 'float("inf")\n'
    assert text(literal(float("-inf"))) == 'float("-inf")\n'
    assert text(literal(float("nan"))) == 'float("nan")\n'


def test_containers_hold_literals() -> None:
    value: Value = {"shape": (8, 64), "one": (1,), "none": [None, True]}
    assert ast.literal_eval(text(literal(value))) == value


@pytest.mark.parametrize(
    "name",
    ["", "a b", "1a", "a.", "é", "\uff50rint", "None", "a.if", "a\n", "a#", "a()"],
)
def test_a_name_is_an_ascii_identifier(name: str) -> None:
    for make in (Atom, lambda n: Call(Atom("f"), ((n or " ", Atom("x")),))):
        with pytest.raises(AssertionError):
            make(name)
