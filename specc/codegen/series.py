"""Blocks that are alike and follow each other: one step, a loop over their weights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec.structs import replace

from specc.codegen.repeats import Folded, Use
from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op


class Series(Op):
    """A block's body, run `count` times, each time with the next block's weights.

    `body` and `variant` are those of its uses. `carried`: which of the inputs is, from
    the second block on, what the one before gave; the others are the same for all. The
    blocks are called `block`, or `block_<first>`, and are numbered on from there.
    """

    internal: ClassVar[bool] = True

    body: int
    variant: int
    carried: int
    block: str
    first: int
    count: int


def fold_series(folded: Folded, suits: Callable[[Model, int], bool]) -> Folded:
    """Put a `Series` in the place of blocks in a row.

    `suits`: whether so many runs of a body may be one.
    """
    model = folded.model
    chains = [
        chain
        for chain in _chains(model)
        if suits(_body(folded, model.nodes[chain[0]]), len(chain))
    ]
    return replace(folded, model=_with_series(model, chains)) if chains else folded


def _chains(model: Model) -> list[list[int]]:
    """Numbers of blocks of which each reads the one before; their names count on."""
    read = Counter(
        ref
        for node in model.nodes
        for ref in (*node.inputs, *node.masks)
        if ref is not None
    )
    read.update(output.ref for output in model.outputs)
    owners = Counter(node.name.partition(".")[0] for node in model.nodes)
    # By their last block.
    chains: dict[int, list[int]] = {}
    for number, node in enumerate(model.nodes):
        # Whatever has weights under a block's path has to be the block.
        if not isinstance(node.op, Use) or owners[node.name] > 1:
            continue
        ends = (ref.node for ref in node.inputs if ref.node in chains)
        before = next((end for end in ends if _follows(model, end, node)), None)
        chain: list[int] = []
        if before is not None and read[Ref(before)] == 1:
            chain = chains.pop(before)
        chain.append(number)
        chains[number] = chain
    return [chain for chain in chains.values() if len(chain) > 1]


def _follows(model: Model, before: int, node: Node) -> bool:
    """Whether a block goes on with what another gave, and is alike in all else."""
    last = model.nodes[before]
    if last.op != node.op or len(last.types) != 1:
        return False
    block, count = _numbered(last.name)
    changed = _changed(last, node)
    return (
        _numbered(node.name) == (block, count + 1)
        and [node.inputs[place] for place in changed] == [Ref(before)]
        and model.type_of(last.inputs[changed[0]]) == last.type
    )


def _changed(last: Node, node: Node) -> list[int]:
    """The inputs in which two uses of a body differ."""
    pairs = zip(last.inputs, node.inputs, strict=True)
    return [place for place, (old, new) in enumerate(pairs) if old != new]


def _numbered(name: str) -> tuple[str, int]:
    """`layer_3` as `layer` and 3; `layer` is the first."""
    found = re.fullmatch(r"(.+)_([2-9]|[1-9][0-9]+)", name)
    return (found[1], int(found[2])) if found else (name, 1)


def _body(folded: Folded, node: Node) -> Model:
    assert isinstance(node.op, Use)
    return folded.bodies[node.op.body].variants[node.op.variant]


def _with_series(model: Model, chains: Sequence[Sequence[int]]) -> Model:
    """The model with one node, in the place of the first block, for each chain."""
    made = {chain[0]: _series(model, chain) for chain in chains}
    ends = {chain[0]: chain[-1] for chain in chains}
    gone = {number for chain in chains for number in chain[1:]}
    moved: dict[Ref, Ref] = {}
    nodes: list[Node] = []
    for number, node in enumerate(model.nodes):
        if number in gone:
            continue
        one = made.get(number, node)
        result = ends.get(number, number)
        for output in range(len(one.types)):
            moved[Ref(result, output)] = Ref(len(nodes), output)
        nodes.append(
            replace(
                one,
                inputs=tuple(moved[ref] for ref in one.inputs),
                masks=tuple(ref and moved[ref] for ref in one.masks),
            )
        )
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


def _series(model: Model, chain: Sequence[int]) -> Node:
    start, second, end = (model.nodes[chain[place]] for place in (0, 1, -1))
    assert isinstance(start.op, Use)
    (carried,) = _changed(start, second)
    block, first = _numbered(start.name)
    return replace(
        start,
        op=Series(
            body=start.op.body,
            variant=start.op.variant,
            carried=carried,
            block=block,
            first=first,
            count=len(chain),
        ),
        types=end.types,
        values=end.values,
    )
