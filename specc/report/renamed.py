"""Layers that have the weights of an earlier model's layer under another name."""

from __future__ import annotations

from collections.abc import Iterator

from specc.ir.graph import Model, Node

Likeness = tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]
"""A layer's word, and its weights by their own names, with their shapes."""


def renamed_layers(before: Model, after: Model) -> Iterator[tuple[str, str]]:
    """Pairs of names, of layers whose weights are alike and have no match by name.

    Only where there are as many on either side: the first is then the first.
    """
    old, new = _by_name(before), _by_name(after)
    left = {name: like for name, like in old.items() if new.get(name) != like}
    right = {name: like for name, like in new.items() if old.get(name) != like}
    for like in dict.fromkeys(left.values()):
        ones = [name for name, found in left.items() if found == like]
        others = [name for name, found in right.items() if found == like]
        if len(ones) == len(others):
            yield from zip(ones, others, strict=True)


def _by_name(model: Model) -> dict[str, Likeness]:
    return {
        node.name: _likeness(node)
        for node in model.nodes
        if node.weights and node.owner is None
    }


def _likeness(node: Node) -> Likeness:
    return node.op.word(), tuple((w.name, w.shape) for w in node.weights)
