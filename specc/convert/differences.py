"""What a file of another world has and what it should have, before it is read."""

from __future__ import annotations

from collections.abc import Mapping

from specc.codegen.elsewhere import Table
from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    MISSING_WEIGHT,
    UNKNOWN_WEIGHT,
    WEIGHT_DTYPE,
    WEIGHT_SHAPE,
)
from specc.ir.graph import Model
from specc.verify.weights_file import DTYPES, FLOATS, Entry, shown

MOST_UNKNOWN = 1000
"""More names than these that nothing stands for are counted only."""
MOST_HINTS = 20
"""What was meant is asked for so many names; it takes a while for each."""


def check_entries(model: Model, table: Table, entries: Mapping[str, Entry]) -> None:
    """Raise `Failure` with all differences between a file's header and a table."""
    sink = Sink()
    holds = _holds(table)
    _report_unknown(sink, model, table, entries)
    for name, shape in table.shapes.items():
        span = table.owner[name].span
        if name not in entries:
            message = f"`{name}` of shape {shape} is missing; {holds[name]}"
            sink.report(MISSING_WEIGHT, span, message)
            continue
        found = entries[name]
        if found.shape != shape:
            message = f"`{name}` has shape {shape}, found {found.shape}"
            sink.report(WEIGHT_SHAPE, span, message)
        if found.dtype not in FLOATS:
            message = f"`{name}` is float, found {DTYPES[found.dtype]}"
            sink.report(WEIGHT_DTYPE, span, message)
    sink.stop_on_errors()


def _holds(table: Table) -> dict[str, str]:
    """What is in each array, in words."""
    found: dict[str, list[str]] = {name: [] for name in table.shapes}
    for match in table.matches:
        for share in match.theirs:
            found[share.array] += (f"`{name}`" for name in match.ours)
    return {
        name: f"it holds {', '.join(dict.fromkeys(ours))}" if ours else "it is zero"
        for name, ours in found.items()
    }


def _report_unknown(
    sink: Sink, model: Model, table: Table, entries: Mapping[str, Entry]
) -> None:
    unknown = sorted(entries.keys() - table.shapes.keys() - table.spare)
    missing = table.shapes.keys() - entries.keys()
    for number, name in enumerate(unknown[:MOST_UNKNOWN]):
        hint = did_you_mean(name, missing) if number < MOST_HINTS else None
        message = f"no layer of `{model.name}` has anything in `{shown(name)}`"
        sink.report(UNKNOWN_WEIGHT, None, message, help=hint)
    if len(unknown) > MOST_UNKNOWN:
        more = f"{len(unknown) - MOST_UNKNOWN:,} more names are unknown"
        sink.report(UNKNOWN_WEIGHT, None, more)
