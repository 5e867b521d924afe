"""Blocks that a model has several times: each becomes one body, used many times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import ClassVar, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.plan import first_axes, needed_nodes, wanted_name
from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops.input import Input
from specc.ops.number import Number

FEWEST = 4
"""How many nodes a block must have to be a function of its own."""

Place: TypeAlias = tuple[str, int, int]


class Use(Op):
    """A block's body, run once: `body` is its place among those of the model."""

    internal: ClassVar[bool] = True

    body: int


class Folded(Struct, frozen=True):
    """A model with a `Use` wherever a block stood that it has several times.

    `bodies` are models of their own: their inputs are what the block reads, masks too,
    their outputs what others read of it, and the paths in them start at the block.
    `batches`: what the first axis of their values is, as in `Step`.
    """

    model: Model
    bodies: tuple[Model, ...]
    batches: tuple[str, ...] = ()


class _Block(Struct, frozen=True):
    """Nodes in a row under one path, and the values from elsewhere that they read."""

    path: str
    numbers: tuple[int, ...]
    reads: tuple[Ref, ...]


def fold_repeats(model: Model, foldable: Callable[[Node], bool]) -> Folded:
    """Put what blocks of a model have in common into bodies.

    Blocks are alike if they differ in nothing but the path of their weights and what
    they read. One with a node that is not `foldable` stays as it is.
    """
    families: defaultdict[Hashable, list[_Block]] = defaultdict(list)
    batches = first_axes(model)
    for block in _blocks(model):
        if len(block.numbers) < FEWEST:
            continue
        if any(isinstance(model.nodes[ref.node].op, Number) for ref in block.reads):
            continue
        rows = {batches[ref.node] for ref in block.reads}
        if len(rows) == 1 and all(foldable(model.nodes[n]) for n in block.numbers):
            families[rows.pop(), _shape(model, block)].append(block)
    alike = [family for family in families.values() if len(family) > 1]
    if not alike:
        return Folded(model, ())
    read_by = _readers(model)
    results = [_results(model, family, read_by) for family in alike]
    return Folded(
        _with_uses(model, alike, results),
        tuple(
            _body(model, family, family_results)
            for family, family_results in zip(alike, results, strict=True)
        ),
        tuple(batches[family[0].reads[0].node] for family in alike),
    )


def _blocks(model: Model) -> Iterator[_Block]:
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
            yield _Block(path, tuple(numbers), _outside(model, numbers))


def _outside(model: Model, numbers: Sequence[int]) -> tuple[Ref, ...]:
    """What nodes read that is made elsewhere: values first, then masks."""
    own = set(numbers)
    inputs = [ref for number in numbers for ref in model.nodes[number].inputs]
    masks = [ref for n in numbers for ref in model.nodes[n].masks if ref is not None]
    both = sorted([*inputs, *masks], key=lambda ref: model.type_of(ref).dtype == "bool")
    return tuple(dict.fromkeys(ref for ref in both if ref.node not in own))


def _shape(model: Model, block: _Block) -> Hashable:
    """What blocks that are alike have in common."""
    places = _places(block)

    def row(node: Node) -> Hashable:
        masks = tuple(None if ref is None else places(ref) for ref in node.masks)
        own = (_inner(node, block), type(node.op), node.op, node.types, node.weights)
        return (*own, tuple(map(places, node.inputs)), masks)

    given: tuple[Type, ...] = tuple(model.type_of(ref) for ref in block.reads)
    return (given, *(row(model.nodes[number]) for number in block.numbers))


def _places(block: _Block) -> Callable[[Ref], Place]:
    """Where a value comes from, as a block sees it."""
    own = {number: place for place, number in enumerate(block.numbers)}
    outside = {ref: place for place, ref in enumerate(block.reads)}

    def place(ref: Ref) -> Place:
        if ref.node in own:
            return ("own", own[ref.node], ref.output)
        return ("outside", outside[ref], 0)

    return place


def _inner(node: Node, block: _Block) -> str:
    return node.name.removeprefix(f"{block.path}.")


def _readers(model: Model) -> dict[Ref, list[int]]:
    """The numbers of the nodes that read a value; -1 is the model's caller."""
    found: dict[Ref, list[int]] = {output.ref: [-1] for output in model.outputs}
    for number in sorted(needed_nodes(model)):
        node = model.nodes[number]
        for ref in (*node.inputs, *node.masks):
            if ref is not None:
                found.setdefault(ref, []).append(number)
    return found


