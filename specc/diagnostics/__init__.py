"""Diagnostics: codes, their pages, and how they are shown."""

from specc.diagnostics.model import (
    Code,
    Diagnostic,
    Failure,
    Label,
    Sink,
    did_you_mean,
)

__all__ = ["Code", "Diagnostic", "Failure", "Label", "Sink", "did_you_mean"]
