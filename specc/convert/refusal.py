"""Layers that have no counterpart elsewhere, all told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from specc.diagnostics import Sink
from specc.diagnostics.codes import NO_COUNTERPART
from specc.ir.graph import Node


class Refused(Exception):
    """A layer has no counterpart; the message says why, and goes on after `: `."""


@contextmanager
def refuse_all(
    title: str,
) -> Iterator[Callable[[Node], AbstractContextManager[None]]]:
    """Inside, `with refuse(node): ...` notes what is refused; `Failure` at the end."""
    sink = Sink()

    @contextmanager
    def refuse(node: Node) -> Iterator[None]:
        try:
            yield
        except Refused as refused:
            sink.report(
                NO_COUNTERPART,
                node.span,
                f"`{node.name}` has no counterpart in {title}: {refused}",
                label=f"this is `{node.op.word()}`",
            )

    yield refuse
    sink.stop_on_errors()
