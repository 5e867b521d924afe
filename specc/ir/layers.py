"""The layers of a model as somebody wrote them, for reports and diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specc.ir.graph import Model, Node

GIVEN = frozenset({"input", "number"})
"""Ops that give a value and are no layers."""
STRUCTURE = frozenset({"fold", "unfold", "onset", "spread"})
"""Ops that only say where `over` begins and ends, where `feedback` begins, and where a
vector stands beside every step."""
# Strings stay as they are. What else there is between words is a gap: nothing next to
# a bracket, one space elsewhere. Possessive, so that no text makes the search slow.
_GAP = r"(?:\s|#[^\n]*+)++"
_GAPS = re.compile(rf'("(?:[^"\\\n]|\\.)*+")|(?<=[(\[]){_GAP}|{_GAP}(?=[)\]])|({_GAP})')


def layers(model: Model) -> Iterator[Node]:
    """The nodes somebody wrote as layers: no inputs, no numbers, no masks."""
    for node in model.nodes:
        if node.name and node.op.name() not in GIVEN | STRUCTURE:
            yield node


def is_shared(node: Node) -> bool:
    """Whether the layer uses the weights of an earlier one."""
    return node.owner is not None and bool(node.weights)


def written(node: Node) -> str:
    """A layer's text, its names worked out, on one line and without comments."""
    return on_one_line(node.text or node.span.text)


def on_one_line(text: str) -> str:
    """A layer's text without its comments and line ends."""
    return _GAPS.sub(lambda found: found[1] or (" " if found[2] else ""), text)
