"""Makes masks values: ragged values get one, layers that obey it read it."""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op
from specc.ir.types import Axis, Type
from specc.ops.any_step import AnyStep
from specc.ops.both import Both
from specc.ops.concat import Concat
from specc.ops.contract import Contract
from specc.ops.every_step import EveryStep
from specc.ops.input import Input
from specc.ops.not_pad import NotPad
from specc.ops.outer_mask import OuterMask
from specc.ops.recurrent import Recurrent
from specc.ops.softmax import Softmax
from specc.ops.spread_mask import SpreadMask
from specc.ops.unfold import Unfold

Parts = dict[tuple[int, ...], Ref]
"""A mask taken apart: flags for some axes of a value, by which axes those are."""


def infer_masks(model: Model) -> Model:
    """Insert the nodes that compute masks and wire them to the ops that read them.

    The mask of ids is where they differ from the padding id; that of other ragged
    inputs is an input of its own, `<name>_mask`. Merged values count where all do.
    """
    masks = _Masks(model)
    for number, node in enumerate(model.nodes):
        masks.take(number, node)
    return replace(
        model,
        nodes=tuple(masks.nodes),
        inputs=(*(masks.moved[ref] for ref in model.inputs), *masks.inputs),
        outputs=tuple(
            Output(name=output.name, ref=masks.moved[output.ref])
            for output in model.outputs
        ),
        mask_of=tuple(sorted(masks.mask_of.items())),
    )


