"""Makes masks values: ragged values get one, layers that obey it read it."""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op
from specc.ir.types import Axis, Type
from specc.ops.any_step import AnyStep
from specc.ops.both import Both
from specc.ops.input import Input
from specc.ops.not_pad import NotPad
from specc.ops.recurrent import Recurrent
from specc.ops.unfold import Unfold


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
        self.made: dict[tuple[Op, tuple[Ref, ...]], Ref] = {}

    def take(self, number: int, node: Node) -> None:
        inputs = tuple(self.moved[ref] for ref in node.inputs)
        found = tuple(self.mask_of.get(ref) for ref in inputs)
        if node.op.remembers:
            found = (None, *found[1:])
        reads = node.op.uses_mask and any(mask is not None for mask in found)
        self.owners[number] = len(self.nodes)
        owner = None if node.owner is None else self.owners[node.owner]
        new = len(self.nodes)
        self.nodes.append(
            replace(node, inputs=inputs, masks=found if reads else (), owner=owner)
        )
        for output in range(len(node.types)):
            self.moved[Ref(number, output)] = Ref(new, output)
        ragged = [o for o, type in enumerate(node.types) if type.ragged]
        if not ragged:
            return
        if not inputs:
            mask = self._input_mask(new, node)
        elif isinstance(node.op, Unfold):
            mask = self._unfolded(node, inputs)
        else:
            mask = self._merged(node, inputs)
        for output in ragged:
            self.mask_of[Ref(new, output)] = mask

    def _input_mask(self, number: int, node: Node) -> Ref:
        ref = Ref(number)
        if node.type.pad is not None:
            return self._insert(NotPad(pad=node.type.pad), (ref,), node)
        axes = (Axis(size=node.type.axes[0].size),)
        op = Input(type=Type(dtype="bool", axes=axes))
        mask = self._insert(op, (), node, name=f"{node.name}_mask")
        self.inputs.append(mask)
        return mask

    def _merged(self, node: Node, inputs: tuple[Ref, ...]) -> Ref:
        # The steps of a cell are those of x, whatever else it sees.
        first = node.op.remembers or isinstance(node.op, Recurrent)
        kept = inputs[:1] if first else inputs
        known = [self.mask_of[ref] for ref in kept if ref in self.mask_of]
        masks = list(dict.fromkeys(known))
        mask = masks[0]
        for other in masks[1:]:
            mask = self._insert(Both(), (mask, other), node)
        window = node.op.mask(*(self._type(ref) for ref in inputs))
        return mask if window is None else self._insert(window, (mask,), node)

    def _unfolded(self, node: Node, inputs: tuple[Ref, ...]) -> Ref:
        """The mask of steps put back: that of the steps inside, if they are ragged."""
        inside, before = inputs
        if self._type(inside).ragged:
            rows = (self.mask_of[inside], before)
            return self._insert(Unfold(), rows, node)
        mask = self.mask_of[before]
        while self._type(mask).rank > 1:
            mask = self._insert(AnyStep(), (mask,), node)
        return mask

    def _type(self, ref: Ref) -> Type:
        return self.nodes[ref.node].types[ref.output]

    def _insert(
        self, op: Op, inputs: tuple[Ref, ...], near: Node, name: str = ""
    ) -> Ref:
        key = (op, inputs)
        if inputs and key in self.made:
            return self.made[key]
        result = op.result(*(self._type(ref) for ref in inputs))
        types = result if isinstance(result, tuple) else (result,)
        ref = Ref(len(self.nodes))
        self.nodes.append(
            Node(op=op, inputs=inputs, types=types, name=name, span=near.span)
        )
        self.made[key] = ref
        return ref
