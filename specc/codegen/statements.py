"""Python statements as data: what `layout` lays out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from specc.codegen.expressions import Call, Expression
from specc.codegen.imports import Import


@dataclass(frozen=True, slots=True)
class Assign:
    """`a = value  # comment`; several targets take a value apart, `a, b = value`."""

    targets: tuple[Expression, ...]
    value: Expression
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """`return value  # comment`; a tuple is written without parentheses."""

    value: Expression
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Evaluate:
    """A call for what it does."""

    call: Call
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of comment on what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A comment that heads a part of the file, with room on both sides."""

    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line between two statements."""


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring, first line first; empty lines are empty strings."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imports:
    """All imports of a file."""

    imports: frozenset[Import]


@dataclass(frozen=True, slots=True)
class Source:
    """Python text that is laid out already: a copied definition, or a constant."""

    text: str
    defines: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `keyword` ones follow a `*`, `rest` is `**name`."""

    name: str
    default: Expression | None = None
    keyword: bool = False
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """`def name(parameters): body`."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """`class name(bases): body`; a base may be given a keyword, as in a call."""

    name: str
    bases: tuple[tuple[str | None, Expression], ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...] = ()


Statement: TypeAlias = (
    "Assign | Return | Evaluate | Comment | Heading | Blank | Docstring | Imports | "
    "Source | Function | Class"
)
