"""Blocks that a model has several times: each becomes one body, used many times."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import ClassVar, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from specc.codegen.alike import Block, Family, alike_blocks, inner_name, places, variant
from specc.codegen.plan import first_axes, needed_nodes, wanted_name
from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op
from specc.ops.input import Input
from specc.ops.number import Number


class Use(Op):
    """A block's body, run once: `body` is its place among those of the model.

    `variant` says which of its sets of numbers the body is run with.
    """

    internal: ClassVar[bool] = True

    body: int
    variant: int = 0


class Body(Struct, frozen=True):
    """What blocks have in common: a model for each set of numbers they have.

    Their inputs are what the block reads, masks too, their outputs what others read of
    it, and the paths in them start at the block. `batch`: what the first axis of their
    values is, as in `Step`. `shared`: it is one block with one set of weights, whose
    paths are whole.
    """

    variants: tuple[Model, ...]
    batch: str
    shared: bool = False


class Folded(Struct, frozen=True):
    """A model with a `Use` wherever a block stood that it has several times."""

    model: Model
    bodies: tuple[Body, ...]


Results: TypeAlias = tuple[tuple[int, int], ...]
"""Values of a block that anybody else reads: the node's place, and which output."""
Agree: TypeAlias = Callable[[Body], Sequence[Sequence[int]]]
"""Which variants of a body are one function, by their places."""


def fold_repeats(
    model: Model,
    foldable: Callable[[Node], bool],
    agree: Agree | None = None,
    shareable: Callable[[Node], bool] | None = None,
) -> Folded:
    """Put what blocks of a model have in common into bodies.

    Blocks have one body if they differ in nothing but the path of their weights, what
    they read, and numbers, where those that `agree` are one function. For `shareable`
    see `alike_blocks`.
    """
    batches = first_axes(model)
    read_by = _readers(model)
    bodies: list[Body] = []
    uses: dict[int, tuple[Block, Use, Results]] = {}
    for alike in alike_blocks(model, foldable, shareable):
        family = alike.blocks
        results = _results(model, family, read_by)
        found: dict[Hashable, list[Block]] = {}
        for block in family:
            found.setdefault(variant(model, block), []).append(block)
        kinds = list(found.values())
        called = _names(model, family, results, read_by)
        whole = Body(
            tuple(_body(model, alike, kind[0], results, called) for kind in kinds),
            batches[next(ref.node for ref in family[0].reads)],
            alike.shared,
        )
        groups: Sequence[Sequence[int]] = [(place,) for place in range(len(kinds))]
        if agree and (len(kinds) > 1 or alike.shared):
            groups = agree(whole)
        for group in groups:
            blocks = [(n, block) for n, at in enumerate(group) for block in kinds[at]]
            if len(blocks) < 2:
                continue
            for n, block in blocks:
                use = Use(body=len(bodies), variant=n)
                uses[block.numbers[-1]] = (block, use, results)
            models = tuple(whole.variants[at] for at in group)
            bodies.append(replace(whole, variants=models))
    if not bodies:
        return Folded(model, ())
    return Folded(_with_uses(model, uses), tuple(bodies))


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
    model: Model, family: Sequence[Block], read_by: dict[Ref, list[int]]
) -> Results:
    """Which values of such blocks anybody else reads: node's place and output."""
    found: set[tuple[int, int]] = set()
    for block in family:
        own = set(block.numbers)
        for place, number in enumerate(block.numbers):
            for output in range(len(model.nodes[number].types)):
                if set(read_by.get(Ref(number, output), ())) - own:
                    found.add((place, output))
    return tuple(sorted(found))


class _Called(Struct, frozen=True):
    """What the blocks of a family have in common: names of values, by their places.

    `values` are what values stand for that some blocks read as numbers.
    """

    given: tuple[str, ...]
    values: tuple[Ref, ...]
    inner: tuple[tuple[str, ...], ...]
    results: tuple[str, ...]


