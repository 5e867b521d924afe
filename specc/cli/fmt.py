"""`specc fmt`: lays specs out in the one canonical way."""

from __future__ import annotations

from pathlib import Path

import click

from specc.cli import _options
from specc.cli._say import say, say_diagnostics


@click.command()
@_options.files
@click.option(
    "--check",
    is_flag=True,
    help="Change nothing; print the files that would change and end with 1.",
)
@_options.no_color
def fmt(files: tuple[str, ...], check: bool) -> None:
    """Lay specs out in the canonical way, in place.

    \b
    Example:
      specc fmt models/*.seq
    """
    from specc.atomic import write_text
    from specc.diagnostics import Diagnostic, Failure
    from specc.diagnostics.visible import visible
    from specc.syntax.format import format_text
    from specc.syntax.read import read

    found: list[Diagnostic] = []
    changed: list[str] = []
    for file in dict.fromkeys(files):
        try:
            text = format_text(read(file))
        except Failure as failure:
            found += failure.diagnostics
            continue
        # Line ends and a byte order mark are laid out anew too, so bytes decide.
        if Path(file).read_bytes() == text.encode():
            continue
        changed.append(file)
        if not check:
            write_text(Path(file), text)
            say(f"formatted {visible(file)}")
    if check:
        for file in changed:
            click.echo(visible(file))
    say_diagnostics(found)
    if found or (check and changed):
        raise click.exceptions.Exit(1)
