"""`specc build`: writes the program of a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._spec import chosen_models, scheduled

if TYPE_CHECKING:
    from specc.ir.schedule import TargetName


@click.command()
@_options.file
@click.option("--backend", metavar="NAME", required=True, help="See `specc backends`.")
@_options.model
@click.option(
    "--out",
    metavar="DIR",
    type=_options.PATH,
    default="build",
    show_default=True,
    help="Where to; made if it is not there.",
)
@_options.target
@_options.settings
@_options.no_color
def build(
    file: str,
    backend: str,
    model: str | None,
    out: str,
    target: TargetName,
    batch: int | None,
    length: int | None,
    settings: dict[str, int | float],
) -> None:
    """Write the program of a model and print its path.

    It is DIR/<model>_<backend>.py, which needs its framework and numpy only.

    All models of the file, unless one is chosen. Needs no framework. Nothing is written
    if there is any mistake.

    \b
    Example:
      specc build imdb.seq --backend jax
    """
    from specc.codegen.backend import load_backend
    from specc.codegen.build import generate
    from specc.codegen.output import write_programs

    loaded = load_backend(backend)
    models = chosen_models(file, model, settings)
    programs = {
        f"{found.name}_{backend}.py": generate(found, loaded)
        for found in scheduled(models, target, batch, length)
    }
    for path in write_programs(Path(out), programs):
        click.echo(path)
