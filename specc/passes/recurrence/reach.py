"""What in a graph depends on what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from specc.ir.graph import Node


def reached(nodes: Sequence[Node], leaves: Sequence[bool]) -> list[bool]:
    """Which nodes depend on any of the leaves, or are one."""
    found: list[bool] = []
    for node, leaf in zip(nodes, leaves, strict=True):
        found.append(leaf or any(found[ref.node] for ref in node.inputs))
    return found


def needed(
    nodes: Sequence[Node], roots: Iterable[int], leaves: Collection[int]
) -> set[int]:
    """What the roots are computed from, down to the leaves; both are in it."""
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        number = waiting.pop()
        if number in found:
            continue
        found.add(number)
        if number not in leaves:
            waiting += [ref.node for ref in nodes[number].inputs]
    return found
