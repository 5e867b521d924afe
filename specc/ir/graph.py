"""The flat IR: nodes that refer to earlier nodes, in order.

A model and a cell are both graphs. A node stands for one application of an op; its
number is its place in the tuple. Nothing nests, so nothing is ever walked by recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from specc.ir.op import Op
from specc.ir.schedule import PORTABLE_TARGET, Target
from specc.ir.types import Frozen, Type
from specc.ir.weights import Weight
from specc.text import Span


class Ref(NamedTuple):
    """A value: which node made it, and which of its results it is."""

    node: int
    output: int = 0


class Node(Frozen):
    """One application of an op.

    `name`: for a layer, the path of its weights and its row in reports (`encode.lstm`);
    nodes that share weights share it. In a cell, the local name an equation gives;
    there a layer has its path in the cell as its name, and the local one in `values`.
    `values`: the names the spec gives the results ("" where none); may be shorter.
    `owner`: the number of the node that first used the weights, where they are shared.
    `masks`: per input, the mask the op reads; () where it reads none.
    `text`: how a layer reads with its names worked out; "" where that is as written.
    `called`: per input, what the head of the block calls it that the node is in (""
    where it does not); () where it calls none.
    """

    op: Op
    inputs: tuple[Ref, ...]
    types: tuple[Type, ...]
    name: str
    span: Span
    values: tuple[str, ...] = ()
    weights: tuple[Weight, ...] = ()
    owner: int | None = None
    masks: tuple[Ref | None, ...] = ()
    text: str = ""
    called: tuple[str, ...] = ()

    @property
    def type(self) -> Type:
        """The type of the only (or first) result."""
        return self.types[0]

    @property
    def local(self) -> str:
        """In a cell: the name an equation gives the value, "" where it gives none."""
        return self.values[0] if self.values else self.name


class Graph(Frozen):
    """Nodes in order; every ref points backwards."""

    name: str
    nodes: tuple[Node, ...]

    def type_of(self, ref: Ref) -> Type:
        return self.nodes[ref.node].types[ref.output]


class State(Frozen):
    """A state of a cell: the nodes that hold it before and after the step."""

    name: str
    before: Ref
    after: Ref


class ProductGroup(Frozen):
    """Products `W_i @ x, W_f @ x, ...` that share their operand: one product."""

    name: str
    operand: Ref
    products: tuple[int, ...]


class Outside(Frozen):
    """A value that a cell sees whole at every step, and its mask where it is ragged."""

    name: str
    value: Ref
    mask: Ref | None = None


class Cell(Graph):
    """A recurrent cell at fixed widths. Node 0 is this step's input `x`.

    `weights` are those of the equations and those of layers, as `dense.W`.
    """

    weights: tuple[Weight, ...]
    states: tuple[State, ...]
    output: Ref
    outside: tuple[Outside, ...] = ()
    groups: tuple[ProductGroup, ...] = ()

    def state_type(self, index: int) -> Type:
        return self.type_of(self.states[index].before)

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers inside, which have weights of their own."""
        return tuple(node for node in self.nodes if node.weights)


class Output(Frozen):
    """A result of a model. `name` is "" where the head gives none."""

    name: str
    ref: Ref


def place_name(place: int) -> str:
    """What an output without a name is called: `output`, `output_2`, ..."""
    return "output" if place == 1 else f"output_{place}"


class Model(Graph):
    """A whole model. `source` is the spec's file name, `sha256` that of its text.

    `settings` are the constants that were given another number than the text has.
    """

    inputs: tuple[Ref, ...]
    outputs: tuple[Output, ...]
    source: str
    sha256: str
    span: Span
    settings: tuple[tuple[str, int | float], ...] = ()
    target: Target = PORTABLE_TARGET
    mask_of: tuple[tuple[Ref, Ref], ...] = ()
    """The mask of every ragged value, once masks are inferred."""

    @property
    def output_names(self) -> tuple[str, ...]:
        """The outputs' names, by their place where the head gives none."""
        return tuple(
            output.name or place_name(place)
            for place, output in enumerate(self.outputs, 1)
        )

    def mask(self, ref: Ref) -> Ref | None:
        return dict(self.mask_of).get(ref)


def readers_of(nodes: Sequence[Node]) -> list[list[int]]:
    """The nodes that read each one's results, as often as they do."""
    found: list[list[int]] = [[] for _ in nodes]
    for number, node in enumerate(nodes):
        for ref in node.inputs:
            found[ref.node].append(number)
    return found
