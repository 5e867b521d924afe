"""The line builder: statements laid out exactly as `ruff format` would.

>>> body = (Assign((Atom("x"),), call("dense", Atom("x")), "[B, 64]"),)
>>> print(layout(body), end="")
x = dense(x)  # [B, 64]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from specc.codegen.documents import (
    STEP,
    WIDTH,
    Document,
    Group,
    If,
    Indent,
    Line,
)
from specc.codegen.expressions import (
    Atom,
    Call,
    Expression,
    Index,
    Tuple_,
    parenthesize,
)
from specc.codegen.imports import import_block
from specc.codegen.printer import print_document
from specc.codegen.statements import (
    Assign,
    Blank,
    Class,
    Comment,
    Docstring,
    Evaluate,
    Function,
    Heading,
    Imports,
    Parameter,
    Return,
    Source,
    Statement,
)
from specc.codegen.wrapping import (
    BARE,
    ENCLOSED,
    assigned_value,
    document,
    in_parentheses,
    joined,
    statement_value,
)

_Kind: TypeAlias = Literal["module", "class", "function"]

# Comments that tools obey: none of ours may be read as one.
_PRAGMA = re.compile(
    r"(noqa|type|pyright|pylint|flake8|ruff|isort|fmt|nosec)\b|.*coding[:=]"
)


def layout(statements: Sequence[Statement]) -> str:
    """The text of a module of these statements, ended by a newline."""
    return "\n".join(_block(statements, WIDTH, "module")) + "\n"


def _block(statements: Sequence[Statement], width: int, kind: _Kind) -> Iterator[str]:
    """The lines of a body at the margin, with empty lines between its statements."""
    assert statements, "an empty body"
    assert not isinstance(statements[-1], Blank | Comment | Heading), "an open end"
    before: Statement | None = None
    gap = 0
    for position, statement in enumerate(statements):
        if isinstance(statement, Blank):
            gap = 1
            continue
        if before is not None:
            room = _room(before, _subject(statements, position), statement, kind)
            yield from [""] * max(gap, room)
        yield from _lines(statement, width, kind)
        before, gap = statement, 0


def _subject(statements: Sequence[Statement], position: int) -> Statement:
    """What a statement is about: a comment is about what follows it."""
    while isinstance(statements[position], Comment):
        position += 1
    return statements[position]


def _room(before: Statement, subject: Statement, after: Statement, kind: _Kind) -> int:
    """How many empty lines must stand between two statements."""
    if isinstance(before, Heading) or isinstance(after, Heading):
        assert kind == "module", "a heading inside of a definition"
        assert not isinstance(before, Docstring), "a heading before any import"
        # Ruff's import rules take a heading for a part of what follows them.
        return 1 if isinstance(before, Imports) else 2
    if isinstance(before, Comment):
        return 0
    if _is_definition(before) or _is_definition(subject):
        return 2 if kind == "module" else 1
    if isinstance(before, Docstring):
        return 0 if kind == "function" else 1
    return int(any(isinstance(s, Imports | Source) for s in (before, after)))


def _is_definition(statement: Statement) -> bool:
    if isinstance(statement, Source):
        return statement.defines
    return isinstance(statement, Function | Class)


def _lines(statement: Statement, width: int, kind: _Kind) -> list[str]:
    match statement:
        case Assign(targets, value, comment):
            return _commented(_assignment(targets, value), comment, width)
        case Return(value, comment):
            return _commented(("return ", _returned(value)), comment, width)
        case Evaluate(call, comment):
            return _commented(document(parenthesize(call), BARE), comment, width)
        case Comment(text) | Heading(text):
            return [_comment(text)]
        case Docstring(lines):
            return _docstring(lines)
        case Imports(imports):
            return import_block(imports).split("\n")
        case Source(text):
            assert kind == "module", "copied source inside of a definition"
            return text.strip("\n").split("\n")
        case Function() | Class():
            return _definition(statement, width)
        case Blank():
            return []


def _commented(statement: Document, comment: str, width: int) -> list[str]:
    """A statement and its comment: at its end if all is one line, else above."""
    lines = print_document(statement, width).split("\n")
    if not comment:
        return lines
    text = _comment(comment)
    if len(lines) == 1 and len(lines[0]) + 2 + len(text) <= width:
        return [f"{lines[0]}  {text}"]
    return [text, *lines]


def _comment(text: str) -> str:
    assert text and text == text.strip(), f"space around a comment: {text!r}"
    assert text.isascii() and text.isprintable(), f"not plain text: {text!r}"
    assert not _PRAGMA.match(text), f"a comment that is an order: {text!r}"
    return "# " + text


def _docstring(lines: Sequence[str]) -> list[str]:
    text = "".join(lines)
    assert lines and all(line == line.rstrip() for line in lines), "a ragged docstring"
    assert text.isascii() and text.isprintable(), f"not plain text: {text!r}"
    assert '"""' not in text and "\\" not in text, f"ends the docstring: {text!r}"
    assert lines[0] == lines[0].lstrip() != "", "a docstring starts with its subject"
    assert lines[0][0] != '"' != lines[-1][-1], "a quote at the end of a docstring"
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    least = min(len(line) - len(line.lstrip()) for line in lines[1:] if line)
    assert least == 0, "a docstring that is indented as a whole"
    return ['"""' + lines[0], *lines[1:], '"""']


