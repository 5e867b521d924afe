"""The variables of a program by their paths in the tree: `bi_lstm/forward/W_i`."""

from __future__ import annotations

from specc.codegen.elsewhere import Builder, Table, own_weights
from specc.codegen.renamed import Renamed, place_of
from specc.ir.graph import Model


def variables_table(model: Model, renamed: Renamed) -> Table:
    """Every weight is a leaf of its own, in its own shape."""
    builder = Builder()
    for node, weights in own_weights(model):
        place = place_of(node.name, renamed, "/").alone()
        for weight in weights:
            path = (*filter(None, (place,)), *weight.name.split("."))
            ours = f"{node.name}.{weight.name}"
            builder.same(node, ours, "/".join(path), weight)
    return builder.table()