def _results(
    model: Model, family: Sequence[_Block], read_by: dict[Ref, list[int]]
) -> tuple[tuple[int, int], ...]:
    """Which values of such blocks anybody else reads: node's place and output."""
    found: set[tuple[int, int]] = set()
    for block in family:
        own = set(block.numbers)
        for place, number in enumerate(block.numbers):
            for output in range(len(model.nodes[number].types)):
                if set(read_by.get(Ref(number, output), ())) - own:
                    found.add((place, output))
    return tuple(sorted(found))


def _body(
    model: Model, family: Sequence[_Block], results: Sequence[tuple[int, int]]
) -> Model:
    """The first block of a family, as a model."""
    block = family[0]
    places = _places(block)
    count = len(block.reads)

    def move(ref: Ref) -> Ref:
        kind, place, output = places(ref)
        return Ref(place if kind == "outside" else count + place, output)

    def given(place: int) -> Node:
        ref = block.reads[place]
        type = model.type_of(ref)
        same = {other.reads[place] for other in family} == {ref}
        name = wanted_name(model, ref) if same else None
        name = name or ("mask" if type.dtype == "bool" else "x")
        return Node(
            op=Input(type=type),
            inputs=(),
            types=(type,),
            name=name,
            span=model.nodes[ref.node].span,
        )

    def inner(number: int) -> Node:
        node = model.nodes[number]
        name = _inner(node, block)
        return replace(_moved(node, move), name=name, owner=None)

    return Model(
        name=block.path,
        nodes=(*map(given, range(count)), *map(inner, block.numbers)),
        inputs=tuple(Ref(place) for place in range(count)),
        outputs=tuple(
            Output(name="", ref=Ref(count + place, output)) for place, output in results
        ),
        source=model.source,
        sha256=model.sha256,
        settings=model.settings,
        span=model.nodes[block.numbers[0]].span,
        target=model.target,
    )


def _with_uses(
    model: Model,
    alike: Sequence[Sequence[_Block]],
    results: Sequence[Sequence[tuple[int, int]]],
) -> Model:
    """The model with a `Use` in the place of every block, and without idle nodes."""
    starts = {
        block.numbers[0]: (body, block)
        for body, family in enumerate(alike)
        for block in family
    }
    within = {n for _, block in starts.values() for n in block.numbers}
    moved: dict[Ref, Ref] = {}
    nodes: list[Node] = []
    for number in sorted(needed_nodes(model)):
        node = model.nodes[number]
        if number in starts:
            body, block = starts[number]
            for place, (own, output) in enumerate(results[body]):
                moved[Ref(block.numbers[own], output)] = Ref(len(nodes), place)
            use = _use(model, body, block, results[body])
            nodes.append(_moved(use, moved.__getitem__))
        elif number not in within:
            for output in range(len(node.types)):
                moved[Ref(number, output)] = Ref(len(nodes), output)
            plain = replace(node, owner=None)
            nodes.append(_moved(plain, moved.__getitem__))
    return replace(
        model,
        nodes=tuple(nodes),
        inputs=tuple(moved[ref] for ref in model.inputs),
        outputs=tuple(
            Output(name=output.name, ref=moved[output.ref]) for output in model.outputs
        ),
        mask_of=tuple(
            (moved[value], moved[mask])
            for value, mask in model.mask_of
            if value in moved and mask in moved
        ),
    )


def _use(
    model: Model, body: int, block: _Block, results: Sequence[tuple[int, int]]
) -> Node:
    refs = [Ref(block.numbers[place], output) for place, output in results]
    return Node(
        op=Use(body=body),
        inputs=block.reads,
        types=tuple(model.type_of(ref) for ref in refs),
        name=block.path,
        span=model.nodes[block.numbers[0]].span,
        values=tuple(wanted_name(model, ref) or "" for ref in refs),
    )


def _moved(node: Node, move: Callable[[Ref], Ref]) -> Node:
    return replace(
        node,
        inputs=tuple(move(ref) for ref in node.inputs),
        masks=tuple(None if ref is None else move(ref) for ref in node.masks),
    )
