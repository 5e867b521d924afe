"""Copying snippets: the source of just the definitions that a generated file needs.

A snippet is a function, class or constant in a module of real, linted Python. The
modules are read, never imported, so no framework has to be installed.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from specc.codegen.imports import Import
from specc.codegen.names import is_python_word
from specc.codegen.statements import Source
from specc.packaged import folder_of

_DEFINITION = re.compile(r"^(?:(?:def|class) (\w+)|(\w+) = )", re.MULTILINE)
_COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")


class Copied(Struct, frozen=True):
    """Definitions in an order that runs, and the imports they need."""

    definitions: tuple[Source, ...]
    imports: frozenset[Import]


class _Snippet(Struct, frozen=True):
    """A top-level definition; `early` are the names it reads while it is defined."""

    name: str
    source: Source
    uses: frozenset[str]
    early: frozenset[str]
    imports: frozenset[Import]


class SnippetLibrary:
    """All definitions in the modules of a package, if any, and in further modules.

    Their names are found at once, and a module is read in full when a definition of it
    is asked for. `check` reads all.
    """

    def __init__(self, package: str | None, *modules: str) -> None:
        every = (*(_modules_in(package) if package else ()), *modules)
        self._texts = {module: _text(_file(module)) for module in every}
        self._homes: dict[str, str] = {}
        self._snippets: dict[str, _Snippet] = {}
        for module, text in self._texts.items():
            for name in _defined_in(text):
                assert name not in self._homes, f"two of {name}"
                assert not is_python_word(name), f"hides {name}"
                self._homes[name] = module

    def check(self) -> None:
        """Assert that all definitions are ones that can be copied."""
        for module in self._texts:
            self._read(module)
        for name in self._homes:
            self._snippet(name)

    @property
    def names(self) -> frozenset[str]:
        """What a generated file may define; its own names keep clear of these."""
        return frozenset(self._homes)

    def copy(self, names: Iterable[str]) -> Copied:
        """The definitions of these names and of all they use, in the library's order.

        Only what a definition reads while it is defined (a base, a decorator, a
        constant) is moved in front of it.
        """
        order: list[_Snippet] = []
        self._place(self._closure(names), set(), order)
        return Copied(
            definitions=tuple(snippet.source for snippet in order),
            imports=frozenset(one for snippet in order for one in snippet.imports),
        )

    def _closure(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._snippet(name).uses
        return found

    def _place(self, names: set[str], begun: set[str], order: list[_Snippet]) -> None:
        """Append these definitions, each after what it reads early."""
        for name in self._homes:
            if name in names and name not in begun:
                begun.add(name)
                snippet = self._snippet(name)
                self._place(self._closure(snippet.early), begun, order)
                order.append(snippet)

    def _snippet(self, name: str) -> _Snippet:
        assert name in self._homes, f"no snippet {name}"
        if name not in self._snippets:
            self._read(self._homes[name])
        found = self._snippets[name]
        unknown = found.uses - self._homes.keys()
        assert not unknown, f"{name} uses undefined {sorted(unknown)}"
        return found

    def _read(self, module: str) -> None:
        text = self._texts[module]
        read = {one.name: one for one in _read(module, text, self._texts)}
        assert list(read) == _defined_in(text), f"{module} cannot be scanned"
        self._snippets |= read


def _modules_in(package: str) -> list[str]:
    inside = sorted(file.stem for file in folder_of(package).glob("*.py"))
    return [f"{package}.{name}" for name in inside if name != "__init__"]


def _file(module: str) -> Path:
    package, _, name = module.rpartition(".")
    return folder_of(package) / f"{name}.py"


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def mentioned_names(text: str) -> set[str]:
    """The names that a program reads or binds anywhere; no attributes, no strings."""
    found: set[str] = set()
    tables = [symtable.symtable(text, "program", "exec")]
    for table in tables:  # grows meanwhile
        found.update(table.get_identifiers())
        tables += table.get_children()
    return found


def _defined_in(text: str) -> list[str]:
    """What a module defines: what begins a line and is a definition."""
    return [found[1] or found[2] for found in _DEFINITION.finditer(text)]


def _read(module: str, text: str, library: Collection[str]) -> Iterator[_Snippet]:
    lines = text.splitlines()
    imports: dict[str, Import] = {}
    for node in ast.parse(text).body:
        match node:
            case ast.Import() | ast.ImportFrom():
                imports |= {one.bound: one for one in _imports(node, library)}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield _snippet(name, _source(node, lines), imports)
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield _snippet(name, _source(node, lines), imports)
            case ast.Expr(ast.Constant(str())):
                pass
            case _:
                raise AssertionError(f"{module}:{node.lineno} is not a definition")


def _imports(
    node: ast.Import | ast.ImportFrom, library: Collection[str]
) -> Iterator[Import]:
    """What a statement imports from outside of the library."""
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, None, alias.asname) for alias in node.names)
    elif node.module != "__future__" and node.module not in library:
        assert node.module and not node.level, "a relative import in a snippet"
        for alias in node.names:
            yield Import(node.module, alias.name, alias.asname)
    else:
        assert not any(alias.asname for alias in node.names), "a snippet renamed"


def _source(
    node: ast.FunctionDef | ast.ClassDef | ast.Assign, lines: list[str]
) -> Source:
    """A definition's lines, from the comments and decorators right above it."""
    decorators = [] if isinstance(node, ast.Assign) else node.decorator_list
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    assert node.end_lineno is not None
    text = "\n".join(lines[first : node.end_lineno])
    return Source(text, defines=not isinstance(node, ast.Assign))


def _snippet(name: str, source: Source, imports: dict[str, Import]) -> _Snippet:
    tables = list(_tables(symtable.symtable(source.text, name, "exec"), early=True))
    early = {use for table, is_early in tables if is_early for use in _reads(table)}
    uses = {use for table, _ in tables for use in _reads(table)}
    foreign = {name, *dir(builtins), *imports}
    return _Snippet(
        name=name,
        source=source,
        uses=frozenset(uses - foreign),
        early=frozenset(early - foreign),
        imports=frozenset(imports[use] for use in uses if use in imports),
    )


def _tables(
    table: symtable.SymbolTable, early: bool
) -> Iterator[tuple[symtable.SymbolTable, bool]]:
    """All scopes of a definition, and whether they run while it is defined."""
    yield table, early
    for child in table.get_children():
        runs_now = child.get_type() == "class" or child.get_name() in _COMPREHENSIONS
        yield from _tables(child, early and runs_now)


def _reads(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that a scope reads from the module."""
    for symbol in table.get_symbols():
        outside = table.get_type() == "module" or symbol.is_global()
        if symbol.is_referenced() and outside:
            yield symbol.get_name()