def _names(
    model: Model,
    family: Sequence[Block],
    results: Results,
    read_by: Mapping[Ref, Sequence[int]],
) -> _Called:
    """The names that all blocks of a family agree on.

    A result that the next block reads is called what that calls it.
    """
    given, values = [], []
    for place in range(len(family[0].reads)):
        refs = [block.reads[place] for block in family]
        ref = next(r for r in refs if not isinstance(model.nodes[r.node].op, Number))
        same = wanted_name(model, ref) if set(refs) == {ref} else None
        plain = "mask" if model.type_of(ref).dtype == "bool" else "x"
        called = (_called_in(model, one, one.reads[place]) for one in family)
        given.append(_common(called) or same or plain)
        values.append(ref)
    inner = []
    for place, number in enumerate(family[0].numbers):
        found = {model.nodes[block.numbers[place]].values for block in family}
        inner.append(model.nodes[number].values if len(found) == 1 else ())
    taken = []
    for place, output in results:
        made = [Ref(block.numbers[place], output) for block in family]
        readers = ((ref, n) for ref in made for n in read_by.get(ref, ()) if n >= 0)
        taken.append(_common(_called(model.nodes[n], ref) for ref, n in readers))
    return _Called(tuple(given), tuple(values), tuple(inner), tuple(taken))


def _body(
    model: Model, alike: Family, block: Block, results: Results, called: _Called
) -> Model:
    """A block of a family as a model, with the names that all of them have."""
    place_of = places(block)
    count = len(block.reads)

    def move(ref: Ref) -> Ref:
        kind, place, output = place_of(ref)
        return Ref(place if kind == "outside" else count + place, output)

    def given(place: int) -> Node:
        ref = block.reads[place]
        if isinstance(model.nodes[ref.node].op, Number):
            ref = called.values[place]
        type = model.type_of(ref)
        return Node(
            op=Input(type=type),
            inputs=(),
            types=(type,),
            name=called.given[place],
            span=model.nodes[ref.node].span,
        )

    def inner(place: int) -> Node:
        node = model.nodes[block.numbers[place]]
        return replace(
            _moved(node, move),
            name=node.name if alike.shared else inner_name(node, block),
            owner=None,
            values=called.inner[place],
        )

    return Model(
        name=alike.blocks[0].path,
        nodes=(*map(given, range(count)), *map(inner, range(len(block.numbers)))),
        inputs=tuple(Ref(place) for place in range(count)),
        outputs=tuple(
            Output(name=name, ref=Ref(count + place, output))
            for name, (place, output) in zip(called.results, results, strict=True)
        ),
        source=model.source,
        sha256=model.sha256,
        settings=model.settings,
        span=model.nodes[block.numbers[0]].span,
        target=model.target,
    )


def _called_in(model: Model, block: Block, ref: Ref) -> str:
    """What the head of a block calls a value that it reads, "" where nothing."""
    names = (_called(model.nodes[number], ref) for number in block.numbers)
    return next(filter(None, names), "")


def _called(node: Node, ref: Ref) -> str:
    """What the head of the node's block calls a value, "" where nothing."""
    pairs = zip(node.inputs, node.called, strict=False)
    return next((name for read, name in pairs if read == ref), "")


def _common(names: Iterable[str]) -> str:
    """The only name there is among some."""
    found = {name for name in names if name}
    return found.pop() if len(found) == 1 else ""


def _with_uses(model: Model, uses: Mapping[int, tuple[Block, Use, Results]]) -> Model:
    """The model with a `Use` in the place of every block, and without idle nodes.

    It stands where the block ends: the numbers that it is given stand among its nodes.
    """
    within = {n for block, _, _ in uses.values() for n in block.numbers}
    moved: dict[Ref, Ref] = {}
    nodes: list[Node] = []
    for number in sorted(needed_nodes(model)):
        node = model.nodes[number]
        if number in uses:
            block, op, results = uses[number]
            for place, (own, output) in enumerate(results):
                moved[Ref(block.numbers[own], output)] = Ref(len(nodes), place)
            use = _use(model, op, block, results)
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


def _use(model: Model, op: Use, block: Block, results: Results) -> Node:
    refs = [Ref(block.numbers[place], output) for place, output in results]
    return Node(
        op=op,
        inputs=block.reads,
        types=tuple(model.type_of(ref) for ref in refs),
        name=block.path,
        span=model.nodes[block.numbers[0]].span,
        values=tuple(wanted_name(model, ref) or "" for ref in refs),
        called=tuple(_called_in(model, block, ref) for ref in block.reads),
    )


def _moved(node: Node, move: Callable[[Ref], Ref]) -> Node:
    return replace(
        node,
        inputs=tuple(move(ref) for ref in node.inputs),
        masks=tuple(None if ref is None else move(ref) for ref in node.masks),
    )
