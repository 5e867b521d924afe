"""What an expression can stand for while a spec is lowered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import force_setattr

from specc.ir.graph import Ref
from specc.ir.op import Op
from specc.ir.types import Type
from specc.lower.cell_parameters import Definition
from specc.lower.constants import Number
from specc.lower.recurrent_options import RecurrentOptions, Starts
from specc.lower.wording import counted, number_text
from specc.ops.recurrent import Direction, Merge
from specc.syntax import tree
from specc.text import Span


class Value(Struct, frozen=True):
    """A value of the model."""

    ref: Ref
    type: Type


class Bundle(Struct, frozen=True):
    """Several values side by side; `count` of them in all, nested `depth` deep.

    Both follow from the items.
    """

    items: tuple[Thing, ...]
    count: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        inner = [item for item in self.items if isinstance(item, Bundle)]
        count = len(self.items) - len(inner) + sum(item.count for item in inner)
        force_setattr(self, "count", count)
        depth = 1 + max((item.depth for item in inner), default=0)
        force_setattr(self, "depth", depth)


class Constant(Struct, frozen=True):
    """A number known now; as a value it fits any type."""

    value: Number


class Word(Struct, frozen=True):
    """A string of the spec."""

    text: str


class Broken(Struct, frozen=True):
    """Something already reported; nothing that follows from it is reported again."""


class OpLayer(Struct, frozen=True):
    """A layer that is one op. `text`: how it reads with its names worked out."""

    op: Op
    name: str
    span: Span
    text: str = ""


class Initial(Struct, frozen=True):
    """The states a recurrent layer starts from, as `init` gives them."""

    states: Thing
    span: Span


class CellLayer(Struct, frozen=True):
    """`lstm(64, final)`, or with a direction and merge, `bi(lstm(64))`.

    `outside`: the values the cell sees at every step, and where they were given.
    `starts`: what the use says of how single weights start. `text`: as in `OpLayer`.
    """

    definition: Definition
    arguments: Mapping[str, Number | str]
    options: RecurrentOptions
    span: Span
    outside: tuple[tuple[Value, Span], ...] = ()
    init: Initial | None = None
    direction: Direction = "forward"
    merge: Merge = "concat"
    starts: Starts = ()
    text: str = ""

    @property
    def name(self) -> str:
        prefix = "bi_" if self.direction == "both" else ""
        return prefix + self.definition.name


class Chain(Struct, frozen=True):
    """Layers in series."""

    steps: tuple[Layer, ...]
    span: Span


class Fan(Struct, frozen=True):
    """Layers side by side: one value into all, or several pairwise."""

    items: tuple[Layer, ...]
    span: Span


class Shared(Struct, frozen=True):
    """A layer bound by `let`: one set of weights, named by the binding."""

    name: str
    layer: Layer
    span: Span


class Named(Struct, frozen=True):
    """A layer with a label of its own (`as`)."""

    label: tree.Name
    layer: Layer
    span: Span


class Deferred(Struct, frozen=True):
    """Layers that are made when a value flows in: a block, a loop, a body in braces.

    `named`: the layers are one thing with a name of its own, as a block is.
    """

    run: Callable[[Thing], Thing]
    span: Span
    named: bool = False


Layer = OpLayer | CellLayer | Chain | Fan | Shared | Named | Deferred
Thing = Value | Bundle | Constant | Word | Layer | Broken


def is_layer(thing: Thing) -> TypeGuard[Layer]:
    """Whether it is applied to values (rather than being one)."""
    return not isinstance(thing, Value | Bundle | Constant | Word | Broken)


def is_single(layer: Layer) -> bool:
    """Whether it makes one node, which can have the name it is given to itself."""
    if isinstance(layer, Deferred):
        return layer.named
    return isinstance(layer, OpLayer | CellLayer)


def flat(thing: Thing) -> Iterator[Thing]:
    """All that a tuple holds, in order, however it is nested."""
    if not isinstance(thing, Bundle):
        yield thing
        return
    for item in thing.items:
        yield from flat(item)


def describe(thing: Thing) -> str:
    """What a diagnostic calls it."""
    match thing:
        case Value(type=type):
            return f"a value of type `{type}`"
        case Bundle(count=count):
            return counted(count, "value")
        case Constant(value=value):
            return f"the number {number_text(value)}"
        case Word(text=text):
            return f"the text {text!r}"
        case _:
            return "a layer"
