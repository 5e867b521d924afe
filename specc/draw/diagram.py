"""A model as boxes that read each other's values: all that a diagram shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from specc.diagnostics.visible import visible
from specc.ir.graph import Model, Node, Ref
from specc.ir.layers import GIVEN, STRUCTURE, is_shared, on_one_line, written
from specc.ops.arithmetic import Arithmetic
from specc.ops.number import Number
from specc.ops.onset import Onset
from specc.ops.unfold import Unfold

Kind = Literal["input", "layer", "output"]
Value = tuple[int, int]
"""A value: the number of the box that gives it, and which of its results it is."""
ORDERED = frozenset({"-", "/", "**"})
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"')


class Box(Struct, frozen=True):
    """An input, a layer where it is used, or an output.

    `text` is what stands in it, `note` what is said below that in small. `name` is the
    path of its weights, whose prefix the frames are made from. `types` are those of its
    results; `inputs` are earlier boxes' results.
    """

    kind: Kind
    text: str
    name: str
    note: str = ""
    types: tuple[str, ...] = ()
    inputs: tuple[Value, ...] = ()
    weighted: bool = False
    shared: bool = False
    ordered: bool = False
    """It matters which input is the first: `a - b`."""
    pattern: str = ""
    """What repetitions of it have in common: `text`, but with names where those stand
    for other numbers each time."""

    @property
    def path(self) -> tuple[str, ...]:
        """The frames around it, the outermost first."""
        return tuple(self.name.split(".")[:-1]) if self.kind == "layer" else ()


class Diagram(Struct, frozen=True):
    """A model's boxes in order; a box reads only those before it."""

    name: str
    note: str
    boxes: tuple[Box, ...]


def draw_model(model: Model) -> Diagram:
    """The boxes of a model: inputs, layers, outputs; no masks and no numbers."""
    lent = {node.owner for node in model.nodes if is_shared(node)}
    boxes: list[Box] = []
    places: dict[int, int] = {}
    for number, node in enumerate(model.nodes):
        if not _is_shown(model, number):
            continue
        places[number] = len(boxes)
        boxes.append(_box(model, node, number in lent, places))
    for name, output in zip(model.output_names, model.outputs, strict=True):
        inputs = _values([output.ref], places)
        boxes.append(Box("output", name, name, inputs=inputs))
    total = sum(w.count for n in model.nodes if n.owner is None for w in n.weights)
    return Diagram(model.name, f"{total:,} parameters", tuple(boxes))


def _is_shown(model: Model, number: int) -> bool:
    node = model.nodes[number]
    if node.op.name() == "input":
        masks = {mask.node for _, mask in model.mask_of}
        return number not in masks
    return bool(node.name) and node.op.name() not in {*GIVEN, Onset.name()}


def _box(model: Model, node: Node, lends: bool, places: dict[int, int]) -> Box:
    types = tuple(map(str, node.types))
    if node.op.name() == "input":
        return Box("input", node.name, node.name, types=types)
    text = _text(model, node)
    return Box(
        kind="layer",
        text=text,
        name=node.name,
        note=_note(model, node, lends),
        types=types,
        inputs=_values(_read(model, node), places),
        weighted=bool(node.weights),
        shared=is_shared(node),
        ordered=isinstance(node.op, Arithmetic) and node.op.operator in ORDERED,
        pattern=visible(on_one_line(node.span.text)) if node.text else text,
    )


def _read(model: Model, node: Node) -> Sequence[Ref]:
    """The values a box reads; where `over` ends, those it gets its steps from only.

    A `feedback` is drawn from the vector it starts with.
    """
    if isinstance(node.op, Unfold):
        return node.inputs[:1]
    starts = (model.nodes[ref.node] for ref in node.inputs)
    return [
        start.inputs[0] if isinstance(start.op, Onset) else ref
        for start, ref in zip(starts, node.inputs, strict=True)
    ]


def _values(refs: Iterable[Ref], places: Mapping[int, int]) -> tuple[Value, ...]:
    found = ((places[ref.node], ref.output) for ref in refs if ref.node in places)
    return tuple(dict.fromkeys(found))


def _text(model: Model, node: Node) -> str:
    """The layer as written; its word where that is a whole flow or an equation."""
    if isinstance(node.op, Arithmetic):
        return _equation_text(model, node, node.op.word())
    text = visible(written(node))
    bare = STRING.sub("", text)
    flow = "->" in bare or "{" in bare
    if flow or not text or node.op.name() in STRUCTURE:
        return node.op.word()
    return text


def _equation_text(model: Model, node: Node, operator: str) -> str:
    """The operator, and the number on either side of it if there is one: `1 -`."""
    ops = [model.nodes[ref.node].op for ref in node.inputs]
    left, right = (f"{op.value:g}" if isinstance(op, Number) else "" for op in ops)
    return f"{left} {operator} {right}".strip()


def _note(model: Model, node: Node, lends: bool) -> str:
    if not node.weights:
        return ""
    if is_shared(node):
        assert node.owner is not None, "only a shared layer has an owner"
        return f"weights of {model.nodes[node.owner].name}"
    count = f"{sum(weight.count for weight in node.weights):,} parameters"
    if not lends:
        return count
    called = node.name.rpartition(".")[2]
    is_plain = called.startswith(node.op.name())
    return f"{count}, shared" if is_plain else f"{count}, shared as {called}"
