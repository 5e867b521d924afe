"""`specc ir`: shows what a spec became before code is generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._spec import chosen_models, scheduled

if TYPE_CHECKING:
    from specc.ir.schedule import TargetName


@click.command()
@_options.file
@_options.model
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@_options.target
@_options.settings
@_options.no_color
def ir(
    file: str,
    model: str | None,
    format: str,
    target: TargetName,
    batch: int | None,
    length: int | None,
    settings: dict[str, int | float],
) -> None:
    """Show models as nodes, masks, weights and equations.

    With a target, also the schedule of every recurrent layer. All models of the file,
    unless one is chosen.

    \b
    Example:
      specc ir imdb.seq
    """
    from specc.codegen.equation_text import equation_lines
    from specc.ir.text import model_text, models_json

    models = scheduled(chosen_models(file, model, settings), target, batch, length)
    if format == "json":
        click.echo(models_json(models))
        return
    texts = [
        model_text(found, lambda cell: equation_lines(cell, 80)) for found in models
    ]
    click.echo("\n\n".join(texts))
