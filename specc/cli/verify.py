"""`specc verify`: holds generated code to the float64 oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._backends import able_backends
from specc.cli._say import say_diagnostics
from specc.cli._spec import chosen_models, scheduled

if TYPE_CHECKING:
    from specc.ir.schedule import TargetName
    from specc.verify.report import Report


@click.command()
@_options.file
@_options.model
@click.option(
    "--backend",
    "names",
    metavar="NAME",
    multiple=True,
    help="Which backends; all that can run here by default. May be repeated.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@_options.seed
@_options.target
@_options.settings
@_options.no_color
def verify(
    file: str,
    model: str | None,
    names: tuple[str, ...],
    format: str,
    seed: int,
    target: TargetName,
    batch: int | None,
    length: int | None,
    settings: dict[str, int | float],
) -> None:
    """Prove that generated code computes what the spec says.

    The code of every backend runs in a process of its own, on random weights and random
    ragged batches, and is held to the float64 oracle: outputs, gradients, penalty, some
    steps of descent, and that padding changes nothing. Ends with 1 if anything differs.

    \b
    Example:
      specc verify imdb.seq --backend jax
    """
    from contextlib import ExitStack

    from specc.codegen.build import generate
    from specc.verify.installed import require_reference, use_one_thread

    chosen = able_backends(names)
    models = scheduled(chosen_models(file, model, settings), target, batch, length)
    sources = [{b.name: generate(found, b) for b in chosen} for found in models]
    require_reference()
    use_one_thread()

    from specc.verify.process import Worker
    from specc.verify.render import render_json, render_text
    from specc.verify.verify import verify as judge

    reports: list[Report] = []
    with ExitStack() as stack:
        workers = {b.name: stack.enter_context(Worker(b)) for b in chosen}
        for found, texts in zip(models, sources, strict=True):
            report = judge(found, chosen, texts, seed=seed, workers=workers)
            if format == "text":
                between = "\n" if reports else ""
                click.echo(between + render_text(report), nl=False)
            reports.append(report)
            say_diagnostics(report.diagnostics)
    if format == "json":
        click.echo(render_json(reports), nl=False)
    if not all(report.passed for report in reports):
        raise click.exceptions.Exit(1)
