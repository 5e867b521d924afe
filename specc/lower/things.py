"""What an expression can stand for while a spec is lowered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from specc.ir.graph import Ref
from specc.ir.op import Op
from specc.ir.types import Type
from specc.lower.recurrent_options import RecurrentOptions
from specc.ops.recurrent import Direction, Merge
from specc.syntax import tree
from specc.text import Span


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the model."""

    ref: Ref
    type: Type


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several values side by side."""

    items: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number known now; as a value it fits any type."""

    value: int | float


@dataclass(frozen=True, slots=True)
class Word:
    """A string of the spec."""

    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Something already reported; nothing that follows from it is reported again."""


@dataclass(frozen=True, slots=True)
class OpLayer:
    """A layer that is one op."""

    op: Op
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class CellLayer:
    """`lstm(64, final)`, or with a direction and merge, `bi(lstm(64))`."""

    cell: tree.Cell
    constants: Mapping[str, object]
    arguments: Mapping[str, int | float | str]
    options: RecurrentOptions
    span: Span
    init: Thing | None = None
    direction: Direction = "forward"
    merge: Merge = "concat"

    @property
    def name(self) -> str:
        prefix = "bi_" if self.direction == "both" else ""
        return prefix + self.cell.name.text


@dataclass(frozen=True, slots=True)
class Chain:
    """Layers in series."""

    steps: tuple[Layer, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fan:
    """Layers side by side: one value into all, or several pairwise."""

    items: tuple[Layer, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Shared:
    """A layer bound by `let`: one set of weights, named by the binding."""

    name: str
    layer: Layer
    span: Span


@dataclass(frozen=True, slots=True)
class Named:
    """A layer with a label of its own (`as`)."""

    label: str
    layer: Layer
    span: Span


Layer = OpLayer | CellLayer | Chain | Fan | Shared | Named | Broken
Thing = Value | Bundle | Constant | Word | Layer


def is_layer(thing: Thing) -> TypeGuard[Layer]:
    """Whether it is applied to values (rather than being one)."""
    return not isinstance(thing, Value | Bundle | Constant | Word | Broken)


def describe(thing: Thing) -> str:
    """What a diagnostic calls it."""
    match thing:
        case Value(type=type):
            return f"a value of type `{type}`"
        case Bundle(items=items):
            return f"{len(items)} values"
        case Constant(value=value):
            return f"the number {value}"
        case Word(text=text):
            return f"the text {text!r}"
        case _:
            return "a layer"
