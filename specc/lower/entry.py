"""From a text to its models."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from specc.diagnostics import Diagnostic, Failure, Sink
from specc.diagnostics.codes import NO_MODEL
from specc.ir.graph import Model
from specc.lower.file import Settings, lower_file
from specc.lower.imports import Files
from specc.syntax.parser import parse
from specc.text import Source


def lower_source(
    source: Source,
    sink: Sink,
    folder: Path = Path(),
    settings: Settings = MappingProxyType({}),
    files: Files | None = None,
) -> tuple[Model, ...]:
    """All models of a source, as far as they are right.

    Every mistake goes into the sink. Syntax stops at the first one. `folder`: where the
    source lies, for its imports, which `files` collects. `settings`: numbers for its
    constants.
    """
    try:
        opened = files or Files(folder)
        return lower_file(parse(source), source, opened, settings, sink)
    except Failure as failure:
        for diagnostic in failure.diagnostics:
            sink.add(diagnostic)
        return ()


def lower_text(text: str, name: str = "<text>") -> Model:
    """The only (or first) model of a text. Raises `Failure` on any error."""
    sink = Sink()
    models = lower_source(Source(name, text), sink)
    sink.stop_on_errors()
    if not models:
        message = "this file declares no model"
        raise Failure([Diagnostic(NO_MODEL, message, help="declare one: `model ...`")])
    return models[0]


def check_text(text: str, name: str = "<text>") -> list[Diagnostic]:
    """Everything there is to say about a text."""
    sink = Sink()
    lower_source(Source(name, text), sink)
    return list(sink.diagnostics)
