"""`specc weights`: makes the weights a model starts from."""

from __future__ import annotations

from pathlib import Path

import click

from specc.cli import _options
from specc.cli._spec import chosen_model


@click.command()
@_options.file
@_options.model
@_options.seed
@click.option(
    "--out",
    metavar="W.safetensors",
    type=_options.PATH,
    required=True,
    help="Where to put them.",
)
@_options.settings
@_options.no_color
def weights(
    file: str, model: str | None, seed: int, out: str, settings: dict[str, int | float]
) -> None:
    """Write the weights a model starts from and print their path.

    By canonical name and in canonical shape, as `specc params --weights` lists them.
    One seed gives the same numbers here and in the programs of every backend.

    \b
    Example:
      specc weights imdb.seq --seed 0 --out imdb.safetensors
    """
    from specc.verify.installed import require_reference

    found = chosen_model(file, model, settings)
    require_reference()

    from specc.verify.weights import initial_weights, save_weights

    save_weights(Path(out), initial_weights(found, seed, Path(file).parent))
    click.echo(out)
