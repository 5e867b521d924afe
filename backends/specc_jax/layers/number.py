"""A number among a layer's inputs, which is written where it is used."""

from __future__ import annotations

from specc.codegen.plan import Step
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write nothing: see `Writer.value`."""
