"""Rows of text as aligned columns for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics.visible import columns, visible

BETWEEN = "  "


def align(
    rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> list[str]:
    """A line per row, every column as wide as it must be.

    `right` are the columns whose text stands at their right edge. Control characters
    are shown as escapes.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(*shown, strict=True)]
    return [
        BETWEEN.join(
            _padded(cell, width, place in right)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in shown
    ]


def _padded(cell: str, width: int, right: bool) -> str:
    gap = " " * (width - columns(cell))
    return gap + cell if right else cell + gap
