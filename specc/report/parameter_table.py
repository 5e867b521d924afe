"""Parameter reports as a table for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from specc.diagnostics.visible import columns, visible
from specc.report.columns import align
from specc.report.parameters import LayerRow, ModelReport, WeightRow

HEAD = ("name", "layer", "output", "parameters", "formula")
NUMBERS = 3
"""The column of numbers."""
LONGEST_LAYER = 60
"""A layer's text longer than this is cut in the terminal; nowhere else."""

Row = tuple[str, str, str, str, str]


def render_table(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """One table after the other. With `weights`, a line per weight under its layer."""
    return "\n\n".join(_table(report, weights) for report in reports)


def render_markdown(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """The same tables for a page."""
    return "\n\n".join(_markdown(report, weights) for report in reports)


def _table(report: ModelReport, weights: bool) -> str:
    rows = [_cut(row) for row in _rows(report, weights)]
    lines = align([HEAD, *rows, *_totals(report)], right=frozenset([NUMBERS]))
    rule = "-" * max(map(columns, lines))
    lines = [lines[0], rule, *lines[1 : len(rows) + 1], rule, *lines[len(rows) + 1 :]]
    title = f"{report.name} ({visible(report.source)})"
    return "\n".join([title, "", *lines])


def _markdown(report: ModelReport, weights: bool) -> str:
    marks = ["--:" if place == NUMBERS else ":--" for place in range(len(HEAD))]
    lines = [_markdown_row(HEAD), _markdown_row(marks)]
    for name, layer, output, parameters, formula in _rows(report, weights):
        code = [_code(cell.strip()) for cell in (name, layer, output)]
        lines.append(_markdown_row([*code, parameters, formula]))
    lines += [_markdown_row(row) for row in _totals(report)]
    return "\n".join([f"### {report.name}", "", *lines])


def _rows(report: ModelReport, weights: bool) -> Iterator[Row]:
    for layer in report.layers:
        yield _layer_row(layer)
        if weights:
            yield from map(_weight_row, layer.weights)


def _layer_row(row: LayerRow) -> Row:
    note = row.formula
    if row.shared_with is not None:
        note = f"shared with {row.shared_with}"
    elif row.trainable < row.parameters:
        note += " (frozen)"
    return row.name, row.layer, row.output, f"{row.parameters:,}", note


def _weight_row(row: WeightRow) -> Row:
    shape = f"[{', '.join(map(str, row.shape))}]"
    return f"  {row.name}", f"  {row.source}", f"  {shape}", f"{row.parameters:,}", ""


def _totals(report: ModelReport) -> list[Row]:
    size = f"{report.bytes:,}"
    return [
        ("total", "", "", f"{report.total:,}", ""),
        ("trainable", "", "", f"{report.trainable:,}", ""),
        ("frozen", "", "", f"{report.frozen:,}", ""),
        ("bytes", "", "as float32", size, _readable(report.bytes)),
    ]


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
    output, parameters, formula = rest
    return name, layer, output, parameters, formula


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