class _Masks:
    """The new nodes, where the old values moved to, and the mask of each."""

    def __init__(self, model: Model) -> None:
        self.nodes: list[Node] = []
        self.inputs: list[Ref] = []
        self.moved: dict[Ref, Ref] = {}
        self.owners: dict[int, int] = {}
        self.mask_of: dict[Ref, Ref] = {}
        self.parts: dict[Ref, Parts] = {}
        self.made: dict[tuple[Op, tuple[Ref, ...]], Ref] = {}

    def take(self, number: int, node: Node) -> None:
        inputs = tuple(self.moved[ref] for ref in node.inputs)
        reads = node.op.reads(*map(self._type, inputs))
        found = tuple(
            self.mask_of.get(ref)
            if reading and not self._is_zero(ref, place, node)
            else None
            for place, (ref, reading) in enumerate(zip(inputs, reads, strict=True))
        )
        parts = self._masks_to_join(node, inputs)
        closed: tuple[Ref | None, ...] = ()
        if isinstance(node.op, Concat) and node.op.closes_up(*map(self._type, inputs)):
            found = closed = parts
        self.owners[number] = len(self.nodes)
        owner = None if node.owner is None else self.owners[node.owner]
        new = len(self.nodes)
        self.nodes.append(
            replace(node, inputs=inputs, masks=found if any(found) else (), owner=owner)
        )
        for output in range(len(node.types)):
            self.moved[Ref(number, output)] = Ref(new, output)
        ragged = [o for o, type in enumerate(node.types) if type.ragged]
        if not ragged:
            return
        if not inputs:
            mask = self._input_mask(new, node)
        elif isinstance(node.op, Unfold):
            mask = self._unfolded(node, inputs, Ref(new, ragged[0]))
        elif parts:
            mask = self._insert(node.op, parts, node, masks=closed)
        else:
            mask = self._merged(node, inputs, Ref(new, ragged[0]))
        for output in ragged:
            self.mask_of[Ref(new, output)] = mask

    def _is_zero(self, ref: Ref, place: int, node: Node) -> bool:
        """Whether a sum is of weights that are 0 already where a step does not count.

        A softmax along the axis gave them.
        """
        made = self.nodes[ref.node]
        if type(made.op) is not Softmax or not isinstance(node.op, Contract):
            return False
        gone = (node.op.left, node.op.right)[place].index(None)
        return bool(made.masks) and made.op.place(made.type) == gone

    def _input_mask(self, number: int, node: Node) -> Ref:
        ref = Ref(number)
        if node.type.pad is not None:
            return self._insert(NotPad(pad=node.type.pad), (ref,), node)
        axes = (Axis(size=node.type.axes[0].size),)
        op = Input(type=Type(dtype="bool", axes=axes))
        mask = self._insert(op, (), node, name=f"{node.name}_mask")
        self.inputs.append(mask)
        return mask

    def _merged(self, node: Node, inputs: tuple[Ref, ...], value: Ref) -> Ref:
        # The steps of a cell are those of x, whatever else it sees.
        first = node.op.remembers or isinstance(node.op, Recurrent)
        types = [self._type(ref) for ref in inputs]
        window = node.op.mask(*types)
        if window is not None:
            return self._insert(window, (self.mask_of[inputs[0]],), node)
        found: Parts = {}
        layout = node.op.layout(*types)
        for ref, places in zip(inputs[:1] if first else inputs, layout, strict=False):
            if ref not in self.mask_of:
                continue
            for own, part in self._parts(self.mask_of[ref]).items():
                self._meet(found, tuple(places[axis] for axis in own), part, node)
        return self._laid_out(found, value, node)

    def _parts(self, mask: Ref) -> Parts:
        whole = tuple(range(self._type(mask).rank))
        return self.parts.get(mask, {whole: mask})

    def _meet(
        self, found: Parts, places: tuple[int | None, ...], part: Ref, node: Node
    ) -> None:
        """Add flags for these axes; those of an axis that is summed are gone."""
        kept = tuple(place for place in places if place is not None)
        if not kept:
            return
        for axis in range(len(places) - 1, -1, -1):
            if places[axis] is None:
                part = self._insert(AnyStep(axis=axis), (part,), node)
        before = found.get(kept, part)
        if before != part:
            part = self._insert(Both(), (before, part), node)
        found[kept] = part

    def _laid_out(self, found: Parts, value: Ref, node: Node) -> Ref:
        """One mask of several: for every axis up to the last one that is ragged."""
        (places, mask), *others = found.items()
        for more, part in others:
            together = tuple(sorted({*places, *more}))
            op = OuterMask(
                left=tuple(together.index(place) for place in places),
                right=tuple(together.index(place) for place in more),
            )
            places, mask = together, self._insert(op, (mask, part), node)
        if places != tuple(range(len(places))):
            mask = self._insert(SpreadMask(places=places), (mask, value), node)
        self.parts.setdefault(mask, dict(found))
        return mask

    def _unfolded(self, node: Node, inputs: tuple[Ref, ...], value: Ref) -> Ref:
        """The mask of steps put back: that of the steps inside, if they are ragged."""
        inside, before = inputs
        if self._type(inside).ragged:
            rows = (self.mask_of[inside], before)
            return self._insert(Unfold(), rows, node)
        found: Parts = {}
        for own, part in self._parts(self.mask_of[before]).items():
            places = tuple(None if axis else 0 for axis in own)
            self._meet(found, places, part, node)
        return self._laid_out(found, value, node)

    def _masks_to_join(self, node: Node, inputs: tuple[Ref, ...]) -> tuple[Ref, ...]:
        """The masks of parts that are joined along time; () for any other op."""
        types = [self._type(ref) for ref in inputs]
        if not isinstance(node.op, Concat) or not node.op.joins_masks(*types):
            return ()
        rank = max(type.rank for type in types)
        axes = max(
            1 + at + rank - type.rank
            for type in types
            for at, axis in enumerate(type.axes)
            if axis.ragged
        )
        return tuple(
            self.mask_of.get(ref)
            or self._insert(EveryStep(axes=axes - rank + type.rank), (ref,), node)
            for ref, type in zip(inputs, types, strict=True)
        )

    def _type(self, ref: Ref) -> Type:
        return self.nodes[ref.node].types[ref.output]

    def _insert(
        self,
        op: Op,
        inputs: tuple[Ref, ...],
        near: Node,
        name: str = "",
        masks: tuple[Ref | None, ...] = (),
    ) -> Ref:
        key = (op, inputs)
        if inputs and key in self.made:
            return self.made[key]
        result = op.result(*(self._type(ref) for ref in inputs))
        types = result if isinstance(result, tuple) else (result,)
        ref = Ref(len(self.nodes))
        self.nodes.append(
            Node(
                op=op,
                inputs=inputs,
                types=types,
                name=name,
                span=near.span,
                masks=masks,
            )
        )
        self.made[key] = ref
        return ref
