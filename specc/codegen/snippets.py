"""Copying snippets: the source of just the definitions that a generated file needs.

A snippet is a function, class or constant in a module of real, linted Python. The
modules are read, never imported, so no framework has to be installed.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator
from importlib.resources import files

from msgspec import Struct

from specc.codegen.imports import Import
from specc.codegen.names import is_python_word
from specc.codegen.statements import Source

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
    """All definitions in the modules of a package, if any, and in further modules."""

    def __init__(self, package: str | None, *modules: str) -> None:
        every = _modules_in(package) if package else []
        self._snippets: dict[str, _Snippet] = {}
        for module in (*every, *modules):
            for snippet in _read(module, {*every, *modules}):
                assert snippet.name not in self._snippets, f"two of {snippet.name}"
                assert not is_python_word(snippet.name), f"hides {snippet.name}"
                self._snippets[snippet.name] = snippet
        for snippet in self._snippets.values():
            unknown = snippet.uses - self._snippets.keys()
            assert not unknown, f"{snippet.name} uses undefined {sorted(unknown)}"

    @property
    def names(self) -> frozenset[str]:
        """What a generated file may define; its own names keep clear of these."""
        return frozenset(self._snippets)

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
            assert name in self._snippets, f"no snippet {name}"
            if name not in found:
                found.add(name)
                waiting += self._snippets[name].uses
        return found

    def _place(self, names: set[str], begun: set[str], order: list[_Snippet]) -> None:
        """Append these definitions, each after what it reads early."""
        for name, snippet in self._snippets.items():
            if name in names and name not in begun:
                begun.add(name)
                self._place(self._closure(snippet.early), begun, order)
                order.append(snippet)


def _modules_in(package: str) -> list[str]:
    inside = sorted(f.name for f in files(package).iterdir() if f.name.endswith(".py"))
    return [f"{package}.{name[:-3]}" for name in inside if name != "__init__.py"]


def _read(module: str, library: set[str]) -> Iterator[_Snippet]:
    package, _, name = module.rpartition(".")
    text = files(package).joinpath(f"{name}.py").read_text(encoding="utf-8")
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


def _imports(node: ast.Import | ast.ImportFrom, library: set[str]) -> Iterator[Import]:
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
