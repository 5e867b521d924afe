"""Our TensorFlow programs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases import Arrays, Case
from benchmarks.keras_training import KerasProgram, multiply, threads
from specc.codegen.build import load_program

__all__ = ["make", "multiply", "threads"]


def make(case: Case, weights: Arrays, program: Path) -> KerasProgram:
    """The program that specc wrote for a case."""
    module = load_program(program.read_text(), case.name)
    return KerasProgram(case, module.build(variables=weights))
