"""Snippets are copied as they stand, with all they use and nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.codegen import initial
from specc.codegen.imports import Import, import_block
from specc.codegen.layout import layout
from specc.codegen.snippets import Copied, SnippetLibrary
from specc.codegen.statements import Imports, Source
from specc.packaged import folder_of

DENSE = '''\
"""Dense layers."""

import no_such_framework as framework
from no_such_framework import lax

SCALE = 2.0  # why two


# Maps the last axis.
# In float32.
@framework.jit
def dense(w, x, scale=SCALE):
    """Map the last axis.  x: [B, in]"""
    lax = x  # hides the import

    def inner(relu):
        return relu

    return inner(x @ w) * scale  # the rest


def relu(x):
    return lax.max(x, 0)
'''
CELLS = """\
from __future__ import annotations

from functools import partial

from made_up.dense import dense, relu


class Cell(Base):
    limit = [LIMIT for _ in range(2)]

    def step(self, x):
        return relu(partial(dense)(x)) + last(x)


class Base:
    pass


LIMIT = 3


def last(x):
    return x if x else Cell
"""

Library = Callable[..., SnippetLibrary]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    def make(*modules: str, **sources: str) -> SnippetLibrary:
        package = tmp_path / "made_up"
        package.mkdir()
        (package / "__init__.py").write_text("")
        for name, text in sources.items():
            (package / f"{name}.py").write_text(text)
        return SnippetLibrary("made_up", *modules)

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_up", raising=False)
    folder_of.cache_clear()
    return make


def first_lines(copied: Copied) -> list[str]:
    return [source.text.partition("\n")[0] for source in copied.definitions]


def test_source_is_copied_with_its_comments_and_decorators(library: Library) -> None:
    copied = library(dense=DENSE).copy(["dense"])
    assert copied.definitions[0] == Source("SCALE = 2.0  # why two", defines=False)
    text = copied.definitions[1].text
    assert text.startswith("# Maps the last axis.\n# In float32.\n@framework.jit\ndef")
    assert text.endswith("return inner(x @ w) * scale  # the rest")


def test_only_what_is_used_comes_along(library: Library) -> None:
    snippets = library(dense=DENSE)
    dense = snippets.copy(["dense"])
    assert dense.imports == {Import("no_such_framework", None, "framework")}
    assert len(dense.definitions) == 2
    relu = snippets.copy(["relu"])
    assert first_lines(relu) == ["def relu(x):"]
    assert relu.imports == {Import("no_such_framework", "lax")}


def test_what_a_definition_reads_at_once_stands_before_it(library: Library) -> None:
    copied = library(cells=CELLS, dense=DENSE).copy(["Cell"])
    assert first_lines(copied) == [
        "class Base:",
        "LIMIT = 3",
        "class Cell(Base):",
        "def last(x):",
        "SCALE = 2.0  # why two",
        "# Maps the last axis.",
        "def relu(x):",
    ]
    assert Import("functools", "partial") in copied.imports
    assert all("made_up" not in one.module for one in copied.imports)


def test_the_order_is_that_of_the_library_whatever_is_asked_first(
    library: Library,
) -> None:
    snippets = library(cells=CELLS, dense=DENSE)
    assert snippets.copy(["relu", "last"]) == snippets.copy(["last", "relu"])


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"a": "X = 1\n", "b": "X = 2\n"}, "two of X"),
        ({"a": "X = Y\n"}, "X uses undefined .'Y'."),
        ({"a": "def max(x):\n    return x\n"}, "hides max"),
        ({"a": "if 1:\n    X = 1\n"}, "a:1 is not a definition"),
        ({"a": '"""A\nX = 1\n"""\n'}, "a cannot be scanned"),
        ({"a": "from . import b\n"}, "relative"),
        ({"a": "X = 1\n", "b": "from made_up.a import X as Y\n"}, "renamed"),
    ],
)
def test_a_broken_library_is_told(
    library: Library, sources: dict[str, str], message: str
) -> None:
    with pytest.raises(AssertionError, match=message):
        library(**sources).check()


@pytest.mark.parametrize("folder", ["specc_jax", "specc_tensorflow"])
def test_all_that_backends_copy_can_be_copied(folder: str) -> None:
    SnippetLibrary(
        f"{folder}.snippets",
        *(["specc_tensorflow.exchange.names"] if "tensorflow" in folder else []),
        "specc.codegen.initial",
    ).check()


@pytest.mark.parametrize("file", ["layers", "cells", "layers_and_cells"])
def test_all_that_exchanges_weights_can_be_copied(file: str) -> None:
    SnippetLibrary(None, f"specc_tensorflow.exchange.{file}").check()


def test_an_unknown_snippet_is_our_error(library: Library) -> None:
    with pytest.raises(AssertionError, match="no snippet gone"):
        library(dense=DENSE).copy(["gone"])


def test_initial_values_can_be_copied_and_give_the_same_numbers(
    library: Library,
) -> None:
    snippets = library("specc.codegen.initial", dense=DENSE)
    copied = snippets.copy(["glorot_uniform", "vectors"])
    assert copied.imports == {Import("numpy", None, "np")}
    text = layout((Imports(copied.imports), *copied.definitions))
    scope: dict[str, Callable[..., object]] = {}
    exec(compile(text, "copied", "exec"), scope)
    drawn = scope["glorot_uniform"](5, "dense.W", (2, 3), 2, 3)
    assert str(drawn) == str(initial.glorot_uniform(5, "dense.W", (2, 3), 2, 3))
    command = (sys.executable, "-m", "ruff", "format", "--isolated", "--check", "-")
    assert subprocess.run(command, input=text, text=True).returncode == 0


imports = st.sampled_from(
    [
        Import("jax"),
        Import("jax.numpy", None, "jnp"),
        Import("numpy", None, "np"),
        Import("math"),
        Import("os.path"),
        Import("functools", "partial"),
        Import("pathlib", "Path"),
        Import("jax", "lax"),
        Import("jax", "Array"),
        Import("jax", "nn"),
        Import("jax.experimental", "shard_map"),
        Import("jax.sharding", "PartitionSpec", "P"),
        Import("jax.sharding", "Mesh"),
        Import("tensorflow", None, "tf"),
        Import("tensorflow", "keras"),
        Import("keras"),
        Import("keras", "layers"),
        Import("keras", "ops"),
        Import("keras", "KERAS_VERSION"),
        *(Import("keras", f"a_long_name_number_{n}") for n in range(5)),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.sets(imports, min_size=1))
def test_imports_are_in_the_order_of_ruff(some: set[Import]) -> None:
    text = import_block(some) + "\n"
    command = (sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I")
    ran = subprocess.run(
        (*command, "--diff", "-"), input=text, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout
    bound = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert bound == {one.bound for one in some}
