"""`specc verify`: holds generated code to the float64 oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from specc.cli import _options
from specc.cli._backends import able_backends
from specc.cli._say import diagnostics_of, say_diagnostics
from specc.cli._spec import compile_file, models_of, scheduled
from specc.diagnostics import Diagnostic, Failure

if TYPE_CHECKING:
    from specc.codegen.backend import Backend
    from specc.compiler import Compiled
    from specc.ir.graph import Model
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
    help="`json` is a certificate: all figures, and hashes of what was judged.",
)
@_options.seed
@_options.deterministic
@_options.target
@_options.settings
@_options.no_color
@click.pass_context
def verify(
    context: click.Context,
    file: str,
    model: str | None,
    names: tuple[str, ...],
    format: str,
    seed: int,
    deterministic: bool,
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
    trial = _Trial(seed, deterministic, printed=format == "text")
    options = {
        **{"model": model, "seed": seed, "target": target, "batch": batch},
        **{"length": length, "settings": settings, "deterministic": deterministic},
        "max_params": context.meta.get(_options.MOST),
    }
    try:
        trial.compiled = compile_file(file, settings)
        chosen = able_backends(names)
        options["backends"] = [backend.name for backend in chosen]
        models = scheduled(models_of(trial.compiled, model), target, batch, length)
        trial.run(models, chosen)
    except (Failure, OSError, MemoryError) as error:
        if format == "json" and not isinstance(error, BrokenPipeError):
            click.echo(trial.certificate(options, diagnostics_of(error)), nl=False)
        raise
    if format == "json":
        click.echo(trial.certificate(options), nl=False)
    if not all(report.passed for report in trial.reports):
        raise click.exceptions.Exit(1)


class _Trial:
    """One verification, as far as it has come."""

    def __init__(self, seed: int, deterministic: bool, *, printed: bool) -> None:
        """`printed`: reports are shown as soon as they are there."""
        self.seed, self.deterministic, self.printed = seed, deterministic, printed
        self.compiled: Compiled | None = None
        self.reports: list[Report] = []
        self.machine: dict[str, object] = {}

    def run(self, models: Sequence[Model], backends: Sequence[Backend]) -> None:
        """Judge the programs of all models."""
        from specc.codegen.build import generate
        from specc.verify.installed import require_reference, use_one_thread

        sources = [{b.name: generate(model, b) for b in backends} for model in models]
        require_reference()
        use_one_thread(always=self.deterministic)

        from specc.verify.certificate import describe_machine
        from specc.verify.process import Worker
        from specc.verify.render import render_text
        from specc.verify.verify import verify as judge

        with ExitStack() as stack:
            workers = {
                b.name: stack.enter_context(Worker(b, deterministic=self.deterministic))
                for b in backends
            }
            for model, texts in zip(models, sources, strict=True):
                report = judge(model, backends, texts, seed=self.seed, workers=workers)
                if self.printed:
                    between = "\n" if self.reports else ""
                    click.echo(between + render_text(report), nl=False)
                self.reports.append(report)
                say_diagnostics(report.diagnostics)
            if not self.printed:
                self.machine = describe_machine(workers)

    def certificate(
        self, options: Mapping[str, object], stopped: Sequence[Diagnostic] = ()
    ) -> str:
        """All of it; `stopped` is what ended it early, if anything did."""
        from specc.verify.certificate import Subject, render_certificate

        compiled = self.compiled
        subject = Subject(
            spec=compiled.origin if compiled else None,
            imports=compiled.imports if compiled else (),
            options=options,
        )
        # What stopped a compilation says all that there was to say about the spec.
        found = stopped or (compiled.diagnostics if compiled else ())
        told = [one for report in self.reports for one in report.diagnostics]
        return render_certificate(subject, self.reports, self.machine, [*found, *told])
