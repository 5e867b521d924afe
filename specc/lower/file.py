"""A file's declarations: constants, cells and models, each name once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import DUPLICATE_NAME, UNKNOWN_CONSTANT
from specc.ir.graph import Model
from specc.lower.block_head import define_block
from specc.lower.cell import check_cell
from specc.lower.cell_parameters import Definition, define
from specc.lower.constants import Number, evaluate
from specc.lower.imports import Files, Imported
from specc.lower.language import is_fixed
from specc.lower.model import check_surface_name, lower_model
from specc.lower.scope import BlockDefinition, FileNames
from specc.syntax import tree
from specc.text import Source, Span

Settings = Mapping[str, Number]


def lower_file(
    parsed: tree.File, source: Source, files: Files, settings: Settings, sink: Sink
) -> tuple[Model, ...]:
    """The models of a file, those without mistakes.

    `settings`: numbers for constants of the file, instead of those it gives.
    """
    declarations = _Declarations(files, files.root, settings, sink)
    names = declarations.read(parsed)
    if declarations.broken_import:
        return ()  # what is unknown here may come from there
    origin = (source.name, files.digest(source.text))
    models = []
    for declaration in parsed.declarations:
        if isinstance(declaration, tree.Model):
            made = lower_model(declaration, names, origin, sink)
            models += [] if made is None else [made]
            sink.stop_on_many()
    return tuple(models)


class _Declarations:
    """Reads all that a file in a folder declares but the bodies of its models."""

    def __init__(
        self, files: Files, folder: Path, settings: Settings, sink: Sink
    ) -> None:
        self.files, self.folder, self.sink = files, folder, sink
        self.settings = dict(settings)
        self.places: dict[str, Span] = {}
        self.constants: dict[str, Number | str | None] = {}
        self.imported_cells: dict[str, Definition | None] = {}
        self.imported_blocks: dict[str, BlockDefinition | None] = {}
        self.brought: set[str] = set()
        self.broken_import = False
        self.known: dict[Path, _Declarations] = {}
        self.models: dict[str, tree.Name] = {}
        self.names = FileNames({}, {}, {})

    def read(self, parsed: tree.File) -> FileNames:
        cells: list[tree.Cell] = []
        blocks: list[tree.Block] = []
        for declaration in parsed.declarations:
            self.sink.stop_on_many()
            if isinstance(declaration, tree.Import):
                self._import(declaration)
                continue
            new = self._is_new(declaration.name)
            match declaration:
                case tree.Block():
                    blocks += [declaration] if new else []
                case tree.Const(name=name, value=value):
                    number = evaluate(value, self.constants, self.sink)
                    if name.text in self.settings:
                        number = self.settings.pop(name.text)
                    self.constants[name.text] = number if new else None
                case tree.Cell():
                    cells += [declaration] if new else []
                case tree.Model(name=name):
                    check_surface_name(name, self.sink)
                    self.brought.add(name.text)
                    self._check_case(name)
        self._check_settings()
        # After all constants, which may stand below the cells that use them.
        found = self.imported_blocks
        defined = self._cells(cells)
        names = FileNames(constants=self.constants, cells=defined, blocks=found)
        for block in blocks:
            found[block.name.text] = self._block(block, names)
        self._check_cells(cells)
        self.names = names
        return names

    def _import(self, given: tree.Import) -> None:
        """Take another file's constants, cells and blocks."""
        found = self.files.open(given, self.folder, self.sink)
        if found is None:
            self.broken_import = True
            return
        inner = self.known.get(found.path) or self._read_other(found)
        names = inner.names
        self.broken_import |= inner.broken_import
        for name in inner.own:
            if self._is_free(name, given.span):
                self.places[name] = given.span
                self.brought.add(name)
                if name in names.constants:
                    self.constants[name] = names.constants[name]
                if name in names.cells:
                    self.imported_cells[name] = names.cells[name]
                if name in names.blocks:
                    self.imported_blocks[name] = names.blocks[name]

    def _read_other(self, found: Imported) -> _Declarations:
        """Read an imported file, once however many import it."""
        files = replace(self.files, chain=(*self.files.chain, found.path))
        inner = _Declarations(files, found.path.parent, {}, self.sink)
        inner.known = self.known
        inner.read(found.parsed)
        self.known[found.path] = inner
        return inner

    @property
    def own(self) -> list[str]:
        """What other files can import from this one: its names, but for models."""
        return [name for name in self.places if name not in self.brought]

    def _is_free(self, name: str, span: Span) -> bool:
        before = self.places.get(name)
        if before is None:
            return True
        self.sink.report(
            DUPLICATE_NAME,
            span,
            f"this import brings a second `{name}`",
            others=(Label(before, "the first is here"),),
            help="rename one",
        )
        return False

    def _check_settings(self) -> None:
        for name in self.settings:
            self.sink.report(
                UNKNOWN_CONSTANT,
                None,
                f"the file has no constant `{name}` to set",
                help=did_you_mean(name, self.constants),
            )

    def _block(self, block: tree.Block, names: FileNames) -> BlockDefinition | None:
        if is_fixed(block.name.text):
            self._is_a_layer(block.name, "block")
            return None
        return define_block(block, names, self.sink)

    def _cells(self, cells: Sequence[tree.Cell]) -> Mapping[str, Definition | None]:
        """All cells, each of which can see the others."""
        found, blocks = self.imported_cells, self.imported_blocks
        for cell in cells:
            name = cell.name
            found[name.text] = None
            if is_fixed(name.text):
                self._is_a_layer(name, "cell")
                continue
            found[name.text] = define(cell, self.constants, self.sink, found, blocks)
        return found

    def _check_cells(self, cells: Sequence[tree.Cell]) -> None:
        """Check the cells, once all that they use is known."""
        found = self.imported_cells
        for cell in cells:
            definition = found[cell.name.text]
            if definition is not None:
                right = check_cell(definition, self.sink)
                found[cell.name.text] = replace(definition, right=right)

    def _is_a_layer(self, name: tree.Name, what: str) -> None:
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` is a layer of the language",
            help=f"choose another name for the {what}",
        )

    def _check_case(self, name: tree.Name) -> None:
        """Programs are files named after models, and some systems ignore case there."""
        before = self.models.setdefault(name.text.casefold(), name)
        if before.text == name.text:
            return
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` and `{before.text}` differ only by case, "
            "and so would the files of their programs",
            others=(Label(before.span, "the first is here"),),
            help="choose another name",
        )

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
