"""Walks a tree without recursion, in no particular order."""

from __future__ import annotations

from collections.abc import Iterator

from specc.syntax import tree


def nodes_in(root: object) -> Iterator[tree.Tree]:
    """Every node of a tree, or of a tuple of trees."""
    waiting = [root]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tree.Tree):
            yield found
            waiting += [getattr(found, field) for field in found.__struct_fields__]
        elif isinstance(found, tuple):
            waiting += found


def names_in(root: object) -> frozenset[str]:
    """Every name that stands somewhere in a tree."""
    return frozenset(n.text for n in nodes_in(root) if isinstance(n, tree.Name))


def given_names(body: tree.Body) -> frozenset[str]:
    """Names that a body gives to layers and weights, with `let`, `as` or `param`."""
    found: set[str] = set()
    for node in nodes_in(body):
        match node:
            case tree.Let(name=name) | tree.Labelled(label=name):
                found.add(name.text)
            case tree.Param(entries=entries):
                found |= {entry.name.text for entry in entries}
    return frozenset(found)
