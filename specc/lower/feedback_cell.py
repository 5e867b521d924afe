"""Layers along steps as one cell that hears its own output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops.arithmetic import Arithmetic
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.recurrent import Recurrent
from specc.ops.state import State as StateOp
from specc.text import Span

EQUATIONS = frozenset(("arithmetic", "function", "softmax", "concat", "number"))
"""Ops that are parts of equations, without a name of their own."""
Key = tuple[int, int]
"""A node of the body and, where that is recurrent, one of its cell; else -1."""
STEP: Key = (-1, 0)
SAID: Key = (-1, 1)


class Made(Struct, frozen=True):
    """The cell; the values it sees from outside; its first states, () for zeros."""

    cell: Cell
    outside: tuple[Ref, ...]
    initial: tuple[Ref | float, ...]


class _Parts(Struct):
    """The nodes of a cell in the order of their kinds, by key."""

    leaves: dict[Key, Node] = field(default_factory=dict)
    states: dict[Key, Node] = field(default_factory=dict)
    params: dict[Key, Node] = field(default_factory=dict)
    equations: dict[Key, tuple[Node, tuple[Key, ...]]] = field(default_factory=dict)
    masks: dict[Key, tuple[Key | None, ...]] = field(default_factory=dict)


def feedback_cell(nodes: Sequence[Node], first: int, given: Ref, path: str) -> Made:
    """The cell for the nodes from `first` on, which gives the start to the body.

    Its step hears x + y, what comes in and its own output before: x is the start at
    the first step, where y is zero, and zero at all others.
    """
    return _Maker(nodes, first, given, path).make()


class _Maker:
    def __init__(
        self, nodes: Sequence[Node], first: int, given: Ref, path: str
    ) -> None:
        self.nodes, self.first, self.path = nodes, first, path
        self.after_key: Key = (given.node, -1)
        self.parts = _Parts()
        self.alias: dict[Key, Key] = {}
        self.weights: list[Weight] = []
        self.advanced: list[tuple[str, Key, Key]] = []
        self.seen: list[tuple[str, Key, Key | None]] = []
        self.outside: list[Ref] = []
        self.initial: list[Ref | float] = []

    def make(self) -> Made:
        start = self.nodes[self.first]
        width = at_a_step(start.type)
        x, y = Input(type=width), StateOp(type=width)
        self.parts.leaves[STEP] = _node(x, (width,), "x", start.span)
        self.parts.states[SAID] = _node(y, (width,), "y", start.span)
        heard = _node(Arithmetic(operator="+"), (width,), "heard", start.span)
        self.parts.equations[(self.first, -1)] = heard, (STEP, SAID)
        for number in inside(self.nodes, self.first):
            if isinstance(self.nodes[number].op, Recurrent):
                self._run(number)
            elif number != self.first:
                self._layer(number)
        return self._made()

    # The body's nodes

    def _layer(self, number: int) -> None:
        """A layer at one step, or a part of an equation."""
        node = self.nodes[number]
        name = "" if node.op.name() in EQUATIONS else self._relative(node.name)
        made = Node(
            op=node.op,
            inputs=(),
            types=tuple(map(at_a_step, node.types)),
            name=name,
            span=node.span,
            values=("",),
            weights=node.weights,
        )
        keys = tuple(self._value(ref) for ref in node.inputs)
        self.parts.equations[(number, -1)] = made, keys
        self._add_weights(name, node.weights)

    def _value(self, ref: Ref) -> Key:
        """A value of the body at this step, or a number."""
        key = (ref.node, -1)
        node = self.nodes[ref.node]
        if isinstance(node.op, Number) and key not in self.parts.equations:
            self.parts.equations[key] = _node(node.op, node.types, "", node.span), ()
        return self.alias.get(key, key)

    def _run(self, number: int) -> None:
        """A recurrent layer: its cell's nodes, and its states among the others."""
        node = self.nodes[number]
        assert isinstance(node.op, Recurrent)
        cell, name = node.op.cell, self._relative(node.name)
        x, *others = node.inputs
        self.alias[(number, 0)] = self._value(x)
        for place, inner in enumerate(cell.nodes):
            if place > 0:
                self._inner(number, place, inner, name)
        for state in cell.states:
            before, after = (number, state.before.node), (number, state.after.node)
            self.advanced.append((f"{name}.{state.name}", before, self._key(after)))
        for one in cell.outside:
            mask = None if one.mask is None else (number, one.mask.node)
            self.seen.append((f"{name}.{one.name}", (number, one.value.node), mask))
        self.outside += others[: len(cell.outside)]
        given = others[len(cell.outside) :]
        self.initial += [self._start(ref) for ref in given] or [0.0] * len(cell.states)
        self.alias[(number, -1)] = self._key((number, cell.output.node))
        self._add_weights(name, cell.weights)

    def _inner(self, number: int, place: int, node: Node, name: str) -> None:
        """A node of a recurrent layer's cell, under the layer's name."""
        values = tuple(f"{name}.{value}" if value else "" for value in node.values)
        named = f"{name}.{node.name}" if node.name else ""
        update = {"name": named, "values": values, "inputs": (), "masks": ()}
        made, key = replace(node, **update), (number, place)
        match node.op:
            case Input():
                self.parts.leaves[key] = made
            case StateOp():
                self.parts.states[key] = made
            case Parameter():
                self.parts.params[key] = made
            case _:
                inputs = (self._key((number, ref.node)) for ref in node.inputs)
                self.parts.equations[key] = made, tuple(inputs)
                self.parts.masks[key] = tuple(
                    None if ref is None else (number, ref.node) for ref in node.masks
                )

    def _key(self, key: Key) -> Key:
        return self.alias.get(key, key)

    def _start(self, ref: Ref) -> Ref | float:
        op = self.nodes[ref.node].op
        return op.value if isinstance(op, Number) else ref

    def _relative(self, name: str) -> str:
        return name.removeprefix(f"{self.path}.")

    def _add_weights(self, name: str, weights: Sequence[Weight]) -> None:
        self.weights += [
            replace(weight, name=f"{name}.{weight.name}") for weight in weights
        ]

    # The cell

    def _made(self) -> Made:
        parts, said = self.parts, self._key(self.after_key)
        leading = {**parts.leaves, **parts.states, **parts.params}
        numbers = {key: n for n, key in enumerate((*leading, *parts.equations))}
        nodes = list(leading.values())
        for key, (node, inputs) in parts.equations.items():
            refs = tuple(Ref(numbers[self._key(one)]) for one in inputs)
            masks = tuple(
                None if mask is None else Ref(numbers[mask])
                for mask in parts.masks.get(key, ())
            )
            nodes.append(replace(node, inputs=refs, masks=masks))
        after = Ref(numbers[said])
        if not nodes[after.node].local:
            nodes[after.node] = _called(nodes[after.node], "y'")
        states = [State(name="y", before=Ref(numbers[SAID]), after=after)]
        for name, before, new in self.advanced:
            old = Ref(numbers[before])
            states.append(State(name=name, before=old, after=Ref(numbers[new])))
        outside = (
            Outside(
                name=name,
                value=Ref(numbers[value]),
                mask=None if mask is None else Ref(numbers[mask]),
            )
            for name, value, mask in self.seen
        )
        cell = Cell(
            name="feedback",
            nodes=tuple(nodes),
            weights=tuple(self.weights),
            states=tuple(states),
            output=after,
            outside=tuple(outside),
        )
        is_given = any(self.initial)
        initial = (0.0, *self.initial) if is_given else ()
        return Made(cell, tuple(self.outside), initial)


def inside(nodes: Sequence[Node], first: int) -> Iterator[int]:
    """The nodes that depend on the one where a body begins, which comes first."""
    found = {first}
    for number in range(first, len(nodes)):
        if any(ref.node in found for ref in nodes[number].inputs):
            found.add(number)
        if number in found:
            yield number


def at_a_step(type: Type) -> Type:
    """The type of a value of the body at one step."""
    return type.with_axes(*type.axes[1:])


def _called(node: Node, name: str) -> Node:
    """The node under the name of an equation; a layer's own is its path."""
    update: dict[str, object] = {"name": name, "values": ()}
    if node.name:
        update = {"values": (name,)}
    return replace(node, **update)


def _node(
    op: Input | StateOp | Arithmetic | Number,
    types: tuple[Type, ...],
    name: str,
    span: Span,
) -> Node:
    return Node(op=op, inputs=(), types=types, name=name, span=span)