def _definition(statement: Function | Class, width: int) -> list[str]:
    heads: list[Document] = [
        ("@", document(parenthesize(decorator), BARE))
        for decorator in statement.decorators
    ]
    kind: _Kind = "class" if isinstance(statement, Class) else "function"
    heads.append(_class(statement) if isinstance(statement, Class) else _def(statement))
    lines = [line for head in heads for line in print_document(head, width).split("\n")]
    inner = _block(statement.body, width - STEP, kind)
    return [*lines, *(" " * STEP + line if line else "" for line in inner)]


def _class(statement: Class) -> Document:
    name = Atom(statement.name)
    head = Call(name, statement.bases) if statement.bases else name
    return ("class ", document(parenthesize(head), BARE), ":")


def _def(statement: Function) -> Document:
    parameters = _parameters(statement.parameters)
    return ("def ", Atom(statement.name).text, Group(parameters), ":")


def _parameters(parameters: Sequence[Parameter]) -> Document:
    entries: list[Document] = []
    starred = False
    for parameter in parameters:
        if parameter.keyword and not starred:
            entries.append("*")
        follows = parameter.keyword or parameter.rest
        assert follows or not starred, "a positional parameter after a `*`"
        starred = follows
        default = parameter.default
        tail = default and ("=", document(parenthesize(default), ENCLOSED))
        stars = "**" if parameter.rest else ""
        entries.append((stars, Atom(parameter.name).text, tail or ""))
    if not entries:
        return "()"
    content = (
        (entries[0], If(True, ",")) if len(entries) == 1 else Group(joined(entries))
    )
    return ("(", Indent((Line.SOFT, content)), Line.SOFT, ")")


def _assignment(targets: Sequence[Expression], value: Expression) -> Document:
    value = parenthesize(value)
    if len(targets) > 1:
        apart = in_parentheses(
            joined([document(parenthesize(t), ENCLOSED) for t in targets])
        )
        if isinstance(value, Tuple_) and len(value.items) > 1:
            return (apart, " = ", in_parentheses(_items(value)))
        return assigned_value(apart, value)
    target = document(parenthesize(targets[0]), BARE)
    if isinstance(targets[0], Index | Tuple_):
        return assigned_value(target, value)
    return (target, " = ", statement_value(value))


def _returned(value: Expression) -> Document:
    value = parenthesize(value)
    if not isinstance(value, Tuple_) or len(value.items) < 2:
        return statement_value(value)
    # Ruff would let two break in brackets of their own; a line for each reads better.
    return in_parentheses(_items(value))


def _items(value: Tuple_) -> Document:
    return joined([document(item, ENCLOSED) for item in value.items])
