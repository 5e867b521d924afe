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


def least_lengths(model: Model) -> dict[str, int]:
    """The named lengths that must be more than one, for every window to find room."""
    found = fitting_lengths(model, 1)
    return {name: length for name, length in found.items() if length > 1}


def fitting_lengths(model: Model, least: int) -> dict[str, int]:
    """The smallest lengths at which every size of the model is at least `least`."""
    sizes = model_sizes(model)
    lengths = {name: least for size in sizes for name in size.names}
    for _ in range(MOST_ROUNDS):
        short = {size: least - size.at(lengths) for size in sizes}
        if all(missing <= 0 for missing in short.values()):
            return dict(sorted(lengths.items()))
        # Adding what is missing over how fast a size grows never adds too much.
        grown = {
            name: max(
                -(-short[size] // _growth(size)) for size in sizes if name in size.names
            )
            for name in lengths
        }
        lengths = {name: lengths[name] + max(grown[name], 0) for name in lengths}
    raise AssertionError("every size grows with the lengths it depends on")


def _growth(size: Size) -> int:
    """By how much a size grows at most when every length does by one; at least 1."""
    grown = 0
    for atom, factor in size.terms:
        if isinstance(atom, str):
            grown += max(factor, 0)
        else:
            grown += max(factor, 0) * -(-_growth(atom.size) // atom.divisor)
    return max(grown, 1)
