"""`specc fuzz`: random specs, proven in every backend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._backends import able_backends
from specc.cli._say import say

if TYPE_CHECKING:
    from specc.fuzz.campaign import Case, Outcome


@click.command()
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many programs; 100 unless --minutes are given.",
)
@click.option(
    "--minutes",
    metavar="M",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop after so long, whatever the count.",
)
@_options.seed
@click.option(
    "--backend",
    "names",
    metavar="NAME",
    multiple=True,
    help="Which backends; all that can run here by default. May be repeated.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=_options.PATH,
    help="Where specs that fail are written, made small.",
)
@click.option("--show", is_flag=True, help="Only print the spec of the seed.")
@_options.no_color
def fuzz(
    count: int | None,
    minutes: float | None,
    seed: int,
    names: tuple[str, ...],
    out: str | None,
    show: bool,
) -> None:
    """Prove generated code on random specs.

    Each is drawn from a seed, the next one from the next seed. Its programs are held to
    the oracle as `specc verify` holds them; it must keep its meaning when it is laid
    out, and when it is written in other words. One that fails is made as small as it
    can be. Ends with 1 if any does.

    \b
    Example:
      specc fuzz --count 200 --seed 1000
    """
    from itertools import count as counting
    from itertools import islice

    from specc.verify.installed import require_reference, use_one_thread

    if show and (count or minutes or names or out):
        message = "--show only prints a spec; --seed is all that it goes with"
        raise click.UsageError(message)
    if show:
        from specc.fuzz.draw import draw
        from specc.fuzz.program import write

        click.echo(write(draw(seed)), nl=False)
        return
    backends = able_backends(names)
    require_reference()
    use_one_thread()

    from specc.fuzz.campaign import case_text, run_campaign, save_case

    def tell(number: int, outcome: Outcome, case: Case | None) -> None:
        if case is not None:
            click.echo(case_text(case))
            if out is not None:
                say(f"written to {save_case(Path(out), case)}")
        elif outcome.programs % 100 == 0:
            say(f"{outcome.programs} programs, {len(outcome.cases)} failed")

    most = count or (100 if minutes is None else None)
    seeds = islice(counting(seed), most)
    seconds = None if minutes is None else 60 * minutes
    found = run_campaign(backends, seeds, seconds=seconds, tell=tell)
    titles = " and ".join(backend.title for backend in backends)
    last = seed + found.programs - 1
    seeds_text = f"seeds {seed} to {last}" if found.programs > 1 else f"seed {seed}"
    tried = f"{_counted(found.programs, 'program')} ({seeds_text})"
    twins = _counted(found.twins, "twin")
    click.echo(f"{tried} and {twins} in {titles}: {len(found.cases)} failed")
    if found.doubts:
        click.echo(
            f"{found.doubts} lost too much in float32 on one draw of numbers only"
        )
    if found.cases:
        raise click.exceptions.Exit(1)
    if found.bound < 1:
        share = f"fewer than {found.bound:.2%} of such programs fail"
        click.echo(f"{share} (95 % confidence)")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
