"""Python expressions as data: what the wiring of a generated file is built from.

Names are checked to be plain ASCII identifiers, and every other value enters through
`literal`, so no text of a user's can become code here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from keyword import iskeyword
from typing import Literal, TypeAlias

from msgspec import Struct

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)

BinaryOperator: TypeAlias = Literal[
    "or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not",
    "|", "^", "&", "<<", ">>", "+", "-", "*", "@", "/", "//", "%", "**",
]  # fmt: skip
UnaryOperator: TypeAlias = Literal["-", "~", "not"]

# How tightly an operator binds; a higher number binds tighter.
BINDING: dict[str, int] = {
    "or": 1, "and": 2,
    "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "in": 4, "not in": 4, "is": 4, "is not": 4,
    "|": 5, "^": 6, "&": 7, "<<": 8, ">>": 8, "+": 9, "-": 9,
    "*": 10, "@": 10, "/": 10, "//": 10, "%": 10, "**": 12,
}  # fmt: skip
UNARY_BINDING: dict[str, int] = {"not": 3, "-": 11, "~": 11}
COMPARISON = 4
POWER = 12
_LAMBDA = 0
_TRAILER = 13


class Atom(Struct, frozen=True):
    """A name, dotted or not: `x`, `jax.nn.relu`."""

    text: str

    def __post_init__(self) -> None:
        _check_name(self.text)


@lru_cache(maxsize=10_000)
def _check_name(text: str) -> None:
    assert _NAME.fullmatch(text), f"not a name: {text!r}"
    assert not any(map(iskeyword, text.split("."))), f"a keyword in {text!r}"


class Constant(Struct, frozen=True):
    """A number, string, True, False, None or `...` as Python text; see `literal`."""

    text: str


class Attribute(Struct, frozen=True):
    """`value.name`, for a value that is more than a name."""

    value: Expression
    name: str

    def __post_init__(self) -> None:
        Atom(self.name)


class Call(Struct, frozen=True):
    """`function(a, key=b)`; an argument under the name `**` is a mapping laid open."""

    function: Expression
    arguments: tuple[tuple[str | None, Expression], ...] = ()

    def __post_init__(self) -> None:
        named = False
        for key, _ in self.arguments:
            assert key or not named, "a positional argument after one with a name"
            named = named or key is not None
            if key and key != "**":
                Atom(key)


class Index(Struct, frozen=True):
    """`value[index]`; a tuple of two or more is written without parentheses."""

    value: Expression
    index: Expression


class Slice(Struct, frozen=True):
    """`lower:upper:step`, as an index or in a tuple of them."""

    lower: Expression | None = None
    upper: Expression | None = None
    step: Expression | None = None


class Tuple_(Struct, frozen=True):
    """`(a, b)`."""

    items: tuple[Expression, ...]


class List_(Struct, frozen=True):
    """`[a, b]`."""

    items: tuple[Expression, ...]


class Dict_(Struct, frozen=True):
    """`{key: value}`; a value without a key is a mapping laid open, `{**value}`."""

    items: tuple[tuple[Expression | None, Expression], ...]


class Starred(Struct, frozen=True):
    """`*value`, in a call, a tuple or a list."""

    value: Expression


class Unary(Struct, frozen=True):
    """`-a`, `not a`."""

    operator: UnaryOperator
    operand: Expression


class Binary(Struct, frozen=True):
    """`a + b`; see `chain` for more operands."""

    operator: BinaryOperator
    left: Expression
    right: Expression


class Lambda(Struct, frozen=True):
    """`lambda a, b: body`."""

    parameters: tuple[str, ...]
    body: Expression

    def __post_init__(self) -> None:
        for name in self.parameters:
            Atom(name)


class Parenthesized(Struct, frozen=True):
    """`(value)`: put in by `parenthesize` where Python's grammar needs it."""

    value: Expression


Expression: TypeAlias = (
    "Atom | Constant | Attribute | Call | Index | Slice | Tuple_ | List_ | Dict_ | "
    "Starred | Unary | Binary | Lambda | Parenthesized"
)

Value: TypeAlias = (
    "bool | int | float | str | tuple[Value, ...] | list[Value] | "
    "Mapping[str, Value] | None"
)


