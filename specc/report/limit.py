"""A limit on parameters, held against a model by arithmetic: no weight is made."""

from __future__ import annotations

from specc.diagnostics import Diagnostic, Label
from specc.diagnostics.codes import TOO_MANY_PARAMETERS
from specc.ir.graph import Model


def over_limit(model: Model, most: int) -> Diagnostic | None:
    """What to say of a model with more parameters than that; None of others."""
    counts = {
        number: sum(weight.count for weight in node.weights)
        for number, node in enumerate(model.nodes)
        if node.weights and node.owner is None
    }
    total = sum(counts.values())
    if total <= most:
        return None
    largest = max(counts, key=lambda number: counts[number])
    return Diagnostic(
        TOO_MANY_PARAMETERS,
        f"`{model.name}` has {total:,} parameters, more than the {most:,} allowed",
        (Label(model.nodes[largest].span, f"{counts[largest]:,} of them are here"),),
        help="allow more with `--max-params`, or set smaller constants with `--set`",
    )
