"""Which node of a model a program gets wrong first."""

from __future__ import annotations

from collections.abc import Callable

from specc.ir.graph import Model, Node, Output, Ref
from specc.ops.input import Input
from specc.ops.number import Number
from specc.verify.prune import prune


def first_wrong(model: Model, is_wrong: Callable[[Model], bool]) -> Node | None:
    """The first node, in order, whose results are wrong; None if none is.

    `is_wrong` judges the program of a model whose outputs are the results of the first
    so many nodes. Such a model is wrong if one of these nodes is, so halving finds it.
    """
    nodes = computed_nodes(model)
    right, wrong = 0, len(nodes)
    if not is_wrong(first_nodes(model, nodes)):
        return None
    while wrong - right > 1:
        middle = (right + wrong) // 2
        if is_wrong(first_nodes(model, nodes[:middle])):
            wrong = middle
        else:
            right = middle
    return model.nodes[nodes[right]]


def computed_nodes(model: Model) -> tuple[int, ...]:
    """Numbers of the nodes that compute values for each example, other than masks."""
    return tuple(
        number
        for number, node in enumerate(model.nodes)
        if not isinstance(node.op, Input | Number)
        and node.type.dtype != "bool"
        and not node.type.unbatched
    )


def first_nodes(model: Model, nodes: tuple[int, ...]) -> Model:
    """The part of a model that ends in some of its nodes: their results are outputs."""
    refs = [
        Ref(number, place)
        for number in nodes
        for place in range(len(model.nodes[number].types))
    ]
    return prune(model, [Output(name="", ref=ref) for ref in refs])
