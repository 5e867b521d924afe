"""Names for the sizes in a cell: `inputs`, `units`, as its equations relate them."""

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
# An axis of a node's value: the node's number, and which of its axes.
Place = tuple[int, int]


class Widths(Struct, frozen=True):
    """Sizes by name, the same name where they are equal in every use of the cell.

    `shapes` are those of the weights, of layers inside the cell where they are as wide
    as their input; `states` and `output` the sizes of these;
    `sizes` has the number each name stands for here.
    """

    shapes: dict[str, tuple[str, ...]]
    states: tuple[tuple[str, ...], ...]
    output: tuple[str, ...]
    sizes: dict[str, int]

    @property
    def of_weights(self) -> list[str]:
        """The names of the sizes that weights have; `inputs` comes first."""
        used = {size for shape in self.shapes.values() for size in shape}
        named = [size for size in self.sizes if size in used]
        return sorted(named, key=lambda size: size != "inputs")


def name_widths(cell: Cell, names: Names, *, inputs_first: bool = False) -> Widths:
    """Equal names where the equations make sizes equal, whatever their numbers.

    `inputs_first`: a size that the input has too is called after it, also where it is
    that of a state or of the output.
    """
    namer = _Namer(cell, names)
    if inputs_first:
        namer.name(*namer.last_input, "inputs")
    return namer.widths()


class _Namer:
    def __init__(self, cell: Cell, names: Names) -> None:
        self.cell, self.names = cell, names
        self.same = _equal_places(cell)
        self.found: dict[Place, str] = {}
        self.sizes: dict[str, int] = {}
        self.last_input = (0, cell.nodes[0].type.rank - 1)

    def widths(self) -> Widths:
        states = tuple(
            tuple(
                self.name(state.before.node, axis, name)
                for axis, name in enumerate(names)
            )
            for state, names in zip(
                self.cell.states, state_names(self.cell), strict=True
            )
        )
        output = tuple(
            self.name(self.cell.output.node, axis, "output_units")
            for axis in range(self.cell.type_of(self.cell.output).rank)
        )
        shapes = {
            node.name: tuple(
                self.name(number, axis, "width") for axis in range(node.type.rank)
            )
            for number, node in enumerate(self.cell.nodes)
            if isinstance(node.op, Parameter)
        }
        for number, node in enumerate(self.cell.nodes):
            if keeps_width(node):
                for weight in node.weights:
                    size = self.name(number, 0, "width")
                    shapes[f"{node.name}.{weight.name}"] = (size,) * len(weight.shape)
        return Widths(shapes, states, output, self.sizes)

    def name(self, number: int, axis: int, wanted: str) -> str:
        """The name of one size; the first to ask for a size says how it is called."""
        place = self.same.find((number, axis))
        if place not in self.found:
            if place == self.same.find(self.last_input) and wanted == "width":
                wanted = "inputs"
            self.found[place] = self.names.take(wanted)
            size = self.cell.nodes[number].type.axes[axis].size
            self.sizes[self.found[place]] = size.at({})
        return self.found[place]


def _equal_places(cell: Cell) -> _Classes:
    """The axes that the equations make equal."""
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
    return same


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
