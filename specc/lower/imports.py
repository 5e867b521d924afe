"""Imports: other files' constants, cells and blocks, from below the project's root."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from pathlib import Path, PurePosixPath

from msgspec import Struct, field
from msgspec.structs import replace

from specc.diagnostics import Failure, Label, Sink
from specc.diagnostics.codes import (
    IMPORT_CYCLE,
    IMPORT_OUTSIDE,
    IMPORT_TWINS,
    TOO_LARGE,
)
from specc.syntax import tree
from specc.syntax.parser import parse
from specc.syntax.read import read
from specc.text import Source

FILE_LIMIT = 1000
DEPTH_LIMIT = 64


class Imported(Struct, frozen=True):
    """A file that was imported: its tree and where it lies."""

    parsed: tree.File
    path: Path


class Files(Struct):
    """The files of one compilation. `root` is the folder of the file compiled."""

    root: Path
    chain: tuple[Path, ...] = ()
    texts: dict[Path, Source] = field(default_factory=dict)
    opened: dict[Path, Imported | None] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)

    def open(self, given: tree.Import, folder: Path, sink: Sink) -> Imported | None:
        """The file an `import` in a folder names; None where it was refused."""
        path = self._path(given, folder, sink)
        if path is None:
            return None
        if path in self.chain:
            self._report_cycle(given, path, sink)
            return None
        if path in self.opened:
            return self.opened[path]
        if self._has_twin(given, path, sink):
            return None
        if len(self.texts) >= FILE_LIMIT or len(self.chain) >= DEPTH_LIMIT:
            message = f"imports are at most {DEPTH_LIMIT} deep, {FILE_LIMIT:,} in all"
            sink.report(TOO_LARGE, given.span, message)
            return None
        try:
            shown = path.relative_to(self.root.resolve()).as_posix()
            self.opened[path] = None  # until it is known to be right
            source = read(path, shown_as=shown)
            self.texts[path] = source
            self.opened[path] = Imported(parse(source), path)
            return self.opened[path]
        except Failure as failure:
            where = Label(given.span, "imported here")
            for found in failure.diagnostics:
                sink.add(replace(found, labels=(*found.labels, where)))
            return None

    @property
    def sources(self) -> tuple[Source, ...]:
        """What was read, in the order of the paths."""
        return tuple(self.texts[path] for path in sorted(self.texts))

    def digest(self, text: str) -> str:
        """A hash of the text compiled and of all it imports."""
        total = sha256(text.encode())
        for source in self.sources:
            total.update(b"\0" + source.text.encode())
        return total.hexdigest()

    def _path(self, given: tree.Import, folder: Path, sink: Sink) -> Path | None:
        written = PurePosixPath(given.path.value)
        root = self.root.resolve()
        try:
            path = (folder / written).resolve()
        except (OSError, RuntimeError):
            path = Path()  # links that lead in a circle
        if written.is_absolute() or "\\" in given.path.value or "\0" in str(written):
            reason = "an import is a relative path with `/`"
        elif not path.is_relative_to(root):
            reason = "an import stays below the folder of the file that is compiled"
        else:
            return path
        sink.report(
            IMPORT_OUTSIDE,
            given.path.span,
            f"{reason}, found {given.path.value!r}",
            help='as in `import "parts/blocks.seq"`',
        )
        return None

    def _has_twin(self, given: tree.Import, path: Path, sink: Sink) -> bool:
        """Whether another file's name is the same where case means nothing."""
        shown = path.relative_to(self.root.resolve()).as_posix()
        plain = unicodedata.normalize("NFC", shown).casefold()
        twin = self.plain.setdefault(plain, shown)
        if twin == shown:
            return False
        sink.report(
            IMPORT_TWINS,
            given.path.span,
            f"`{shown}` and `{twin}` differ only by case, or by how a letter is put "
            "together",
            help="rename one: on other systems they would be the same file",
        )
        return True

    def _report_cycle(self, given: tree.Import, path: Path, sink: Sink) -> None:
        root = self.root.resolve()
        circle = [*self.chain[self.chain.index(path) :], path]
        names = " -> ".join(f"`{one.relative_to(root).as_posix()}`" for one in circle)
        message = f"these files import each other: {names}"
        sink.report(
            IMPORT_CYCLE, given.span, message, help="move what both need to a third"
        )
