"""The command `specc` itself: finds its commands, reports what they raise."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import click

from specc import __version__, cli
from specc.cli._options import no_color
from specc.cli._say import diagnostics_of, say_diagnostics
from specc.diagnostics import Failure, did_you_mean
from specc.diagnostics.codes import (
    UNKNOWN_BACKEND,
    UNKNOWN_CONSTANT,
    UNKNOWN_MODEL,
    WRONG_MAP,
)
from specc.diagnostics.visible import visible

USAGE = frozenset({UNKNOWN_BACKEND, UNKNOWN_CONSTANT, UNKNOWN_MODEL, WRONG_MAP})
"""Diagnostics of what stands on the command line, not in a file."""


class Commands(click.Group):
    """Commands found by listing this folder, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = (module.name for module in pkgutil.iter_modules(cli.__path__))
        own = (name for name in found if not name.startswith("_"))
        return sorted(name.replace("_", "-") for name in own)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command: object = getattr(import_module(f"{cli.__name__}.{name}"), name)
        assert isinstance(command, click.Command), cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not ctx.resilient_parsing:
            hint = did_you_mean(name, known) or f"commands: {', '.join(known)}"
            ctx.fail(f"no command is called `{visible(name)}`; {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what stops it is told as diagnostics."""
        try:
            result: object = super().invoke(ctx)
        except Failure as failure:
            say_diagnostics(failure.diagnostics)
            usage = any(d.code in USAGE for d in failure.diagnostics)
            ctx.exit(2 if usage else 1)
        except (OSError, MemoryError) as error:
            if isinstance(error, BrokenPipeError):  # click ends quietly
                raise
            say_diagnostics(diagnostics_of(error))
            ctx.exit(1)
        return result


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
    epilog="Begin with: specc check model.seq",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@no_color
def specc() -> None:
    """Sequence models from one spec: checked, counted, generated for JAX and
    TensorFlow, and proven equal."""
