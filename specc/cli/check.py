"""`specc check`: says what is wrong with specs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._say import say, say_diagnostics
from specc.cli._spec import compile_file
from specc.diagnostics import Diagnostic, Failure

if TYPE_CHECKING:
    from specc.ir.graph import Model


@click.command()
@_options.files
@click.option(
    "--format",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How mistakes are told: on standard error, or as data on standard output.",
)
@_options.tiles
@_options.settings
@_options.no_color
def check(
    files: tuple[str, ...],
    format: str,
    target: str | None,
    settings: dict[str, int | float],
) -> None:
    """Check specs and tell every mistake in them.

    Ends with 1 if there is any. Files of cells without a model are fine.

    \b
    Example:
      specc check models/*.seq
    """
    found: list[Diagnostic] = []
    models = 0
    for file in dict.fromkeys(files):
        try:
            compiled = compile_file(file, settings)
        except Failure as failure:
            found += failure.diagnostics
            continue
        found += compiled.diagnostics
        models += len(compiled.models)
        if target == "tpu":
            found += _advice(compiled.models)
    _tell(found, format)
    if any(diagnostic.code.severity == "error" for diagnostic in found):
        raise click.exceptions.Exit(1)
    if not found:
        say(
            f"no mistakes in {_count(len(dict.fromkeys(files)), 'file')}, "
            f"{_count(models, 'model')}"
        )


def _advice(models: Sequence[Model]) -> list[Diagnostic]:
    from specc.report.tiles import awkward_sizes

    return [advice for model in models for advice in awkward_sizes(model)]


def _tell(found: Sequence[Diagnostic], format: str) -> None:
    if format == "text":
        say_diagnostics(found)
        return
    # Loaded only where there is something to render.
    from specc.diagnostics.render import render_github, render_json

    if format == "json":
        click.echo(render_json(found))
    elif found:
        click.echo(render_github(found))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
