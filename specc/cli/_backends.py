"""The backends a command is to use: those asked for, or all that can run here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specc.cli._say import say

if TYPE_CHECKING:
    from specc.codegen.backend import Backend
    from specc.diagnostics import Diagnostic


def able_backends(names: tuple[str, ...]) -> list[Backend]:
    """The backends asked for, or all whose framework is here.

    Raises `Failure` if there is none, or one asked for cannot run.
    """
    from specc.codegen.backend import backend_names, load_backend
    from specc.diagnostics import Failure
    from specc.verify.installed import require_framework

    wanted = [load_backend(name) for name in dict.fromkeys(names or backend_names())]
    able: list[Backend] = []
    unable: list[Diagnostic] = []
    for backend in wanted:
        try:
            require_framework(backend)
            able.append(backend)
        except Failure as failure:
            unable += failure.diagnostics
    if unable and (names or not able):
        raise Failure(unable)
    for diagnostic in unable:
        say(f"left out: {diagnostic.message} ({diagnostic.help})")
    return able
