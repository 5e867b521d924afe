"""`specc explain-schedule`: how each recurrence is run on a target, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._spec import chosen_models

if TYPE_CHECKING:
    from specc.ir.schedule import TargetName


@click.command("explain-schedule")
@_options.file
@_options.model
@_options.target
@_options.settings
@_options.no_color
def explain_schedule(
    file: str,
    model: str | None,
    target: TargetName,
    batch: int | None,
    length: int | None,
    settings: dict[str, int | float],
) -> None:
    """Say how recurrent layers run on a target, and why.

    The equations say what a layer computes; its schedule says how: what is computed
    before the loop, what the backward pass keeps, whether directions run together.
    `specc build --target` writes the program that way. The choice changes no result.

    \b
    Example:
      specc explain-schedule imdb.seq --target cpu
    """
    from specc.ir.schedule import Target
    from specc.report.schedule import render_schedule

    chosen = Target(target, batch, length)
    texts = [
        render_schedule(found, chosen) for found in chosen_models(file, model, settings)
    ]
    click.echo("\n".join(texts), nl=False)
