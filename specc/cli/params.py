"""`specc params`: counts the parameters of models, layer by layer."""

from __future__ import annotations

import click

from specc.cli import _options
from specc.cli._spec import chosen_models


@click.command()
@_options.file
@_options.model
@click.option(
    "--format",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    show_default=True,
    help="JSON always has the weights.",
)
@click.option(
    "--weights",
    is_flag=True,
    help="Also every weight: name, shape, initialiser (CSV: a row per weight instead).",
)
@_options.settings
@_options.no_color
def params(
    file: str,
    model: str | None,
    format: str,
    weights: bool,
    settings: dict[str, int | float],
) -> None:
    """Count parameters, layer by layer.

    A row per layer, shared weights once, and the totals.

    All models of the file, unless one is chosen.

    \b
    Example:
      specc params sonnets.seq --format markdown
    """
    from specc.report.parameter_data import render_csv, render_json
    from specc.report.parameter_table import render_markdown, render_table
    from specc.report.parameters import count_parameters

    render = {
        "table": render_table,
        "json": render_json,
        "csv": render_csv,
        "markdown": render_markdown,
    }[format]
    reports = [
        count_parameters(found) for found in chosen_models(file, model, settings)
    ]
    click.echo(render(reports, weights))
