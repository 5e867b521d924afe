"""What commands tell the user: talk on standard error, in colour on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import SYSTEM_ERROR


def say(text: str) -> None:
    """Tell the user something that is not the product."""
    click.echo(text, err=True)


def say_diagnostics(diagnostics: Sequence[Diagnostic]) -> None:
    """Show diagnostics as text, if there are any."""
    if not diagnostics:
        return
    from specc.diagnostics.render import render_text

    say(render_text(diagnostics, color=_has_color()))


def diagnostics_of(error: Failure | OSError | MemoryError) -> Sequence[Diagnostic]:
    """What stopped a command, as diagnostics."""
    if isinstance(error, Failure):
        return error.diagnostics
    if isinstance(error, MemoryError):
        message = "there is not enough memory here for what was asked"
        return [Diagnostic(SYSTEM_ERROR, message)]
    reason = error.strerror or type(error).__name__
    place = "" if error.filename is None else f"`{error.filename}`: "
    return [Diagnostic(SYSTEM_ERROR, f"{place}{reason}")]


def _has_color() -> bool:
    context = click.get_current_context(silent=True)
    if context is not None and context.find_root().color is False:
        return False
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
