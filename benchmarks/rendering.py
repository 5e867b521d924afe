"""Tables for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.table import Figures, Known, Row, Spread, Table

HEAD = (
    "program",
    "inference",
    "training step",
    "first training step",
    "peak memory",
    "of the GEMM peak",
    "apart: outputs, losses",
)


def row_text(row: Row, known: Mapping[str, Known], gemm: float = 0.0) -> str:
    """One model and batch, aligned for a terminal."""
    return f"{heading(row)}\n{aligned(lines(row, known, gemm))}"


def table_text(table: Table) -> str:
    """Everything."""
    return "\n\n".join(
        row_text(row, table.contenders, table.gemm) for row in table.rows
    )


def heading(row: Row) -> str:
    """The model, its lengths and its batch."""
    size = f", {row.size}" if row.size else ""
    work = f"{row.multiply_adds / 1e6:,.0f} million multiply-adds"
    return f"{row.model}, batch {row.batch}{size}: {work}"


def lines(row: Row, known: Mapping[str, Known], gemm: float) -> list[tuple[str, ...]]:
    """A line for each contender; times in ms with quartiles."""
    found: list[tuple[str, ...]] = [HEAD]
    for name, figures in row.figures.items():
        found.append((known[name].label, *cells(row, figures, gemm)))
    return found


def cells(row: Row, figures: Figures, gemm: float) -> tuple[str, ...]:
    """The figures of one contender, or why there are none."""
    if figures.infer is None or figures.train is None:
        return (last_line(figures.missing), *[""] * (len(HEAD) - 2))
    label = "" if figures.missing is None else f" ({figures.missing})"
    return (
        milliseconds(figures.infer) + label,
        milliseconds(figures.train),
        f"{figures.first_train:.1f} s",
        f"{figures.memory:,.0f} MiB",
        f"{share(row, figures, gemm):.0%}" if gemm else "",
        f"{figures.difference:.0e}, {figures.loss_difference:.0e}",
    )


def known_text(known: Known) -> str:
    """A contender in a line: versions, threads and its product of matrices."""
    if known.missing:
        return f"{known.label}: {last_line(known.missing)}"
    numbers = ", ".join(f"{name} {number}" for name, number in known.versions.items())
    product = f"product of matrices {known.gemm:.0f} GFLOP/s"
    return f"{known.label}: {numbers}; {known.threads}; {product}"


def last_line(text: str | None) -> str:
    """Of a traceback, what went wrong."""
    return text.splitlines()[-1] if text else ""


def milliseconds(times: Spread) -> str:
    """`12.3 (12.1-12.9) ms`: the median and the quartiles."""
    low, middle, high = (short(1000 * t) for t in (times.low, times.median, times.high))
    return f"{middle} ({low}-{high}) ms"


def short(number: float) -> str:
    """Three figures are what a time deserves."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def share(row: Row, figures: Figures, gemm: float) -> float:
    """The training step's products over what the machine's own take.

    Backward there are two products for each one forward, and a multiply-add is two
    operations.
    """
    assert figures.train is not None
    return 3 * 2 * row.multiply_adds / figures.train.median / (gemm * 1e9)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def markdown(rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; the first row is its head."""
    head, *rest = rows
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rest))
