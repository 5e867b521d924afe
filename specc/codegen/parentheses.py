"""Whether an expression may be put in parentheses to break it, and whether it should.

These are the questions Ruff's formatter asks before it lays a statement out, answered
in its way. Expressions have been through `expressions.parenthesize`.
"""

from __future__ import annotations

from enum import Enum

from specc.codegen.expressions import (
    BINDING,
    UNARY_BINDING,
    Atom,
    Attribute,
    Binary,
    Call,
    Constant,
    Dict_,
    Expression,
    Index,
    Lambda,
    List_,
    Parenthesized,
    Starred,
    Tuple_,
    Unary,
)


class Wish(Enum):
    """What an expression that stands outside of brackets wants around it."""

    ALWAYS_IF_BROKEN = "parentheses as soon as it breaks"
    IF_HELPFUL = "parentheses only where it then fits"
    NEVER = "none: it has brackets of its own"


def wish(expression: Expression) -> Wish:
    """Whether an expression wants parentheses around it when it is too long."""
    match expression:
        case Atom() | Constant():
            return Wish.IF_HELPFUL
        case Tuple_() | List_() | Dict_() | Parenthesized():
            return Wish.NEVER
        case Unary():
            return wish(expression.operand)
        case Call() | Index() | Attribute() if is_fluent(expression):
            return Wish.ALWAYS_IF_BROKEN
        case Call():
            return wish(expression.function)
        case Index() | Attribute():
            return wish(expression.value)
    return Wish.ALWAYS_IF_BROKEN


def is_fluent(expression: Expression) -> bool:
    """Whether a chain of calls is laid out with a line for each, `.` first."""
    links = 0
    while True:
        match expression:
            case Attribute(Parenthesized()):
                return links >= 1
            case Attribute(value):
                links += isinstance(value, Call | Index)
                expression = value
            case Call(inner) | Index(inner) if not isinstance(inner, Parenthesized):
                expression = inner
            case _:
                return links >= 2


def brackets(expression: Expression) -> bool | None:
    """Whether there is something in the brackets it ends in; None if it has none."""
    match expression:
        case Index() | Parenthesized():
            return True
        case Tuple_(items) | List_(items) | Dict_(items) | Call(_, items):
            return bool(items)
    return None


def breaks_at_brackets(expression: Expression) -> bool:
    """Whether brackets it starts or ends with may break before parentheses are added.

    Not so where an operator occurs twice at the outermost level: a sum of three terms
    reads better with one term a line.
    """
    survey = _Survey()
    survey.look_inside(expression)
    if not survey.any_brackets or survey.loosest_count > 1:
        return False
    if survey.loosest in (None, _ATTRIBUTE):
        return True
    return any(
        end is not None and not isinstance(end, Index) and brackets(end) is True
        for end in (survey.last, survey.first)
    )


# An attribute of something in brackets counts as an operator that binds tightest.
_ATTRIBUTE = 100


class _Survey:
    """What stands at an expression's ends, and its loosest operator."""

    def __init__(self) -> None:
        self.loosest: int | None = None
        self.loosest_count = 0
        self.any_brackets = False
        self.first: Expression | None = None
        self.starts_with_operator = False
        self.last: Expression | None = None

    def count(self, rank: int) -> None:
        if self.loosest is None or rank < self.loosest:
            self.loosest, self.loosest_count = rank, 1
        elif rank == self.loosest:
            self.loosest_count += 1

    def visit(self, expression: Expression) -> None:
        self.last = expression
        if isinstance(expression, Parenthesized):
            self.any_brackets = True
        else:
            self.look_inside(expression)
        if self.first is None and not self.starts_with_operator:
            self.first = expression

    def look_inside(self, expression: Expression) -> None:
        match expression:
            case Tuple_() | List_() | Dict_():
                self.any_brackets = True
            case Call(inner) | Index(inner):
                self.any_brackets = True
                self.visit(inner)
                self.last = expression
            case Attribute(value):
                self.visit(value)
                if brackets(value) is not None:
                    self.count(_ATTRIBUTE)
                self.last = expression
            case Binary(operator, left, right):
                self.count(rank(operator))
                self.visit(left)
                self.visit(right)
            case Unary(operator, operand):
                if operator == "~":
                    self.count(UNARY_BINDING["~"])
                self.start_with_operator()
                self.visit(operand)
            case Lambda(_, inner) | Starred(inner):
                self.start_with_operator()
                self.visit(inner)

    def start_with_operator(self) -> None:
        self.starts_with_operator = self.starts_with_operator or self.first is None


def rank(operator: str) -> int:
    """The order in which operators break, loosest first; `and` and `or` break alike."""
    return max(BINDING[operator], BINDING["and"])
