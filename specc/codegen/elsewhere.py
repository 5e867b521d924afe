"""Where a model's weights lie in another world: tables, read in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import WRONG_MAP
from specc.ir.graph import Model, Node
from specc.ir.weights import Weight


class Share(Struct, frozen=True):
    """A part of an array elsewhere, as it stands in the place of a weight of ours.

    The array, seen in the shape `whole`, is cut along `axis` from `start` on to `size`;
    its axes are then laid out in `order`. What comes out has a canonical shape.
    """

    array: str
    whole: tuple[int, ...]
    axis: int
    start: int
    size: int
    order: tuple[int, ...]


class Match(Struct, frozen=True):
    """Weights of ours and shares elsewhere that have one and the same sum.

    Mostly one of each. The sum goes to the first of a side and the others are zero, as
    with one bias here and two there. A side without any stands for zeros.
    """

    ours: tuple[str, ...]
    theirs: tuple[Share, ...]


class Table(Struct, frozen=True):
    """Every weight of a model in another world, each exactly once.

    `shapes` are those of all arrays there, by name, and `owner` says which layer of the
    model an array belongs to. `spare` are arrays that may be there and hold no weight.
    """

    shapes: dict[str, tuple[int, ...]]
    matches: tuple[Match, ...]
    owner: dict[str, Node]
    spare: frozenset[str] = frozenset()


class Builder:
    """Collects a table. A share is told by the shape it has once it is in `order`."""

    def __init__(self) -> None:
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._matches: list[Match] = []
        self._owner: dict[str, Node] = {}
        self._spare: set[str] = set()

    def array(self, node: Node, name: str, *shape: int) -> str:
        """Note an array that there is elsewhere, for a layer.

        Raises `Failure` if it is another layer's already.
        """
        if name in self._shapes:
            both = f"`{self._owner[name].name}` and `{node.name}`"
            message = f"{both} would both have their weights in `{name}`"
            help = "give each a place of its own with `--map`"
            raise Failure([Diagnostic(WRONG_MAP, message, help=help)])
        self._shapes[name], self._owner[name] = shape, node
        return name

    def spare(self, name: str) -> None:
        """Note an array that may be there, and that no weight is in."""
        self._spare.add(name)

    def match(self, *ours: str, theirs: tuple[Share, ...]) -> None:
        """Note that weights and shares have one sum."""
        self._matches.append(Match(ours, theirs))

    def same(
        self,
        node: Node,
        ours: str,
        array: str,
        weight: Weight,
        order: tuple[int, ...] | None = None,
        shape: tuple[int, ...] | None = None,
    ) -> None:
        """A weight that is an array of its own.

        `order` are the array's axes in the order of ours; `shape` is how the array
        stands there, where its axes are split or joined.
        """
        axes = order or tuple(range(len(weight.shape)))
        whole = [0] * len(axes)
        for place, axis in enumerate(axes):
            whole[axis] = weight.shape[place]
        self.array(node, array, *(shape or whole))
        self.match(ours, theirs=(self.whole(array, tuple(whole), axes),))

    def whole(
        self, array: str, shape: tuple[int, ...], order: tuple[int, ...]
    ) -> Share:
        """All of an array."""
        size = shape[0] if shape else 1
        return Share(array, shape, 0, 0, size, order)

    def table(self) -> Table:
        return Table(
            self._shapes, tuple(self._matches), self._owner, frozenset(self._spare)
        )


def own_weights(model: Model) -> Iterator[tuple[Node, tuple[Weight, ...]]]:
    """The layers with the weights that no layer before them has."""
    seen: set[str] = set()
    for node in model.nodes:
        found = tuple(
            weight
            for weight in node.weights
            if f"{node.name}.{weight.name}" not in seen
        )
        seen.update(f"{node.name}.{weight.name}" for weight in found)
        if found:
            yield node, found
