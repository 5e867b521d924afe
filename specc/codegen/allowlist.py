"""The last look at a generated file: nothing in it but what generated code may hold.

What fails here is a bug of ours. It is caught before the file is written.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterator
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=ast.AST)

_HARMLESS = """
    abs all any bool dict enumerate float frozenset int isinstance len list map max min
    object pow property range repr reversed round set slice sorted staticmethod str sum
    super tuple type zip KeyError NotImplementedError OSError TypeError ValueError
"""
# What may run text, reach outside or hide what is called.
_HARMFUL = """
    __builtins__ __import__ __loader__ __spec__ breakpoint compile delattr eval exec
    exit getattr globals help input locals memoryview open quit setattr vars
"""
_HARMFUL_ATTRIBUTES = """
    eval exec fromfile io_callback memmap numpy_function popen pure_callback py_function
    system tofile
"""
_BUILTINS = frozenset(_HARMLESS.split())
_DANGEROUS = frozenset(_HARMFUL.split())
_DANGEROUS_ATTRIBUTES = frozenset(_HARMFUL_ATTRIBUTES.split())
_DUNDER_ATTRIBUTES = frozenset({"__call__", "__init__", "__name__"})
# The one function that reads a file, and what it needs for that.
_READER, _READS_WITH = "vectors", "open"


def check_generated(
    text: str,
    first_line: str,
    modules: Collection[str],
    user_strings: Collection[str] = (),
) -> None:
    """Raise AssertionError, with the line, if a generated file holds what it must not.

    `modules` are the packages it may import. `user_strings` are texts of a spec that
    are in the file: each must be a constant as a whole, and in no comment or docstring.
    """
    _hold(text.startswith(first_line), f"line 1 is not {first_line!r}")
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.isascii() and (line.isprintable() or not line)
        _hold(plain, f"line {number}: not plain text: {line!r}")
    tree = ast.parse(text)
    nodes = _Nodes(tree)
    _check_imports(tree, nodes, modules)
    _check_names(tree, nodes)
    _check_attributes(nodes)
    if user_strings:
        _check_user_strings(text, nodes, user_strings)


def _hold(fine: bool, message: str) -> None:
    """An assertion that also holds where Python was told to leave assertions out."""
    if not fine:
        raise AssertionError(message)


class _Nodes:
    """The nodes of a tree by their kind, looked through once."""

    def __init__(self, tree: ast.AST) -> None:
        self.found: dict[type, list[Any]] = {}
        nodes = [tree]
        for node in nodes:  # grows meanwhile
            self.found.setdefault(type(node), []).append(node)
            for field in node._fields:
                value = getattr(node, field, None)
                if isinstance(value, list):
                    nodes += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST) and field != "ctx":
                    nodes.append(value)

    def of(self, kind: type[Kind]) -> list[Kind]:
        return self.found.get(kind, [])

    @property
    def imports(self) -> list[ast.Import | ast.ImportFrom]:
        return [*self.of(ast.Import), *self.of(ast.ImportFrom)]

    @property
    def definitions(self) -> list[ast.FunctionDef | ast.ClassDef]:
        return [*self.of(ast.FunctionDef), *self.of(ast.ClassDef)]


def _check_imports(tree: ast.Module, nodes: _Nodes, modules: Collection[str]) -> None:
    for node in nodes.imports:
        place = f"line {node.lineno}"
        _hold(node in tree.body, f"{place}: an import inside of a definition")
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            _hold(node.level == 0 and "*" not in names, f"{place}: an open import")
            names = [node.module or ""]
        for name in names:
            allowed = name.partition(".")[0] in modules
            _hold(allowed, f"{place}: import of {name}")


def _check_names(tree: ast.Module, nodes: _Nodes) -> None:
    bound = dict(_bound(nodes))
    for name, line in bound.items():
        _hold(name not in _DANGEROUS, f"line {line}: {name} is given another meaning")
    readers = {
        id(node)
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == _READER
        for node in _Nodes(function).of(ast.Name)
    }
    for node in nodes.of(ast.Name):
        if node.id in bound or node.id in _BUILTINS:
            continue
        reads = node.id == _READS_WITH and id(node) in readers
        _hold(reads, f"line {node.lineno}: use of {node.id}")


def _bound(nodes: _Nodes) -> Iterator[tuple[str, int]]:
    """All names that the file defines anywhere, with a line each."""
    for name in nodes.of(ast.Name):
        if isinstance(name.ctx, ast.Store):
            yield name.id, name.lineno
    for argument in nodes.of(ast.arg):
        yield argument.arg, argument.lineno
    for definition in nodes.definitions:
        yield definition.name, definition.lineno
    for handler in nodes.of(ast.ExceptHandler):
        if handler.name is not None:
            yield handler.name, handler.lineno
    for node in nodes.imports:
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0], node.lineno


def _check_attributes(nodes: _Nodes) -> None:
    for node in nodes.of(ast.Attribute):
        hidden = node.attr.startswith("__") and node.attr not in _DUNDER_ATTRIBUTES
        allowed = not hidden and node.attr not in _DANGEROUS_ATTRIBUTES
        _hold(allowed, f"line {node.lineno}: use of .{node.attr}")


def _check_user_strings(
    text: str, nodes: _Nodes, user_strings: Collection[str]
) -> None:
    constants = {
        node.value for node in nodes.of(ast.Constant) if isinstance(node.value, str)
    }
    for string in user_strings:
        _hold(string in constants, f"{string!r} is not a constant")
    # A short or plain one may well be a word of ours.
    telling = [s for s in user_strings if len(s) >= 8 and not s.isidentifier()]
    for line, prose in _prose(text, nodes):
        for string in telling:
            _hold(string not in prose, f"line {line}: {string!r} outside of a constant")


def _prose(text: str, nodes: _Nodes) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and the parts of f-strings, with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in nodes.of(ast.Expr):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for string in nodes.of(ast.JoinedStr):
        for part in _Nodes(string).of(ast.Constant):
            yield string.lineno, str(part.value)
