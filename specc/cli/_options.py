"""Arguments and options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def _forbid_color(ctx: click.Context, option: click.Parameter, given: bool) -> None:
    if given:
        ctx.find_root().color = False


PATH = click.Path(readable=False)
"""A path as it was given; whoever opens it says what is wrong with it."""

file = click.argument("file", type=PATH)
files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
model = click.option("--model", metavar="NAME", help="Which model of the file.")
no_color = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_forbid_color,
    help="No colour, as with NO_COLOR set.",
)


def _numbers(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, int | float]:
    """`NAME=VALUE` pairs as numbers by name."""
    found: dict[str, int | float] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        try:
            value = int(text) if text.lstrip("-").isdecimal() else float(text)
        except ValueError:
            equals = ""
        if not equals or not name or not abs(value) < 10**18:
            raise click.BadParameter(f"{pair!r} is not NAME=NUMBER")
        if name in found:
            raise click.BadParameter(f"{name!r} is set twice")
        found[name] = value
    return found


MOST = "specc.max_params"
"""Where the limit on parameters is kept, for whoever compiles a file."""


def _keep_limit(ctx: click.Context, option: click.Parameter, given: int | None) -> None:
    ctx.meta[MOST] = given


_set = click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_numbers,
    help="Another number for a constant of the file. May be repeated.",
)
_max_params = click.option(
    "--max-params",
    metavar="N",
    type=click.IntRange(min=0),
    expose_value=False,
    callback=_keep_limit,
    help="Refuse models with more parameters.",
)


def settings(command: Callable[..., None]) -> Callable[..., None]:
    """What every command takes that compiles a file."""
    return _set(_max_params(command))


def _of_use_on(*targets: str) -> Callable[..., int | None]:
    """Refuses a number that no choice for the target depends on."""

    def check(ctx: click.Context, option: click.Parameter, given: int | None) -> Any:
        if given is not None and ctx.params["target"] not in targets:
            found, wanted = ctx.params["target"], " or ".join(targets)
            raise click.BadParameter(
                f"nothing depends on it for {found}; use --target {wanted}"
            )
        return given

    return check


_target = click.option(
    "--target",
    is_eager=True,
    type=click.Choice(["portable", "cpu", "gpu", "tpu"]),
    default="portable",
    show_default=True,
    help="What the program is to be fast on; see `specc explain-schedule`.",
)
tiles = click.option(
    "--target",
    type=click.Choice(["tpu"]),
    help="Also point out sizes that fill no whole tile there.",
)
_batch = click.option(
    "--batch",
    metavar="N",
    type=click.IntRange(min=1),
    callback=_of_use_on("cpu"),
    help="The usual size of a batch; on a cpu the schedule depends on it.",
)
_length = click.option(
    "--length",
    metavar="N",
    type=click.IntRange(min=1),
    callback=_of_use_on("gpu", "tpu"),
    help="The usual length of sequences; on a gpu or tpu the schedule depends on it.",
)


def target(command: Callable[..., None]) -> Callable[..., None]:
    """What a command takes that chooses schedules."""
    return _target(_batch(_length(command)))


deterministic = click.option(
    "--deterministic",
    is_flag=True,
    help="The same bits in every run, on however many processors. Slower.",
)
seed = click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the random numbers.",
)
