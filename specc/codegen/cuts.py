"""Where `split` cuts, as NumPy and its likes want it said."""

from __future__ import annotations

from itertools import accumulate

from specc.codegen.expressions import Expression, List_, literal
from specc.codegen.plan import Step
from specc.ops.split import Split


def cuts(step: Step) -> Expression:
    """The number of equal parts, or the places between parts of other widths."""
    assert isinstance(step.op, Split)
    sizes = step.op.sizes
    if len(sizes) == 1:
        return literal(sizes[0])
    return List_(tuple(map(literal, list(accumulate(sizes))[:-1])))
