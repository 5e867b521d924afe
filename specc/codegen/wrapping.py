"""Where expressions may break: Ruff's rules, from expressions to documents.

An expression is laid out for the place it stands in, its level: inside brackets it may
break anywhere; outside of them only within brackets of its own, or where parentheses
are put around the whole of it. Expressions have been through
`expressions.parenthesize`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeAlias

from specc.codegen.documents import (
    Best,
    Document,
    FitsExpanded,
    Group,
    GroupIfBroken,
    If,
    Indent,
    Line,
    Mark,
    ParenthesizeIfHelps,
)
from specc.codegen.expressions import (
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
    Slice,
    Starred,
    Tuple_,
    Unary,
)
from specc.codegen.parentheses import (
    Wish,
    breaks_at_brackets,
    is_fluent,
    rank,
    wish,
)


class Place(Enum):
    """Outside of all brackets, or inside some."""

    BARE = 1
    ENCLOSED = 2


# Or in parentheses that are there only if the marked group is broken.
Level: TypeAlias = Place | Mark

BARE = Place.BARE
ENCLOSED = Place.ENCLOSED


def statement_value(expression: Expression) -> Document:
    """An expression at the end of a statement, in parentheses where it needs them."""
    if isinstance(expression, Lambda):
        return in_parentheses(_lambda(expression, ENCLOSED, passed=True))
    match wish(expression):
        case Wish.NEVER:
            return document(expression, BARE)
        case Wish.IF_HELPFUL:
            mark = Mark()
            return ParenthesizeIfHelps(document(expression, mark), mark)
    if not breaks_at_brackets(expression):
        return in_parentheses(document(expression, ENCLOSED))
    mark = Mark()
    return in_parentheses(document(expression, mark), mark)


def assigned_value(target: Document, value: Expression) -> Document:
    """`target = value`, for a target that may itself break: the value breaks first."""
    if not isinstance(value, Atom | Constant | Attribute | Call | Index) or (
        wish(value) != Wish.IF_HELPFUL
    ):
        return (target, " = ", statement_value(value))
    plain = document(value, BARE)
    expanded = (target, " = ", Group(plain, expand=True))
    wrapped = (target, " = (", Group(_indented(plain), expand=True), ")")
    return Best(
        (
            (target, " = ", plain),
            *(() if isinstance(value, Atom | Constant) else (expanded,)),
            wrapped,
            (Group(target, expand=True), " = ", plain),
        )
    )


def document(
    expression: Expression, level: Level, fluent: bool | None = None
) -> Document:
    """An expression; `fluent` is set for a link of a chain of calls."""
    match expression:
        case Atom(text) | Constant(text):
            return text
        case Call() | Index() | Attribute():
            return _trailer(expression, level, fluent)
        case Parenthesized(value):
            return _bracketed("(", document(value, ENCLOSED), ")", level)
        case Tuple_((item,)):
            return _bracketed("(", (document(item, ENCLOSED), ","), ")", level)
        case Tuple_(items):
            return _listed("(", _all(items), ")", level)
        case List_(items):
            return _listed("[", _all(items), "]", level)
        case Dict_(pairs):
            entries: list[Document] = [
                Group((document(key, ENCLOSED), ": ", document(value, ENCLOSED)))
                if key
                else ("**", document(value, ENCLOSED))
                for key, value in pairs
            ]
            return _listed("{", entries, "}", level)
        case Starred(value):
            return ("*", document(value, level))
        case Unary(operator, operand):
            space = " " if operator == "not" else ""
            return (operator + space, document(operand, level))
        case Binary():
            return _group(_operations(*_operands(expression), level), level)
        case Lambda():
            return _lambda(expression, level)
        case Slice():
            return _slice(expression)


def arguments(call: Call, level: Level) -> Document:
    """The arguments of a call, in their parentheses."""
    entries: list[Document] = []
    for key, value in call.arguments:
        name = "" if key is None else key if key == "**" else key + "="
        entries.append((name, document(value, ENCLOSED)))
    if not entries:
        return "()"
    return _bracketed("(", Group(joined(entries)), ")", level)


def joined(entries: Sequence[Document]) -> Document:
    """Entries with commas between them, one after the last if they stand on lines."""
    parts: list[Document] = []
    for entry in entries:
        parts += [entry, ",", Line.SPACE]
    comma = (If(True, ","),) if len(entries) > 1 else ()
    return (*parts[:-2], *comma)


def in_parentheses(content: Document, mark: Mark | None = None) -> Document:
    """Content in parentheses if it is broken.

    Content laid out for the level of `mark` breaks its own brackets before that; other
    content is laid out as enclosed.
    """
    mark = mark or Mark()
    body = Indent((Line.SOFT, content), mark)
    return Group((If(True, "("), body, Line.SOFT, If(True, ")")), mark)


def _all(items: Iterable[Expression]) -> list[Document]:
    return [document(item, ENCLOSED) for item in items]


def _listed(left: str, entries: list[Document], right: str, level: Level) -> Document:
    if not entries:
        return left + right
    return _bracketed(left, joined(entries), right, level)


def _bracketed(left: str, content: Document, right: str, level: Level) -> Document:
    inner: Document = Group(_indented(content))
    if isinstance(level, Mark):
        inner = FitsExpanded(inner, level)
    return (left, inner, right)


def _indented(content: Document) -> Document:
    return (Indent((Line.SOFT, content)), Line.SOFT)


def _group(content: Document, level: Level) -> Document:
    if isinstance(level, Mark):
        return GroupIfBroken(content, level)
    return Group(content) if level == ENCLOSED else content


def _break(line: Line, level: Level) -> Document:
    """A place to break a line, if in parentheses at all."""
    if isinstance(level, Mark):
        return (If(True, line, level), If(False, line.value, level))
    return line if level == ENCLOSED else line.value


def _trailer(
    expression: Call | Index | Attribute, level: Level, fluent: bool | None
) -> Document:
    outermost = fluent is None
    if fluent is None:
        fluent = level != BARE and is_fluent(expression)
    match expression:
        case Call(inner):
            suffix = arguments(expression, level)
        case Index(inner, index):
            suffix = _bracketed("[", _index(index), "]", level)
        case Attribute(inner, name):
            broken = fluent and isinstance(inner, Call | Index | Parenthesized)
            suffix = (Line.SOFT if broken else "", "." + name)
    is_link = isinstance(inner, Call | Index | Attribute)
    content = (document(inner, level, fluent if is_link else None), suffix)
    return Group(content) if fluent and outermost else content


def _index(index: Expression) -> Document:
    if isinstance(index, Tuple_) and len(index.items) > 1:
        return Group(joined(_all(index.items)))
    return document(index, ENCLOSED)


def _slice(node: Slice) -> Document:
    space = "" if all(map(_is_simple, (node.lower, node.upper, node.step))) else " "
    parts: list[Document] = []
    if node.lower:
        parts += [document(node.lower, ENCLOSED), space]
    parts.append(":")
    if node.upper:
        parts += [space, document(node.upper, ENCLOSED)]
    if node.step:
        parts += [space if node.upper else "", ":", space]
        parts.append(document(node.step, ENCLOSED))
    return tuple(parts)


def _is_simple(bound: Expression | None) -> bool:
    match bound:
        case Unary("-" | "~", operand):
            return _is_simple(operand)
        case Atom(text):
            return "." not in text
    return bound is None or isinstance(bound, Constant)


def _operands(expression: Expression) -> tuple[list[Expression], list[str]]:
    """Operands and operators side by side, without regard to what binds tighter."""
    if not isinstance(expression, Binary):
        return [expression], []
    left, left_operators = _operands(expression.left)
    right, right_operators = _operands(expression.right)
    return left + right, [*left_operators, expression.operator, *right_operators]


def _operations(
    operands: list[Expression], operators: list[str], level: Level
) -> Document:
    """Operands that break before the loosest of their operators, all or none."""
    if not operators:
        return document(operands[0], level)
    loosest = min(map(rank, operators))
    parts: list[Document] = []
    start = 0
    for index, operator in enumerate([*operators, None]):
        if operator is not None and rank(operator) != loosest:
            continue
        inner = _operations(operands[start : index + 1], operators[start:index], level)
        parts.append(_group(inner, level) if index > start else inner)
        start = index + 1
        if operator is None:
            break
        tight = operator == "**" and all(
            map(_is_power_operand, operands[index : index + 2])
        )
        space = Line.SOFT if tight else Line.SPACE
        parts += [_break(space, level), operator, _after(tight, level)]
    return tuple(parts)


def _after(tight: bool, level: Level) -> Document:
    """The space after an operator; a tight one has it only where it starts a line."""
    if not tight:
        return " "
    if isinstance(level, Mark):
        return If(True, If(True, " "), level)
    return If(True, " ") if level == ENCLOSED else ""


def _is_power_operand(operand: Expression) -> bool:
    match operand:
        case Unary("-" | "~", inner) | Attribute(Parenthesized(inner) | inner):
            return _is_power_operand(inner)
        case Constant(text):
            return text[0] not in "'\""
    return isinstance(operand, Atom)


def _lambda(node: Lambda, level: Level, *, passed: bool = False) -> Document:
    """A lambda; one that is assigned puts parentheses around its body first."""
    body = _lambda_body(node.body, level)
    names = " " + ", ".join(node.parameters) if node.parameters else ""
    return (f"lambda{names}: ", FitsExpanded(body) if passed else body)


def _lambda_body(body: Expression, level: Level) -> Document:
    if wish(body) == Wish.ALWAYS_IF_BROKEN:
        return in_parentheses(document(body, ENCLOSED))
    plain = document(body, level)
    if isinstance(body, Call | Index):
        wrapped = ("(", Indent((Line.HARD, plain)), Line.HARD, ")")
        return Best((plain, Group(plain, expand=True), wrapped))
    if isinstance(body, Tuple_ | List_ | Dict_):
        return plain
    return in_parentheses(document(body, ENCLOSED))
