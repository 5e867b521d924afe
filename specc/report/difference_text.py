"""The difference of two models for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from specc.diagnostics.visible import visible
from specc.report.columns import align
from specc.report.cost_cells import amount_text
from specc.report.difference import Difference, LayerChange, Totals, WeightChange

SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def difference_text(difference: Difference) -> str:
    """The head, the layers, the sums and the weights, where they differ."""
    before, after = difference.before, difference.after
    title = f"{_title(before)} -> {_title(after)}"
    if difference.is_empty:
        return visible(f"{title}: no difference")
    sections = [
        [visible(title)],
        _aligned([(f.what, f.before, "->", f.after) for f in difference.head]),
        [line for change in difference.layers for line in _layer_lines(change)],
        _aligned(_sums(before, after)),
        _aligned(list(_weight_rows(difference))),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def difference_json(difference: Difference) -> str:
    """`{"schema": 1, "differs": ..., ...}`, in ASCII."""
    data = {
        "schema": 1,
        "differs": not difference.is_empty,
        "before": _totals_data(difference.before),
        "after": _totals_data(difference.after),
        "head": [
            {"what": f.what, "before": f.before, "after": f.after}
            for f in difference.head
        ],
        "layers": list(map(_layer_data, difference.layers)),
        "weights": {
            "carried": list(difference.carried),
            "other": list(map(_weight_data, difference.weights)),
        },
    }
    return json.dumps(data, indent=2)


def _title(totals: Totals) -> str:
    return f"{totals.name} ({totals.source})"


def _layer_lines(change: LayerChange) -> list[str]:
    head = f"{SIGNS[change.change]} {change.name}  {change.layer}"
    rows = [(f"    {f.what}", f.before, "->", f.after) for f in change.fields]
    return [visible(head), *_aligned(rows)]


def _sums(before: Totals, after: Totals) -> list[tuple[str, str, str, str]]:
    counts = f"{before.parameters:,}", f"{after.parameters:,}"
    costs = amount_text(before.multiply_adds), amount_text(after.multiply_adds)
    change = after.parameters - before.parameters
    return [
        ("", "before", "after", "change"),
        ("parameters", *counts, f"{change:+,}" if change else "none"),
        ("multiply-adds", *costs, "none" if costs[0] == costs[1] else ""),
    ]


def _weight_rows(difference: Difference) -> Iterator[tuple[str, ...]]:
    carried = len(difference.carried)
    there = carried + sum(w.after is not None for w in difference.weights)
    yield f"{carried} of {there} weights carry over", "", "", ""
    for weight in difference.weights:
        before, after = _shape(weight.before), _shape(weight.after)
        arrow = "->" if weight.before is not None and weight.after is not None else ""
        yield f"  {_fate(weight)}  {weight.name}", before, arrow, after


def _fate(weight: WeightChange) -> str:
    """What becomes of a weight that does not carry over."""
    if weight.before is None:
        return "new     "
    return "gone    " if weight.after is None else "reshaped"


def _shape(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else f"[{', '.join(map(str, shape))}]"


def _aligned(
    rows: list[tuple[str, ...]] | list[tuple[str, str, str, str]],
) -> list[str]:
    return align(rows) if rows else []


def _totals_data(totals: Totals) -> dict[str, object]:
    return {
        "model": totals.name,
        "source": totals.source,
        "parameters": totals.parameters,
        "multiply_adds": str(totals.multiply_adds),
    }


def _layer_data(change: LayerChange) -> dict[str, object]:
    return {
        "name": change.name,
        "change": change.change,
        "layer": change.layer,
        "fields": [
            {"what": f.what, "before": f.before, "after": f.after}
            for f in change.fields
        ],
    }


def _weight_data(weight: WeightChange) -> dict[str, object]:
    return {
        "name": weight.name,
        "fate": _fate(weight).strip(),
        "before": None if weight.before is None else list(weight.before),
        "after": None if weight.after is None else list(weight.after),
    }
