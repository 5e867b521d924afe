"""Numbers for the named lengths of a model, as small as it allows."""

from __future__ import annotations

from specc.ir.graph import Model
from specc.ir.size import Size

MOST_ROUNDS = 100_000


def model_sizes(model: Model) -> frozenset[Size]:
    """Every size that depends on a named length, of any value of the model."""
    return frozenset(
        axis.size
        for node in model.nodes
        for type in node.types
        for axis in type.axes
        if axis.size.fixed is None
    )


def fitting_lengths(model: Model, least: int) -> dict[str, int]:
    """The smallest lengths at which every size of the model is at least `least`."""
    sizes = model_sizes(model)
    lengths = {name: least for size in sizes for name in size.names}
    for _ in range(MOST_ROUNDS):
        short = {size: least - size.at(lengths) for size in sizes}
        if all(missing <= 0 for missing in short.values()):
            return dict(sorted(lengths.items()))
        # No size grows faster than its length where windows and strides made it, so
        # adding what is missing never adds too much.
        grown = {
            name: max(short[size] for size in sizes if name in size.names)
            for name in lengths
        }
        lengths = {name: lengths[name] + max(grown[name], 0) for name in lengths}
    raise AssertionError("every size grows with the lengths it depends on")
