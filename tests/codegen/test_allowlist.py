"""A generated file is looked through before anybody gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.allowlist import check_generated
from specc.codegen.layout import layout
from specc.codegen.snippets import SnippetLibrary
from specc.codegen.statements import Docstring, Imports

FIRST = '"""A model."""'


def check(body: str, *user_strings: str) -> None:
    text = f"{FIRST}\n\nimport jax.numpy as jnp\nimport numpy as np\n\n{body}\n"
    check_generated(text, FIRST, {"jax", "numpy"}, user_strings)


@pytest.mark.parametrize(
    "body",
    [
        "def apply(v, x, *, training=False):\n    return jnp.tanh(x) @ v['W']",
        "class A(dict):\n    def __init__(self):\n        super().__init__()",
        "def vectors(file):\n    with open(file) as lines:\n        return len(lines)",
        "X = [len(x) for x, y in zip((), ())]",
    ],
)
def test_ordinary_code_passes(body: str) -> None:
    check(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("import os", "line 6: import of os"),
        ("from os.path import join", r"line 6: import of os\.path"),
        ("import jaxes", "line 6: import of jaxes"),
        ("from . import a", "an open import"),
        ("from jax import *", "an open import"),
        ("def f():\n    import jax", "line 7: an import inside of a definition"),
        ("eval('1')", "line 6: use of eval"),
        ("run = [exec]", "line 6: use of exec"),
        ("x = compile('', '', 'exec')", "use of compile"),
        ("__import__('os')", "use of __import__"),
        ("getattr(np, 'load')", "use of getattr"),
        ("def f():\n    return open('x')", "line 7: use of open"),
        (
            "def f():\n    def vectors():\n        return open('x')",
            "line 8: use of open",
        ),
        ("unknown(1)", "use of unknown"),
        ("__builtins__['eval']", "use of __builtins__"),
        ("def f(open):\n    return open", "line 6: open is given another meaning"),
        ("x = ().__class__.__base__", r"use of \.__"),
        ("np.memmap('x')", r"use of \.memmap"),
        ("\uff50 = 1", "line 6: not plain text"),
        ("x = 1  # a\x0cb", "line 6: not plain text"),
        ("x = 1\r", "line 6: not plain text"),
        ("\tx = 1", "line 6: not plain text"),
    ],
)
def test_what_generated_code_never_needs_is_refused(body: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check(body)


def test_the_first_line_is_fixed() -> None:
    with pytest.raises(AssertionError, match="line 1"):
        check_generated("# coding: x\n", FIRST, ())


def test_a_users_text_is_a_constant_and_stands_nowhere_else() -> None:
    text = "my vectors.txt"
    check(f"x = {text!r}", text)
    with pytest.raises(AssertionError, match="not a constant"):
        check("x = 'no vectors.txt'", text)
    for leak in (f"# {text}", f"def f():\n    '''{text}'''", f"y = f'{text}{{x}}'"):
        with pytest.raises(AssertionError, match=r"outside of a constant"):
            check(f"x = {text!r}\n{leak}", text)


def test_the_initial_values_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nothing_of_its_own").mkdir()
    (tmp_path / "nothing_of_its_own" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    library = SnippetLibrary("nothing_of_its_own", "specc.codegen.initial")
    copied = library.copy(library.names)
    head = (Docstring(("A model.",)), Imports(copied.imports))
    check_generated(layout((*head, *copied.definitions)), FIRST, {"numpy"})
