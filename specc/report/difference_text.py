"""The difference of two models for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod

from specc.diagnostics.visible import visible
from specc.ir.amount import Amount
from specc.report.columns import align
from specc.report.cost_cells import amount_text
from specc.report.difference import (
    WEIGHT_FACTS,
    Difference,
    Field,
    LayerChange,
    Totals,
    WeightChange,
)

MANY = 3
"""So many weights of a layer that are all new, or all gone, are told in one line."""
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
        list(_weight_lines(difference)),
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
            "renamed": [list(names) for names in difference.renamed],
        },
    }
    return json.dumps(data, indent=2)


def _title(totals: Totals) -> str:
    return f"{totals.name} ({totals.source})"


def _layer_lines(change: LayerChange) -> list[str]:
    head = f"{SIGNS[change.change]} {change.name}  {change.layer}"
    fields = _together(change.fields)
    rows = [(f"    {f.what}", f.before, "->", f.after) for f in fields]
    return [visible(head), *_aligned(rows)]


def _together(fields: Sequence[Field]) -> list[Field]:
    """The fields, with what is alike of several weights said once: `W, U l2`."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for field in fields:
        name, space, fact = field.what.partition(" ")
        of_weight = space and fact in WEIGHT_FACTS
        key = fact if of_weight else field.what, field.before, field.after
        found.setdefault(key, []).extend([name] if of_weight else [])
    return [
        Field(f"{', '.join(names)} {what}" if names else what, before, after)
        for (what, before, after), names in found.items()
    ]


def _sums(before: Totals, after: Totals) -> list[tuple[str, str, str, str]]:
    counts = f"{before.parameters:,}", f"{after.parameters:,}"
    costs = amount_text(before.multiply_adds), amount_text(after.multiply_adds)
    change = after.parameters - before.parameters
    return [
        ("", "before", "after", "change"),
        ("parameters", *counts, f"{change:+,}" if change else "none"),
        ("multiply-adds", *costs, _more(before.multiply_adds, after.multiply_adds)),
    ]


def _more(before: Amount, after: Amount) -> str:
    """How much was added, or taken away."""
    change = after + before * -1
    text = amount_text(change)
    if not change.terms:
        return "none"
    return (text if text.startswith("-") else f"+{text}").replace("+ -", "- ")


def _weight_lines(difference: Difference) -> Iterator[str]:
    """How many weights carry over, what becomes of the others, and what would fit."""
    carried, numbers = len(difference.carried), difference.carried_parameters
    there = carried + sum(w.after is not None for w in difference.weights)
    total = difference.after.parameters
    yield (
        f"{carried} of {there} weights carry over, {numbers:,} of {total:,} parameters"
    )
    yield from _aligned(list(_weight_rows(difference.weights)))
    for old, new in difference.renamed:
        yield visible(f"the weights of {old} would fit {new}")


def _weight_rows(changes: Sequence[WeightChange]) -> Iterator[tuple[str, ...]]:
    for (layer, fate), group in groupby(changes, lambda w: (w.layer, _fate(w))):
        weights = list(group)
        if fate != "reshaped" and len(weights) >= MANY:
            numbers = sum(prod(w.after or w.before or ()) for w in weights)
            count = f"{len(weights)} weights, {numbers:,} parameters"
            yield f"  {fate:<8}  {layer}: {count}", "", "", ""
            continue
        for weight in weights:
            before, after = _shape(weight.before), _shape(weight.after)
            arrow = "->" if fate == "reshaped" else ""
            yield f"  {fate:<8}  {weight.name}", before, arrow, after


def _fate(weight: WeightChange) -> str:
    """What becomes of a weight that does not carry over."""
    if weight.before is None:
        return "new"
    return "gone" if weight.after is None else "reshaped"


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
        "fate": _fate(weight),
        "before": None if weight.before is None else list(weight.before),
        "after": None if weight.after is None else list(weight.after),
    }
