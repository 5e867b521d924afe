"""Diagnostics as data: what is wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from specc.text import Span

MANY = 200
NEAR, NEAR_SHORT, SHORT = 0.75, 0.6, 5
"""How near a name must be; one of a few letters, in which each counts, less so."""
MOST_NAMES = 1_000
"""Among more, looking for a near one for every mistake would take minutes."""
Severity = Literal["error", "warning"]


class Code(Struct, frozen=True):
    """A kind of diagnostic. `number` is `SPC204`, `slug` is `unknown-option`."""

    number: str
    slug: str
    severity: Severity = "error"


class Label(Struct, frozen=True):
    """A span with a short text under its carets (may be empty)."""

    span: Span
    text: str = ""


class Diagnostic(Struct, frozen=True):
    """One mistake: the first label is where it is, the others what it clashes with."""

    code: Code
    message: str
    labels: tuple[Label, ...] = ()
    help: str | None = None


class Failure(Exception):
    """Raised where work cannot go on; carries everything found so far."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))


class Sink:
    """Collects the diagnostics of one run."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[Diagnostic] = set()

    def report(
        self,
        code: Code,
        span: Span | None,
        message: str,
        *,
        label: str = "",
        others: Iterable[Label] = (),
        help: str | None = None,
    ) -> Diagnostic:
        """Add a diagnostic, unless the very same one is there already."""
        first = () if span is None else (Label(span, label),)
        return self.add(Diagnostic(code, message, (*first, *others), help))

    def add(self, found: Diagnostic) -> Diagnostic:
        """Add a diagnostic made elsewhere, unless it is there already."""
        if found not in self._seen:
            self._seen.add(found)
            self.diagnostics.append(found)
        return found

    @property
    def failed(self) -> bool:
        """Whether an error was reported."""
        return any(d.code.severity == "error" for d in self.diagnostics)

    def stop_on_errors(self) -> None:
        """Raise `Failure` if an error was reported."""
        if self.failed:
            raise Failure(self.diagnostics)

    def stop_on_many(self) -> None:
        """Raise `Failure` if more was reported than anybody reads at once."""
        if len(self.diagnostics) >= MANY:
            self.stop_on_errors()


def did_you_mean(found: str, known: Iterable[str]) -> str | None:
    """A suggestion for a mistyped name, or None if nothing is near."""
    names = sorted(set(known))
    if len(names) > MOST_NAMES:
        return None
    cutoff = NEAR if len(found) > SHORT else NEAR_SHORT
    near = difflib.get_close_matches(found, names, n=1, cutoff=cutoff)
    return f"did you mean `{near[0]}`?" if near else None
