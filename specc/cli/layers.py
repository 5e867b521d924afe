"""`specc layers`: the reference of layers, cells and blocks."""

from __future__ import annotations

import click

from specc.cli import _options


@click.command()
@click.argument("name", required=False)
@_options.no_color
def layers(name: str | None) -> None:
    """Describe a layer, cell or block, or all there are.

    As Markdown: what it computes, what it does with a mask, its options, and an
    example with its weights and its cost.

    \b
    Example:
      specc layers attend
    """
    from specc.diagnostics import did_you_mean
    from specc.diagnostics.visible import visible
    from specc.verify.installed import require_reference

    require_reference()

    from specc.report.layer_entries import all_entries
    from specc.report.layer_page import entry_text, page_text

    if name is None:
        click.echo(page_text(all_entries()))
        return
    entries = {word: entry for entry in all_entries() for word in entry.words}
    if name not in entries:
        hint = did_you_mean(name, entries) or "`specc layers` describes all of them"
        message = f"nothing in the library is called `{visible(name)}`; {hint}"
        raise click.UsageError(message)
    click.echo(entry_text(entries[name]))
