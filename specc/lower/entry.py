"""From a text to its models."""

from __future__ import annotations

from hashlib import sha256

from specc.diagnostics import Diagnostic, Failure, Sink
from specc.diagnostics.codes import NO_MODEL
from specc.ir.graph import Model
from specc.lower.file import lower_file
from specc.syntax.parser import parse
from specc.text import Source


def lower_source(source: Source, sink: Sink) -> tuple[Model, ...]:
    """All models of a source, as far as they are right.

    Every mistake goes into the sink. Syntax stops at the first one.
    """
    try:
        parsed = parse(source)
        digest = sha256(source.text.encode()).hexdigest()
        return lower_file(parsed, source.name, digest, sink)
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
