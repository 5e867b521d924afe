"""`specc weights convert`: carries weights over to other frameworks and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._spec import chosen_model

if TYPE_CHECKING:
    from specc.codegen.renamed import Place

ENDINGS = (".safetensors", ".npz")


def _places(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, Place]:
    """`OURS=THEIRS` pairs; `THEIRS:1` is the second layer of a module."""
    from specc.codegen.renamed import Place

    found: dict[str, Place] = {}
    for pair in given:
        ours, equals, theirs = pair.partition("=")
        path, colon, number = theirs.partition(":")
        if not equals or not ours or (colon and not _is_number(number)):
            raise click.BadParameter(f"{pair!r} is not OURS=THEIRS or OURS=THEIRS:1")
        if ours in found:
            raise click.BadParameter(f"{ours!r} is mapped twice")
        found[ours] = Place(path, int(number) if colon else None)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 5


def _ending(ctx: click.Context, option: click.Parameter, given: str) -> str:
    if not given.endswith(ENDINGS):
        raise click.BadParameter(f"{given!r} ends neither in .safetensors nor in .npz")
    return given


@click.command(name="convert")
@_options.file
@click.argument("weights", type=_options.PATH)
@_options.model
@click.option("--from", "source", metavar="WORLD", help="Where the weights are from.")
@click.option("--to", "target", metavar="WORLD", help="Where they are to go.")
@click.option(
    "--out",
    metavar="W.safetensors",
    type=_options.PATH,
    required=True,
    callback=_ending,
    help="Where to put them: a .safetensors file, or an .npz file.",
)
@click.option(
    "--map",
    "renamed",
    metavar="OURS=THEIRS",
    multiple=True,
    callback=_places,
    help="What a layer, or the start of a path, is called there. May be repeated.",
)
@_options.settings
@_options.no_color
def convert(
    file: str,
    weights: str,
    model: str | None,
    source: str | None,
    target: str | None,
    out: str,
    renamed: dict[str, Place],
    settings: dict[str, int | float],
) -> None:
    """Carry the weights of a model over to another framework, or back.

    A file of canonical weights goes `--to` a world, a file of that world comes
    `--from` it: `torch`, a state_dict; `flax`, NNX modules; `jax` and `tensorflow`, the
    variables of the generated programs. Layers are called there as in the spec, unless
    `--map` says otherwise: `--map lstm=encoder.rnn`, and `--map lstm_2=encoder.rnn:1`
    for the second layer of one module. Files are safetensors or .npz, never a pickle.

    \b
    Example:
      specc weights convert imdb.seq state.safetensors --from torch --out w.safetensors
    """
    from specc.convert.worlds import world_names
    from specc.diagnostics import did_you_mean
    from specc.diagnostics.visible import visible
    from specc.verify.installed import require_reference

    if (source is None) == (target is None):
        raise click.UsageError("say where the weights are `--from`, or go `--to`")
    world = source or target or ""
    known = world_names()
    if world not in known:
        hint = did_you_mean(world, known) or f"worlds: {', '.join(known)}"
        raise click.UsageError(f"no world is called `{visible(world)}`; {hint}")
    found = chosen_model(file, model, settings)
    require_reference()

    from specc.convert.carry import carry_in, carry_out
    from specc.verify.npz import save_outputs
    from specc.verify.weights import save_weights

    carry = carry_in if target is None else carry_out
    carried = carry(Path(weights), found, world, renamed)
    save = save_outputs if out.endswith(".npz") else save_weights
    save(Path(out), carried)
    click.echo(out)
