"""Python statements as data: what `layout` lays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from specc.codegen.expressions import Atom, Call, Expression
from specc.codegen.imports import Import


class Assign(Struct, frozen=True):
    """`a = value  # comment`; several targets take a value apart, `a, b = value`."""

    targets: tuple[Expression, ...]
    value: Expression
    comment: str = ""


class Return(Struct, frozen=True):
    """`return value  # comment`; a tuple is written without parentheses."""

    value: Expression
    comment: str = ""


class Evaluate(Struct, frozen=True):
    """A call for what it does."""

    call: Call
    comment: str = ""


class Comment(Struct, frozen=True):
    """A line of comment on what follows."""

    text: str


class Heading(Struct, frozen=True):
    """A comment that heads a part of the file, with room on both sides."""

    text: str


class Blank(Struct, frozen=True):
    """An empty line between two statements."""


class Docstring(Struct, frozen=True):
    """A docstring, first line first; empty lines are empty strings."""

    lines: tuple[str, ...]


class Imports(Struct, frozen=True):
    """All imports of a file."""

    imports: frozenset[Import]


class Source(Struct, frozen=True):
    """Python text that is laid out already: a copied definition, or a constant."""

    text: str
    defines: bool = True


class Parameter(Struct, frozen=True):
    """A parameter of a function; `keyword` ones follow a `*`, `rest` is `**name`."""

    name: str
    default: Expression | None = None
    keyword: bool = False
    rest: bool = False


class Function(Struct, frozen=True):
    """`def name(parameters): body`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...] = ()


class Class(Struct, frozen=True):
    """`class name(bases): body`; a base may be given a keyword, as in a call."""

    name: str
    bases: tuple[tuple[str | None, Expression], ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...] = ()


Statement: TypeAlias = (
    "Assign | Return | Evaluate | Comment | Heading | Blank | Docstring | Imports | "
    "Source | Function | Class"
)


def assigned_names(statements: Sequence[Statement]) -> list[str]:
    """The variables that statements assign, in their order."""
    return [
        target.text
        for statement in statements
        if isinstance(statement, Assign)
        for target in statement.targets
        if isinstance(target, Atom)
    ]
