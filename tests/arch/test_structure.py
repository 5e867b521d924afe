"""The house is easy to walk: small files, one job each, nothing missing anywhere."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from specc.ops import find_op, op_names

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("specc", "backends")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
BANNED = {"utils", "helpers", "common", "misc"}
CELL_OPS = {
    *("arithmetic", "kept", "number", "parameter", "product", "section", "state")
}
"""Ops of equations: they are printed and evaluated with their cell."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_short_and_says_its_job(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 500
    assert path.stem not in BANNED
    assert ast.get_docstring(ast.parse(text)), "a file says its job in its first line"


PRIVATE = {
    *("specc/verify/process.py", "specc/verify/child.py", "specc/verify/arrays.py"),
    "specc/verify/npz.py",
}
"""Messages to a child process, in a folder that goes with it; an archive in memory."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_written_but_by_the_atomic_writer(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name == "specc/atomic.py" or name in PRIVATE:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute):  # `write_text(path, ...)` is the writer's
            assert called.attr not in ("write_text", "write_bytes"), node.lineno
        words = getattr(called, "attr", getattr(called, "id", ""))
        assert words not in ("save_file", "savez", "savez_compressed"), node.lineno
        modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
        assert words != "open" or not {"w", "wb", "a", "x"} & set(modes), node.lineno


def test_every_package_is_in_the_distribution() -> None:
    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
            "packages"
        ]
    )
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in SOURCES
        if path.name == "__init__.py"
    }
    renamed = {name.removeprefix("backends.") for name in found}
    assert renamed <= listed


@pytest.mark.parametrize("name", sorted(op_names() - {"input"}))
def test_every_op_is_known_to_the_reference_and_both_backends(name: str) -> None:
    op = find_op(name)
    assert op is not None and op.__doc__, "an op carries its equation"
    if name in CELL_OPS:
        return
    reference = ROOT / "specc" / "reference" / f"{name}.py"
    assert reference.exists(), f"add a reference function: {reference}"
    for backend in ("specc_jax", "specc_tensorflow"):
        emitter = ROOT / "backends" / backend / "layers" / f"{name}.py"
        assert emitter.exists(), f"add an emitter: {emitter}"


def test_the_version_is_one() -> None:
    import specc

    written = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert specc.__version__ == written
    assert f"[{written}]" in (ROOT / "CHANGELOG.md").read_text()
