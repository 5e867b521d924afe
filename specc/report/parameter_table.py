"""Parameter reports as a table for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from specc.diagnostics.visible import columns, visible
from specc.report.columns import align
from specc.report.cost import ModelCost
from specc.report.cost_cells import (
    COST_HEAD,
    amount_text,
    cost_cells,
    memory_rows,
    size_note,
    total_cells,
)
from specc.report.parameters import LayerRow, ModelReport, WeightRow

TEXTS = 3
"""So many columns of text come first, numbers after them, the formula at the end."""
LONGEST_LAYER = 60
"""A layer's text longer than this is cut in the terminal; nowhere else."""

Row = tuple[str, ...]


def render_table(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """One table after the other. With `weights`, a line per weight under its layer."""
    return "\n\n".join(_table(report, weights) for report in reports)


def render_markdown(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """The same tables for a page."""
    return "\n\n".join(_markdown(report, weights) for report in reports)


def _table(report: ModelReport, weights: bool) -> str:
    head = _head(report)
    rows = [_cut(row) for row in _rows(report, weights)]
    numbers = frozenset(range(TEXTS, len(head) - 1))
    lines = align([head, *rows, *_totals(report)], right=numbers)
    rule = "-" * max(map(columns, lines))
    lines = [lines[0], rule, *lines[1 : len(rows) + 1], rule, *lines[len(rows) + 1 :]]
    lines += _least(report)
    title = f"{report.name} ({visible(report.source)})"
    if report.cost is not None:
        lines += ["", *align(_memory(report.cost), right=frozenset([1]))]
    return "\n".join([title, "", *lines])


def _markdown(report: ModelReport, weights: bool) -> str:
    head = _head(report)
    marks = [":--"] * TEXTS + ["--:"] * (len(head) - TEXTS - 1) + [":--"]
    lines = [_markdown_row(head), _markdown_row(marks)]
    for row in _rows(report, weights):
        code = [_code(cell.strip()) for cell in row[:TEXTS]]
        lines.append(_markdown_row([*code, *row[TEXTS:]]))
    lines += [_markdown_row(row) for row in _totals(report)]
    lines += _least(report)
    if report.cost is not None:
        first, *rest = [_markdown_row(row) for row in _memory(report.cost)]
        lines += ["", first, _markdown_row([":--", "--:", ":--"]), *rest]
    return "\n".join([f"### {report.name}", "", *lines])


def _least(report: ModelReport) -> list[str]:
    """Below the table: how long sequences must be for every window to find room."""
    needs = [f"{length:,} steps of {name}" for name, length in report.least]
    return ["", f"needs at least {', '.join(needs)}"] if needs else []


def _head(report: ModelReport) -> Row:
    cost = () if report.cost is None else COST_HEAD
    return ("name", "layer", "output", "parameters", *cost, "formula")


def _rows(report: ModelReport, weights: bool) -> Iterator[Row]:
    costs = None if report.cost is None else report.cost.layers
    for place, layer in enumerate(report.layers):
        cost = () if costs is None else cost_cells(costs[place])
        yield _layer_row(layer, cost)
        if weights:
            yield from (_weight_row(row, len(cost)) for row in layer.weights)


def _layer_row(row: LayerRow, cost: tuple[str, ...]) -> Row:
    note = row.formula
    if row.shared_with is not None:
        note = f"shared with {row.shared_with}"
    elif 0 < row.trainable < row.parameters:
        note += f" ({row.parameters - row.trainable:,} frozen)"
    elif row.trainable < row.parameters:
        note += " (frozen)"
    return (row.name, row.layer, row.output, f"{row.parameters:,}", *cost, note)


def _weight_row(row: WeightRow, costs: int) -> Row:
    shape = f"[{', '.join(map(str, row.shape))}]"
    texts = f"  {row.name}", f"  {row.source}", f"  {shape}", f"{row.parameters:,}"
    return (*texts, *[""] * (costs + 1))


def _totals(report: ModelReport) -> list[Row]:
    cost = () if report.cost is None else total_cells(report.cost)
    none = ("",) * len(cost)
    size = f"{report.bytes:,}"
    return [
        ("total", "", "", f"{report.total:,}", *cost, ""),
        ("trainable", "", "", f"{report.trainable:,}", *none, ""),
        ("frozen", "", "", f"{report.frozen:,}", *none, ""),
        ("bytes", "", "as float32", size, *none, _readable(report.bytes)),
    ]


def _memory(cost: ModelCost) -> list[Row]:
    """A table of its own: the bytes a training step keeps."""
    rows: list[Row] = [("memory", "bytes", size_note(cost))]
    for name, amount in memory_rows(cost):
        readable = "" if amount.fixed is None else _readable(amount.fixed)
        rows.append((name, amount_text(amount), readable))
    return rows


def _readable(size: int) -> str:
    """`2.4 MiB`; nothing below 1 KiB."""
    unit, amount = "", float(size)
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        unit, amount = larger, amount / 1024
    return f"{amount:.1f} {unit}" if unit else ""


def _cut(row: Row) -> Row:
    name, layer, *rest = row
    if len(layer) > LONGEST_LAYER:
        layer = layer[: LONGEST_LAYER - 3] + "..."
    return (name, layer, *rest)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Text from a spec as a code span, which a cell of a table cannot end."""
    if not text:
        return ""
    shown = visible(text).replace("|", r"\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    space = " " if "`" in shown else ""
    return f"{fence}{space}{shown}{space}{fence}"
