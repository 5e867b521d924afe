"""The last look at a generated file: nothing in it but what generated code may hold.

What fails here is a bug of ours. It is caught before the file is written.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Collection, Iterator

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
    assert text.startswith(first_line), f"line 1 is not {first_line!r}"
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.isascii() and (line.isprintable() or not line)
        assert plain, f"line {number}: not plain text: {line!r}"
    tree = ast.parse(text)
    _check_imports(tree, modules)
    _check_names(tree)
    _check_attributes(tree)
    _check_user_strings(text, tree, user_strings)


def _check_imports(tree: ast.Module, modules: Collection[str]) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        place = f"line {node.lineno}"
        assert node in tree.body, f"{place}: an import inside of a definition"
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 and "*" not in names, f"{place}: an open import"
            names = [node.module or ""]
        for name in names:
            allowed = name.partition(".")[0] in modules
            assert allowed, f"{place}: import of {name}"


def _check_names(tree: ast.Module) -> None:
    bound = dict(_bound(tree))
    for name, line in bound.items():
        assert name not in _DANGEROUS, f"line {line}: {name} is given another meaning"
    readers = {
        id(node)
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == _READER
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id in bound or node.id in _BUILTINS:
            continue
        reads = node.id == _READS_WITH and id(node) in readers
        assert reads, f"line {node.lineno}: use of {node.id}"


def _bound(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """All names that the file defines anywhere, with a line each."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.ExceptHandler(name=str(name)):
                yield name, node.lineno
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    yield (alias.asname or alias.name).partition(".")[0], node.lineno


def _check_attributes(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        hidden = node.attr.startswith("__") and node.attr not in _DUNDER_ATTRIBUTES
        allowed = not hidden and node.attr not in _DANGEROUS_ATTRIBUTES
        assert allowed, f"line {node.lineno}: use of .{node.attr}"


def _check_user_strings(
    text: str, tree: ast.Module, user_strings: Collection[str]
) -> None:
    constants = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for string in user_strings:
        assert string in constants, f"{string!r} is not a constant"
    # A short or plain one may well be a word of ours.
    telling = [s for s in user_strings if len(s) >= 8 and not s.isidentifier()]
    for line, prose in _prose(text, tree):
        for string in telling:
            assert string not in prose, f"line {line}: {string!r} outside of a constant"


def _prose(text: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and the parts of f-strings, with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield node.lineno, words
            case ast.JoinedStr():
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant):
                        yield node.lineno, str(part.value)
