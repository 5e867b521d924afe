"""`specc weights`: makes the weights a model starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from specc.cli import _options
from specc.cli._convert import convert
from specc.cli._spec import chosen_model


class Weights(click.Command):
    """`specc weights FILE`, unless the next word is `convert`."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        if args[:1] == [convert.name]:
            name = f"{info_name} {convert.name}"
            return convert.make_context(name, args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=Weights)
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
    """Write the first weights of a model; print their path.

    By canonical name and in canonical shape, as `specc params --weights` lists them.
    One seed gives the same numbers here and in the programs of every backend.

    `specc weights convert` carries weights over to PyTorch, Flax, Keras and JAX, and
    back; `specc weights convert --help` says how.

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
