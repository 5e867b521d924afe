"""What a verification found, as data."""

from __future__ import annotations

from msgspec import Struct

from specc.diagnostics import Diagnostic, Label
from specc.diagnostics.codes import DISAGREEMENT, PROGRAM_FAILED
from specc.text import Span
from specc.verify.arrays import Precision
from specc.verify.compare import Row


class Part(Struct, frozen=True):
    """One program in one precision; `trace` is the traceback of one that raised."""

    backend: str
    precision: Precision
    rows: tuple[Row, ...]
    trace: str = ""

    @property
    def passed(self) -> bool:
        return all(row.passed for row in self.rows)


class Finding(Struct, frozen=True):
    """Where a program goes wrong first.

    `node` is the layer's path as reports have it, `span` its place in the spec.
    """

    backend: str
    precision: Precision
    message: str
    node: str
    span: Span


class Digests(Struct, frozen=True):
    """SHA-256 of what was judged.

    `programs` by backend, as `specc build` writes them. Weights as `specc weights`
    writes them: the random ones all programs were given, and those they make from
    `initial_seed`, "" where a file of vectors is needed for that.
    """

    programs: tuple[tuple[str, str], ...]
    weights: str
    initial: str
    initial_seed: int


class Report(Struct, frozen=True):
    """The verdict on every program of a model. `batches` are what it was run on."""

    model: str
    source: str
    seed: int
    batches: tuple[str, ...]
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    digests: Digests

    @property
    def passed(self) -> bool:
        return all(part.passed for part in self.parts)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings as mistakes that point into the spec."""
        failed = {part.backend for part in self.parts if part.trace}
        return tuple(
            Diagnostic(
                PROGRAM_FAILED if finding.backend in failed else DISAGREEMENT,
                finding.message,
                (Label(finding.span, "the first to be wrong"),),
            )
            for finding in self.findings
        )


def row_text(row: Row) -> str:
    """A row that failed, in words."""
    if row.kind == "error":
        return f"{row.name}: {row.note}"
    if row.note:
        return f"{row.kind} of `{row.name}` is {row.note}"
    off = f"{row.kind} of `{row.name}` is off by {row.figure:.1e}"
    return f"{off}, {row.limit:g} is allowed"
