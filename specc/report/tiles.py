"""Sizes that leave a part of every tile of a TPU empty."""

from __future__ import annotations

from collections.abc import Iterator

from specc.diagnostics import Diagnostic, Label
from specc.diagnostics.codes import AWKWARD_SIZE
from specc.ir.graph import Model
from specc.ir.layers import is_shared, layers

LANES = 128
"""How many features a tile holds side by side (a vector register is 8 rows of 128)."""


def awkward_sizes(model: Model) -> Iterator[Diagnostic]:
    """A warning for each layer that is no whole number of tiles wide.

    Not for what the model gives out: how wide that is, the task says.
    """
    outputs = {output.ref.node for output in model.outputs}
    numbers = {id(node): number for number, node in enumerate(model.nodes)}
    for node in layers(model):
        if is_shared(node) or numbers[id(node)] in outputs:
            continue
        if not node.weights or not node.type.axes:
            continue
        size = node.type.last.fixed
        if size is None or size % LANES == 0:
            continue
        full = -(-size // LANES) * LANES
        yield Diagnostic(
            AWKWARD_SIZE,
            f"`{node.name}` is {size} wide: on a TPU it takes the room of {full}",
            (Label(node.span, f"{size} of {full} lanes are used"),),
            f"widths that {LANES} divides leave nothing empty",
        )
