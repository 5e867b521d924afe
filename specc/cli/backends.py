"""`specc backends`: what code can be generated for, and what of it can be run here."""

from __future__ import annotations

import click

from specc.cli import _options
from specc.cli._say import say_diagnostics


@click.command()
@_options.no_color
def backends() -> None:
    """List the backends and whether they can run here.

    Code is generated without a framework; `run` and `verify` need it. Ends with 1 if a
    backend cannot be loaded.

    \b
    Example:
      specc backends
    """
    from specc.codegen.backend import backend_names, load_backend
    from specc.diagnostics import Diagnostic, Failure
    from specc.report.columns import align
    from specc.verify.installed import missing_modules

    rows: list[tuple[str, str, str]] = []
    broken: list[Diagnostic] = []
    for name in backend_names():
        try:
            backend = load_backend(name)
        except Failure as failure:
            broken += failure.diagnostics
            rows.append((name, "", "broken"))
            continue
        missing = missing_modules(backend.modules)
        state = "installed"
        if missing:
            state = f'not installed: pip install "specc-lang[{backend.extra}]"'
        rows.append((name, backend.title, state))
    if rows:
        click.echo("\n".join(align([("name", "title", "framework"), *rows])))
    say_diagnostics(broken)
    if broken:
        raise click.exceptions.Exit(1)
