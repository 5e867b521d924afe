"""A file's declarations: constants, cells and models, each name once."""

from __future__ import annotations

from dataclasses import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, NOT_YET
from specc.ir.graph import Model
from specc.lower.cell import check_cell
from specc.lower.cell_parameters import Definition, define
from specc.lower.constants import Known, Number, evaluate
from specc.lower.language import is_fixed
from specc.lower.model import check_surface_name, lower_model
from specc.lower.scope import FileNames
from specc.syntax import tree
from specc.text import Span


def lower_file(
    parsed: tree.File, source: str, digest: str, sink: Sink
) -> tuple[Model, ...]:
    """The models of a file, those without mistakes."""
    imports = [d for d in parsed.declarations if isinstance(d, tree.Import)]
    for found in imports:
        sink.report(NOT_YET, found.span, "`import` has no meaning yet")
    if imports:
        return ()  # what is unknown here may come from there
    names = _Declarations(sink).read(parsed)
    models = []
    for declaration in parsed.declarations:
        if isinstance(declaration, tree.Model):
            made = lower_model(declaration, names, (source, digest), sink)
            models += [] if made is None else [made]
    return tuple(models)


class _Declarations:
    """Reads all that a file declares but the bodies of its models."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.places: dict[str, Span] = {}
        self.constants: dict[str, Number | str | None] = {}

    def read(self, parsed: tree.File) -> FileNames:
        cells: list[tree.Cell] = []
        future: set[str] = set()
        for declaration in parsed.declarations:
            assert not isinstance(declaration, tree.Import), "told before"
            new = self._is_new(declaration.name)
            match declaration:
                case tree.Block(name=name):
                    self.sink.report(NOT_YET, name.span, "`block` has no meaning yet")
                    future.add(name.text)
                case tree.Const(name=name, value=value):
                    number = evaluate(value, self.constants, self.sink)
                    self.constants[name.text] = number if new else None
                case tree.Cell():
                    cells += [declaration] if new else []
                case tree.Model(name=name):
                    check_surface_name(name, self.sink)
        # After all constants, which may stand below the cells that use them.
        return FileNames(
            constants=self.constants,
            cells={cell.name.text: self._cell(cell, self.constants) for cell in cells},
            future=frozenset(future),
        )

    def _cell(self, cell: tree.Cell, constants: Known) -> Definition | None:
        if is_fixed(cell.name.text):
            self.sink.report(
                DUPLICATE_NAME,
                cell.name.span,
                f"`{cell.name.text}` is a layer of the language",
                help="choose another name for the cell",
            )
            return None
        definition = define(cell, constants, self.sink)
        if definition is None:
            return None
        return replace(definition, right=check_cell(definition, self.sink))

    def _is_new(self, name: tree.Name) -> bool:
        before = self.places.setdefault(name.text, name.span)
        if before is name.span:
            return True
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` is declared twice",
            others=(Label(before, "the first is here"),),
            help="choose another name",
        )
        return False
