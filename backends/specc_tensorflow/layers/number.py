"""A number among a layer's inputs, which is written where it is used."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write nothing: only the states a cell starts from may be numbers."""
