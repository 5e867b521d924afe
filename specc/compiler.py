"""The compiler as a library: `specc.compile(path_or_text)`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from specc.diagnostics import Diagnostic, Failure, Sink, did_you_mean
from specc.diagnostics.codes import NO_MODEL, UNKNOWN_MODEL
from specc.ir.graph import Model
from specc.ir.schedule import PORTABLE_TARGET, Target
from specc.lower import Files, Settings, lower_source
from specc.passes import run_passes
from specc.syntax.read import read
from specc.text import Source

if TYPE_CHECKING:
    from specc.report.parameters import ModelReport


class Compiled(Struct, frozen=True):
    """A spec and its models.

    `folder` is where relative paths in the spec start, `imports` are the files that it
    imports.
    """

    origin: Source
    models: tuple[Model, ...]
    diagnostics: tuple[Diagnostic, ...]
    folder: Path
    imports: tuple[Source, ...] = ()

    def check(self) -> tuple[Diagnostic, ...]:
        """Everything there is to say about the spec, errors first."""
        return self.diagnostics

    def model(self, name: str | None = None) -> Model:
        """The model of that name; without a name, the only one.

        Raises `Failure` with the errors found, or if there is no such model.
        """
        errors = [d for d in self.diagnostics if d.code.severity == "error"]
        if errors:
            raise Failure(self.diagnostics)
        return choose_model(self.models, name)

    def params(self, model: str | None = None) -> ModelReport:
        """Exact parameter counts, a row per layer."""
        from specc.report.parameters import count_parameters

        return count_parameters(self.model(model))

    def source(
        self, backend: str, model: str | None = None, target: Target = PORTABLE_TARGET
    ) -> str:
        """The generated program, scheduled for a target."""
        from specc.codegen.backend import load_backend
        from specc.codegen.build import generate
        from specc.passes.recurrence.choose import schedule_model

        chosen = schedule_model(self.model(model), target)
        return generate(chosen, load_backend(backend))

    def load(
        self, backend: str, model: str | None = None, target: Target = PORTABLE_TARGET
    ) -> ModuleType:
        """The generated program as a module; needs the backend's framework."""
        from specc.codegen.build import load_program

        name = f"{self.model(model).name}_{backend}"
        return load_program(self.source(backend, model, target), name)


def compile(spec: str | Path, settings: Settings = MappingProxyType({})) -> Compiled:
    """Compile a spec: a path to a `.seq` file, or its text.

    `settings` are numbers for constants of the file, by name, instead of its own.
    Text is anything with a line end or a brace in it. Mistakes in the spec do not
    raise: `.check()` returns them, the other methods raise `Failure` with them. A file
    that cannot be read raises `Failure` at once.
    """
    if isinstance(spec, str) and ("\n" in spec or "{" in spec):
        return compile_source(Source("<text>", spec), Path(), settings)
    return compile_source(read(spec), Path(spec).parent, settings)


def compile_source(
    source: Source, folder: Path, settings: Settings = MappingProxyType({})
) -> Compiled:
    """Compile a source that was read already, with other numbers for its constants."""
    sink = Sink()
    files = Files(folder)
    models = lower_source(source, sink, folder, settings, files)
    given = tuple(sorted(settings.items()))
    made = (replace(model, settings=given) for model in models)
    found = () if sink.failed else tuple(map(run_passes, made))
    order = sorted(sink.diagnostics, key=lambda d: d.code.severity)
    return Compiled(source, found, tuple(order), folder, files.sources)


def choose_model(models: Sequence[Model], name: str | None) -> Model:
    """The model of that name; without one, the only model there is."""
    names = [model.name for model in models]
    if name in names:
        return models[names.index(name)]
    if name is None and len(models) == 1:
        return models[0]
    if not models:
        message = "this file declares no model"
        raise Failure([Diagnostic(NO_MODEL, message, help="declare one: `model ...`")])
    known = ", ".join(f"`{known}`" for known in names)
    if name is None:
        message = f"this file has {len(names)} models: {known}"
        raise Failure([Diagnostic(UNKNOWN_MODEL, message, help="choose with --model")])
    message = f"no model is called `{name}`"
    help = did_you_mean(name, names) or f"the models are {known}"
    raise Failure([Diagnostic(UNKNOWN_MODEL, message, help=help)])
