"""`specc explain`: the page of a diagnostic."""

from __future__ import annotations

import click

from specc.cli import _options


@click.command()
@click.argument("code")
@_options.no_color
def explain(code: str) -> None:
    """Explain a diagnostic, with an example of the mistake.

    CODE is its number (`SPC201`) or its name (`unknown-name`).

    \b
    Example:
      specc explain SPC201
    """
    from specc.diagnostics.pages import UnknownCode, page
    from specc.diagnostics.visible import visible

    try:
        text = page(code)
    except UnknownCode as error:
        hint = error.suggestion or "every diagnostic shows its code, such as `SPC201`"
        raise click.UsageError(f"{visible(str(error))}; {hint}") from None
    click.echo(text.rstrip("\n"))
