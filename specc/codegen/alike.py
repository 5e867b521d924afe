"""Blocks that are alike: the same layers in the same order, but for numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.plan import first_axes, needed_nodes
from specc.ir.graph import Model, Node, Ref
from specc.ir.op import Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops.arithmetic import Arithmetic
from specc.ops.number import Number

_ANY = Size()
FEWEST = 4
"""How many nodes a block must have to be a function of its own."""

Place: TypeAlias = tuple[str, int, int]


class Block(Struct, frozen=True):
    """Nodes in a row under one path, and the values from elsewhere that they read.

    A number that the spec gives by a name, as `skip` of a block that is run with 0, is
    read from elsewhere too: in a block that is alike it may be a value.
    """

    path: str
    numbers: tuple[int, ...]
    reads: tuple[Ref, ...]


class Family(Struct, frozen=True):
    """Blocks that are alike; `shared` if they are one block, used several times."""

    blocks: tuple[Block, ...]
    shared: bool = False


def alike_blocks(
    model: Model,
    foldable: Callable[[Node], bool],
    shareable: Callable[[Node], bool] | None = None,
) -> tuple[Family, ...]:
    """Families of blocks that differ in numbers only, in paths and in what they read.

    Where one reads a value, another may read a number. One with a node that is not
    `foldable` is in none of them. If there is a `shareable`, all uses of a block that
    shares its weights are a family of their own, by that instead.
    """
    uses = Counter(node.name for node in model.nodes)
    families: defaultdict[tuple[str, Hashable], list[Block]] = defaultdict(list)
    batches = first_axes(model)
    for block in _blocks(model):
        if len(block.numbers) < FEWEST:
            continue
        values = [ref for ref in block.reads if not _is_number(model, ref)]
        if any(isinstance(model.nodes[ref.node].op, Number) for ref in values):
            continue
        rows = {batches[ref.node] for ref in values}
        nodes = [model.nodes[number] for number in block.numbers]
        shared = shareable and any(node.name and uses[node.name] > 1 for node in nodes)
        fits = shareable if shareable and shared else foldable
        if len(rows) == 1 and all(map(fits, nodes)):
            key = (rows.pop(), _shape(model, block))
            families[block.path if shared else "", key].append(block)
    found: list[Family] = []
    for (path, _), blocks in families.items():
        family = Family(_settled(model, blocks), shared=bool(path))
        names = {model.nodes[n].name for one in family.blocks for n in one.numbers}
        everywhere = all(uses[name] == len(family.blocks) for name in names)
        if len(family.blocks) > 1 and (everywhere or not path):
            found.append(family)
    return tuple(found)


def variant(model: Model, block: Block) -> Hashable:
    """What blocks have in common that are the very same but for their paths."""
    given = tuple(
        None if isinstance(model.nodes[ref.node].op, Number) else model.type_of(ref)
        for ref in block.reads
    )
    nodes = (model.nodes[number] for number in block.numbers)
    return given, tuple((node.op, node.types, node.weights) for node in nodes)


def places(block: Block) -> Callable[[Ref], Place]:
    """Where a value comes from, as a block sees it."""
    own = {number: place for place, number in enumerate(block.numbers)}
    outside = {ref: place for place, ref in enumerate(block.reads)}

    def place(ref: Ref) -> Place:
        if ref.node in own:
            return ("own", own[ref.node], ref.output)
        return ("outside", outside[ref], 0)

    return place


def inner_name(node: Node, block: Block) -> str:
    """The name of a node within its block."""
    return node.name.removeprefix(f"{block.path}.")


def _blocks(model: Model) -> Iterator[Block]:
    """Nodes in a row that have the start of their paths in common.

    A mask has no path and goes with what it is made for, the node before it. Where the
    first node's path comes again, shared weights are used again: a new block starts.
    """
    found: list[tuple[str, list[int]]] = []
    for number in sorted(needed_nodes(model)):
        node = model.nodes[number]
        path, _, inner = node.name.partition(".")
        before, numbers = found[-1] if found else ("", [])
        if before and not node.name:
            numbers.append(number)
        elif not inner:
            found.append(("", [number]))
        elif path == before and node.name != model.nodes[numbers[0]].name:
            numbers.append(number)
        else:
            found.append((path, [number]))
    for path, numbers in found:
        if path:
            own = tuple(n for n in numbers if not _is_number(model, Ref(n)))
            yield Block(path, own, _outside(model, own))


def _is_number(model: Model, ref: Ref) -> bool:
    """Whether a value is a number of the spec's under a name of its own."""
    node = model.nodes[ref.node]
    return isinstance(node.op, Number) and node.span.text.isidentifier()


def _outside(model: Model, numbers: Sequence[int]) -> tuple[Ref, ...]:
    """What nodes read that is made elsewhere: values first, then masks."""
    own = set(numbers)
    inputs = [ref for number in numbers for ref in model.nodes[number].inputs]
    masks = [ref for n in numbers for ref in model.nodes[n].masks if ref is not None]
    both = sorted([*inputs, *masks], key=lambda ref: model.type_of(ref).dtype == "bool")
    return tuple(dict.fromkeys(ref for ref in both if ref.node not in own))


def _shape(model: Model, block: Block) -> Hashable:
    """What blocks that are alike have in common."""
    place = places(block)

    def row(number: int) -> Hashable:
        node = model.nodes[number]
        masks = tuple(None if ref is None else place(ref) for ref in node.masks)
        weights = tuple((weight.name, weight.trainable) for weight in node.weights)
        own = (inner_name(node, block), type(node.op), _options(node.op), weights)
        return (*own, tuple(map(_kind, node.types)), *map(place, node.inputs), masks)

    return tuple(map(row, block.numbers))


def _options(op: Op) -> Hashable:
    """Its options without their numbers."""

    def option(field: str) -> Hashable:
        value: Hashable = getattr(op, field)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return "number" if number and field != "axis" else value

    return tuple(map(option, op.__struct_fields__))


def _kind(type: Type) -> Type:
    """The type without the sizes of its axes."""
    axes = (Axis(size=_ANY, ragged=axis.ragged) for axis in type.axes)
    return replace(type, axes=tuple(axes))


def _settled(model: Model, family: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with the numbers that all of them have as nodes of their own.

    Where some read a number and others a value, the number must do in its place.
    """
    count = len(family[0].reads)
    given = [
        [
            isinstance(model.nodes[block.reads[place].node].op, Number)
            for block in family
        ]
        for place in range(count)
    ]
    own = [place for place in range(count) if all(given[place])]
    kept = []
    for at, block in enumerate(family):
        numbers = [n for n in range(count) if given[n][at] and n not in own]
        values = {n: family[given[n].index(False)] for n in numbers}
        if all(_is_summed(model, values[n], n) for n in numbers):
            kept.append(_with_own(block, own))
    return tuple(kept)


def _with_own(block: Block, own: Sequence[int]) -> Block:
    numbers = (*block.numbers, *(block.reads[place].node for place in own))
    reads = [ref for place, ref in enumerate(block.reads) if place not in own]
    return replace(block, numbers=tuple(sorted(numbers)), reads=tuple(reads))


def _is_summed(model: Model, block: Block, place: int) -> bool:
    """Whether a number does as well as the value that a block reads: it is a term.

    A product needs more than that in some frameworks, a layer always does.
    """
    ref = block.reads[place]
    rank = model.type_of(ref).rank
    nodes = (model.nodes[number] for number in block.numbers)
    return all(
        isinstance(node.op, Arithmetic)
        and node.op.operator in ("+", "-")
        and node.type.rank == rank
        for node in nodes
        if ref in node.inputs
    )
