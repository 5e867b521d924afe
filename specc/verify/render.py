"""Reports as text and as data."""

from __future__ import annotations

import math
from collections.abc import Sequence

from specc.diagnostics.visible import visible
from specc.verify.arrays import Precision
from specc.verify.compare import LIMITS, Kind, Row
from specc.verify.report import Finding, Part, Report

TITLES: dict[Kind, str] = {
    "forward": "outputs",
    "gradient": "gradients",
    "penalty": "penalty",
    "steps": "weights after 10 steps of descent",
    "initial": "first weights from a seed",
    "invariance": "outputs unchanged",
}
SUMMED_UP: frozenset[Kind] = frozenset({"steps", "initial"})
"""Kinds that have a line for the worst tensor and for wrong ones only."""
WRONG = "WRONG"
LEGEND = """\
float64: the largest difference from the oracle, over its largest number or 1
float32: the error over that of the oracle run in float32; after descent, the largest
difference over the largest change"""


def render_text(report: Report) -> str:
    """A table with a line for each tensor and a column for each program."""
    lines = [f"{report.model} ({visible(report.source)}), seed {report.seed}"]
    lines += [f"  {batch}" for batch in report.batches]
    lines += ["", *_table(report), "", LEGEND, "", *map(_finding_line, report.findings)]
    lines += [line for part in report.parts for line in _trace_lines(part)]
    return "\n".join([*lines, _conclusion(report), ""])


def _table(report: Report) -> list[str]:
    """The table's lines: a group of rows for each kind, headed by its limits."""
    heads = [
        ["", *(part.backend for part in report.parts), ""],
        ["", *(part.precision for part in report.parts), ""],
    ]
    body: list[list[str]] = []
    for kind, title in TITLES.items():
        names = dict.fromkeys(
            r.name for p in report.parts for r in p.rows if r.kind == kind
        )
        if not names:
            continue
        limits = [_limit_text(kind, part.precision) for part in report.parts]
        body.append([title, *limits, ""])
        if kind in SUMMED_UP:
            body.append(_largest_cells(report, kind, f"  largest of {len(names)}"))
        body += [
            cells
            for name in names
            for cells in [_tensor_cells(report, kind, name)]
            if kind not in SUMMED_UP or cells[-1] == WRONG
        ]
    return _aligned([*heads, *body])


def _tensor_cells(report: Report, kind: Kind, name: str) -> list[str]:
    found = [_find_row(part, kind, name) for part in report.parts]
    return [f"  {name}", *_figures(report, found), _verdict(found)]


def _largest_cells(report: Report, kind: Kind, title: str) -> list[str]:
    found = [
        max(rows, key=lambda row: row.figure, default=None)
        for part in report.parts
        for rows in [[row for row in part.rows if row.kind == kind]]
    ]
    return [title, *_figures(report, found), _verdict(found)]


def _figures(report: Report, found: Sequence[Row | None]) -> list[str]:
    return [
        "" if row is None else _figure_text(row, part.precision)
        for row, part in zip(found, report.parts, strict=True)
    ]


def _verdict(found: Sequence[Row | None]) -> str:
    return "ok" if all(row is None or row.passed for row in found) else WRONG


def _find_row(part: Part, kind: Kind, name: str) -> Row | None:
    rows = (row for row in part.rows if row.kind == kind and row.name == name)
    return next(rows, None)


def _figure_text(row: Row, precision: Precision) -> str:
    mark = "" if row.passed else "!"
    if row.note:
        return f"{row.note}{mark}"
    if precision == "float32" and row.kind != "steps":
        return f"{row.figure:.2f}{mark}"
    return f"{row.figure:.0e}{mark}"


def _limit_text(kind: Kind, precision: Precision) -> str:
    limit = LIMITS.get((kind, precision))
    return "" if limit is None else f"<= {limit:g}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]
        ).rstrip()
        for row in rows
    ]


def _finding_line(finding: Finding) -> str:
    return f"{visible(str(finding.span))}: {visible(finding.message)}"


def _trace_lines(part: Part) -> list[str]:
    lines = [visible(line) for line in part.trace.splitlines()]
    return [f"{part.backend} in {part.precision}:", *lines, ""] if lines else []


def _conclusion(report: Report) -> str:
    backends = list(dict.fromkeys(part.backend for part in report.parts))
    failed = {part.backend for part in report.parts if not part.passed}
    wrong = [name for name in backends if name in failed]
    if wrong:
        return f"{WRONG}: {', '.join(wrong)}"
    compute = "computes" if len(backends) == 1 else "compute"
    return f"passed: {' and '.join(backends)} {compute} what the oracle computes"


def report_data(report: Report) -> dict[str, object]:
    """All of it; an infinite figure is None."""
    return {
        "name": report.model,
        "source": report.source,
        "seed": report.seed,
        "passed": report.passed,
        "batches": list(report.batches),
        "programs": [
            {
                "backend": part.backend,
                "precision": part.precision,
                "passed": part.passed,
                "trace": part.trace,
                "tensors": [_row_data(row) for row in part.rows],
            }
            for part in report.parts
        ],
        "findings": [_finding_data(finding) for finding in report.findings],
    }


def _row_data(row: Row) -> dict[str, object]:
    return {
        "kind": row.kind,
        "name": row.name,
        "figure": row.figure if math.isfinite(row.figure) else None,
        "limit": row.limit,
        "passed": row.passed,
        "batch": row.batch,
        "note": row.note,
    }


def _finding_data(finding: Finding) -> dict[str, object]:
    return {
        "backend": finding.backend,
        "precision": finding.precision,
        "node": finding.node,
        "file": finding.span.source.name,
        "line": finding.span.line,
        "column": finding.span.column,
        "message": finding.message,
    }
