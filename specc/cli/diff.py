"""`specc diff`: tells what changed from one model to another."""

from __future__ import annotations

import click

from specc.cli import _options
from specc.cli._spec import chosen_model


@click.command()
@click.argument("before", type=_options.PATH)
@click.argument("after", type=_options.PATH)
@_options.model
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@_options.settings
@click.option("--exit-code", is_flag=True, help="End with 1 if anything differs.")
@_options.no_color
def diff(
    before: str,
    after: str,
    model: str | None,
    format: str,
    settings: dict[str, int | float],
    exit_code: bool,
) -> None:
    """Tell what changed from one model to another.

    Shapes, counts and cost, and which weights carry over. Layers are compared under
    their names. A weight carries over if the later model has one of the same name and
    shape.

    \b
    Example:
      specc diff old.seq new.seq
    """
    from specc.report.difference import compare_models
    from specc.report.difference_text import difference_json, difference_text

    earlier = chosen_model(before, model, settings)
    difference = compare_models(earlier, chosen_model(after, model, settings))
    render = difference_json if format == "json" else difference_text
    click.echo(render(difference))
    if exit_code and not difference.is_empty:
        click.get_current_context().exit(1)
