"""How messages put names, numbers and counts."""

from __future__ import annotations

from collections.abc import Iterable

from specc.text import Span

LONGEST = 40


def counted(number: int, noun: str) -> str:
    """`1 value`, `2 values`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def ranged(least: int, most: int, noun: str) -> str:
    """`2 values`, `2 or 3 values`, `2 values or more`."""
    if most == least + 1:
        return f"{least:,} or {counted(most, noun)}"
    return counted(least, noun) + " or more" * (most > least)


def one_of(words: Iterable[str]) -> str:
    """`` `a`, `b` or `c` ``."""
    *first, last = (f"`{word}`" for word in words)
    return f"{', '.join(first)} or {last}" if first else last


def number_text(number: float) -> str:
    """`1,000,000`, `64.5`."""
    return f"{number:,}" if isinstance(number, int) else repr(number)


def shown(span: Span) -> str:
    """The text of a span on one line, shortened where it is long."""
    text = " ".join(span.text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
