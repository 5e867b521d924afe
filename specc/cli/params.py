"""`specc params`: counts the parameters of models, layer by layer."""

from __future__ import annotations

import click

from specc.cli import _options
from specc.cli._sizes import Length, LengthType, cost_sizes, need_lengths
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
@click.option(
    "--cost",
    is_flag=True,
    help="Also multiply-adds, steps in a row, and the memory that training needs.",
)
@click.option("--batch", metavar="N", type=click.IntRange(min=1), help="For --cost.")
@click.option(
    "--length",
    "lengths",
    metavar="N | NAME=N",
    type=LengthType(),
    multiple=True,
    help="For --cost: of every named length, or of one.",
)
@_options.no_color
def params(
    file: str,
    model: str | None,
    format: str,
    weights: bool,
    settings: dict[str, int | float],
    cost: bool,
    batch: int | None,
    lengths: tuple[Length, ...],
) -> None:
    """Count parameters, layer by layer.

    A row per layer, shared weights once, and the totals. Costs are in terms of the
    batch B and the named lengths where no numbers are given.

    All models of the file, unless one is chosen.

    \b
    Example:
      specc params imdb.seq --cost --batch 64 --length T=120
    """
    from specc.report.parameter_data import render_csv, render_json
    from specc.report.parameter_table import render_markdown, render_table
    from specc.report.parameters import count_all, count_parameters

    sizes = cost_sizes(cost, batch, lengths)
    if cost and weights and format == "csv":
        raise click.UsageError("in CSV, --weights and --cost are two different tables")
    models = chosen_models(file, model, settings)
    need_lengths(lengths, models)
    render = {
        "table": render_table,
        "json": render_json,
        "csv": render_csv,
        "markdown": render_markdown,
    }[format]
    reports = [
        count_all(found, sizes) if cost else count_parameters(found) for found in models
    ]
    click.echo(render(reports, weights))
