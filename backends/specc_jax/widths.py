"""Names for the sizes of a cell's weights: `inputs`, `units`, as far as they agree."""

from __future__ import annotations

from msgspec import Struct

from specc.codegen.cell_layers import is_layer, keeps_width
from specc.codegen.names import Names
from specc.ir.graph import Cell
from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.ops.kept import Kept
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.softmax import Softmax

AXES = {1: ("units",), 2: ("rows", "columns"), 3: ("height", "width", "filters")}
# An axis of a node's value.
Place = tuple[int, int]


class Widths(Struct, frozen=True):
    """`shapes`: weights' shapes in names; `sizes`: the number each name has.

    Weights of layers inside the cell are there where they are as wide as the input.
    """

    shapes: dict[str, tuple[str, ...]]
    sizes: dict[str, int]


def name_widths(cell: Cell, names: Names) -> Widths:
    """Equal names where the equations make sizes equal, whatever their numbers."""
    same = _Classes()
    for number, node in enumerate(cell.nodes):
        inputs = [ref.node for ref in node.inputs]
        match node.op:
            case Product():
                a, b = inputs
                left, right = cell.nodes[a].type.rank - 1, cell.nodes[b].type.rank - 1
                same.join((a, left), (b, right))
                same.align(number, a, left)
                same.align(number, b, right, start=left)
            case Arithmetic() | Function() | Kept() | Softmax():
                for other in inputs:
                    rank = cell.nodes[other].type.rank
                    same.align(number, other, rank, start=node.type.rank - rank)
            case _ if is_layer(node) and keeps_width(node):
                same.align(number, inputs[0], 1)
    for state in cell.states:
        same.align(state.before.node, state.after.node, cell.type_of(state.before).rank)
    return _named(cell, same, names)


def _named(cell: Cell, same: _Classes, names: Names) -> Widths:
    """`inputs` and `units` come first, then what belongs to neither."""
    wanted = {same.find((0, cell.nodes[0].type.rank - 1)): "inputs"}
    for state, words in zip(cell.states, state_names(cell), strict=True):
        for axis, name in enumerate(words):
            wanted.setdefault(same.find((state.before.node, axis)), name)
    axes: dict[Place, int] = {}
    shapes: dict[str, list[Place]] = {}
    for number, node in enumerate(cell.nodes):
        if isinstance(node.op, Parameter):
            groups = [same.find((number, axis)) for axis in range(node.type.rank)]
            sizes = [axis.size.at({}) for axis in node.type.axes]
            axes.update(zip(groups, sizes, strict=True))
            shapes[node.name] = groups
        elif node.weights and keeps_width(node):
            group = same.find((number, 0))
            axes[group] = node.type.last.at({})
            for weight in node.weights:
                shapes[f"{node.name}.{weight.name}"] = [group] * len(weight.shape)
    order = [*(group for group in wanted if group in axes), *axes]
    found = {g: names.take(wanted.get(g, "width")) for g in dict.fromkeys(order)}
    return Widths(
        {
            name: tuple(found[group] for group in shape)
            for name, shape in shapes.items()
        },
        {found[group]: axes[group] for group in found},
    )


class _Classes:
    """Axes that have one size, as trees of which each points to its root."""

    def __init__(self) -> None:
        self._parents: dict[Place, Place] = {}

    def find(self, place: Place) -> Place:
        while place in self._parents:
            place = self._parents[place]
        return place

    def join(self, a: Place, b: Place) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parents[b] = a

    def align(self, a: int, b: int, rank: int, start: int = 0) -> None:
        """So many axes of a value, from one on, are the axes of another."""
        for axis in range(rank):
            self.join((a, start + axis), (b, axis))


def state_names(cell: Cell) -> list[tuple[str, ...]]:
    """What the sizes of each state would be called."""
    found = []
    for place, state in enumerate(cell.states):
        rank = cell.type_of(state.before).rank
        names = AXES.get(rank, ("size",) * rank)
        found.append(tuple(f"{state.name}_{n}" if place else n for n in names))
    return found