def call(
    function: Expression | str, *positional: Expression, **named: Expression
) -> Call:
    """A call; a function given as text is its name."""
    target = Atom(function) if isinstance(function, str) else function
    arguments: list[tuple[str | None, Expression]] = [(None, a) for a in positional]
    return Call(target, (*arguments, *named.items()))


def chain(operator: BinaryOperator, first: Expression, *rest: Expression) -> Expression:
    """`a + b + c`, grouped from the left."""
    result = first
    for operand in rest:
        result = Binary(operator, result, operand)
    return result


def literal(value: Value) -> Expression:
    """A value as Python text that reads back as the very same value."""
    match value:
        case None | bool():
            return Constant(repr(value))
        case str():
            return Constant(_quote(value))
        case int() if value >= 0:
            return Constant(repr(value))
        case float() if not math.isfinite(value):
            return Call(Atom("float"), ((None, Constant(_quote(repr(value)))),))
        case float() if math.copysign(1.0, value) > 0:
            return Constant(repr(value).replace("e+", "e"))
        case int() | float():
            return Unary("-", literal(-value))
        case tuple():
            return Tuple_(tuple(map(literal, value)))
        case list():
            return List_(tuple(map(literal, value)))
        case Mapping():
            return Dict_(tuple((literal(k), literal(v)) for k, v in value.items()))
    raise AssertionError(f"no literal for {type(value).__name__}")


def _quote(text: str) -> str:
    # ascii() escapes all that is not printable ASCII; only the quotes are chosen anew:
    # double ones unless single ones need fewer backslashes.
    shown = ascii(text)
    body = shown[1:-1]
    if shown[0] == "'":
        body = body.replace("\\'", "'")
    quote = "'" if body.count('"') > body.count("'") else '"'
    return quote + body.replace(quote, "\\" + quote) + quote


def binding(expression: Expression) -> int:
    """How tightly the outermost operator of an expression binds."""
    match expression:
        case Binary():
            return BINDING[expression.operator]
        case Unary():
            return UNARY_BINDING[expression.operator]
        case Lambda():
            return _LAMBDA
    return _TRAILER


def parenthesize(expression: Expression) -> Expression:
    """The same expression with parentheses wherever its meaning needs them."""
    match expression:
        case Atom() | Constant():
            return expression
        case Binary(operator, left, right):
            own = BINDING[operator]
            # `a < b < c` and `(a < b) < c` differ; powers group from the right.
            strict = own in (COMPARISON, POWER)
            return Binary(
                operator,
                _operand(left, own + strict),
                _operand(right, UNARY_BINDING["-"] if own == POWER else own + 1),
            )
        case Unary(operator, operand):
            # Ruff writes `-(a**b)`, though `-a**b` means the same.
            power = isinstance(operand, Binary) and operand.operator == "**"
            least = _TRAILER if power else UNARY_BINDING[operator]
            return Unary(operator, _operand(operand, least))
        case Call(function, arguments):
            inner = tuple((key, parenthesize(value)) for key, value in arguments)
            return Call(_operand(function, _TRAILER), inner)
        case Attribute(Constant(text) as number, name) if text[0].isdigit():
            return Attribute(Parenthesized(number), name)
        case Attribute(value, name):
            return Attribute(_operand(value, _TRAILER), name)
        case Index(value, index):
            return Index(_operand(value, _TRAILER), parenthesize(index))
        case Slice(lower, upper, step):
            parts = (lower, upper, step)
            return Slice(*(part and _operand(part, _LAMBDA + 1) for part in parts))
        case Tuple_(items):
            return Tuple_(tuple(map(parenthesize, items)))
        case List_(items):
            return List_(tuple(map(parenthesize, items)))
        case Dict_(pairs):
            return Dict_(
                tuple(
                    (_operand(key, _LAMBDA + 1), parenthesize(value))
                    if key
                    else (None, _operand(value, BINDING["|"]))
                    for key, value in pairs
                )
            )
        case Starred(value):
            # In a tuple or list the grammar takes nothing looser than `|` after a star.
            return Starred(_operand(value, BINDING["|"]))
        case Lambda(parameters, body):
            return Lambda(parameters, parenthesize(body))
    return expression


def _operand(expression: Expression, least: int) -> Expression:
    inner = parenthesize(expression)
    return Parenthesized(inner) if binding(inner) < least else inner
