"""A spec as commands need it: compiled, without errors, its models chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from specc.cli._options import MOST
from specc.cli._say import say_diagnostics

if TYPE_CHECKING:
    from specc.compiler import Compiled
    from specc.ir.graph import Model
    from specc.ir.schedule import TargetName


Settings = Mapping[str, int | float]


def compile_file(file: str, settings: Settings) -> Compiled:
    """Compile a file with some constants set. Raises `Failure` if it cannot be read.

    Models with more parameters than `--max-params` are mistakes.
    """
    from specc.compiler import compile_source
    from specc.syntax.read import read

    compiled = compile_source(read(file), Path(file).parent, settings)
    most = click.get_current_context().meta.get(MOST)
    return compiled if most is None else _limited(compiled, most)


def _limited(compiled: Compiled, most: int) -> Compiled:
    """Without its models, if one of them is too large."""
    from specc.report.limit import over_limit

    found = [over_limit(model, most) for model in compiled.models]
    told = tuple(diagnostic for diagnostic in found if diagnostic is not None)
    if not told:
        return compiled
    return replace(compiled, models=(), diagnostics=(*told, *compiled.diagnostics))


def chosen_models(file: str, name: str | None, settings: Settings) -> tuple[Model, ...]:
    """The model of that name, or all of the file. Raises `Failure` if there is none."""
    return models_of(compile_file(file, settings), name)


def models_of(compiled: Compiled, name: str | None) -> tuple[Model, ...]:
    """The model of that name, or all there are. Raises `Failure` if there is none."""
    if name is None and compiled.models:
        say_diagnostics(compiled.diagnostics)
        return compiled.models
    return (_chosen(compiled, name),)


def scheduled(
    models: tuple[Model, ...], name: TargetName, batch: int | None, length: int | None
) -> tuple[Model, ...]:
    """The models with schedules for a target."""
    from specc.ir.schedule import Target
    from specc.passes.recurrence.choose import schedule_model

    target = Target(name, batch, length)
    return tuple(schedule_model(model, target) for model in models)


def chosen_model(file: str, name: str | None, settings: Settings) -> Model:
    """The model of that name, or the only one. Raises `Failure` if there is none."""
    return _chosen(compile_file(file, settings), name)


def _chosen(compiled: Compiled, name: str | None) -> Model:
    model = compiled.model(name)
    say_diagnostics(compiled.diagnostics)
    return model
