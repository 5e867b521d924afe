"""`specc draw`: draws a model as a diagram."""

from __future__ import annotations

from pathlib import Path

import click

from specc.cli import _options
from specc.cli._spec import chosen_model


@click.command()
@_options.file
@_options.model
@click.option(
    "--format",
    type=click.Choice(["svg", "mermaid", "dot"]),
    default="svg",
    show_default=True,
)
@_options.settings
@click.option("--out", metavar="FILE", type=_options.PATH, help="Where to put it.")
@_options.no_color
def draw(
    file: str,
    model: str | None,
    format: str,
    settings: dict[str, int | float],
    out: str | None,
) -> None:
    """Draw a model: layers, types, blocks.

    Every block has its frame, and a part that is repeated is drawn once. The diagram
    goes to standard output, or into a file.

    \b
    Example:
      specc draw imdb.seq --out imdb.svg
    """
    from specc.atomic import write_text
    from specc.draw.diagram import draw_model
    from specc.draw.dot import draw_dot
    from specc.draw.mermaid import draw_mermaid
    from specc.draw.svg import draw_svg

    render = {"svg": draw_svg, "mermaid": draw_mermaid, "dot": draw_dot}[format]
    text = render(draw_model(chosen_model(file, model, settings)))
    if out is None:
        click.echo(text)
        return
    write_text(Path(out), f"{text}\n")
    click.echo(out)
