"""`specc ir`, `specc explain`, `specc layers` and `specc backends`."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from specc.codegen import backend
from specc.diagnostics.pages import page


def test_the_ir_as_text_and_as_json(specc) -> None:
    found = specc("ir", "tiny.seq")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("model tiny(x %0, x_mask %1) -> y %3")
    assert "c' = f * c + i * g" in found.out
    data = json.loads(specc("ir", "tiny.seq", "--format", "json").out)
    assert [model["name"] for model in data["models"]] == ["tiny"]


def test_a_broken_spec_has_no_ir(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text("model m(")
    found = specc("ir", "wrong.seq")
    assert (found.code, found.out) == (1, "")


@pytest.mark.parametrize("name", ["SPC900", "spc900", "internal-error"])
def test_a_page_is_found_by_number_and_name(specc, name: str) -> None:
    found = specc("explain", name)
    assert (found.code, found.err) == (0, "")
    assert found.out == page("SPC900")


def test_backends_are_listed_with_what_they_need(specc) -> None:
    found = specc("backends")
    names = [line.split()[0] for line in found.out.splitlines()]
    assert names[0] == "name" and {"jax", "tensorflow"} <= set(names)


@pytest.fixture
def two_backends(monkeypatch: pytest.MonkeyPatch):
    """The JAX backend, and one that cannot be imported."""
    entries = [
        EntryPoint("jax", "specc_jax:backend", backend.GROUP),
        EntryPoint("torn", "no_such_package_at_all:backend", backend.GROUP),
    ]
    monkeypatch.setattr(backend, "entry_points", lambda group: entries)
    backend.backend_names.cache_clear()
    yield
    backend.backend_names.cache_clear()


def test_a_broken_backend_is_named_and_hides_no_other(specc, two_backends) -> None:
    found = specc("backends")
    assert found.code == 1
    assert "jax   JAX" in found.out
    assert "torn" in found.out and "broken" in found.out
    assert "SPC602" in found.err and "no_such_package_at_all" in found.err


def test_a_framework_that_is_missing_is_named_with_its_extra(
    specc, two_backends, monkeypatch: pytest.MonkeyPatch
) -> None:
    from specc.verify import installed

    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    assert 'pip install "specc-lang[jax]"' in specc("backends").out


@pytest.mark.parametrize("name", ["attend", "relu", "over", "tied", "lstm", "residual"])
def test_layers_describes_one(specc, name) -> None:
    found = specc("layers", name)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith("### ") and name in found.out


def test_layers_without_a_name_is_the_page(specc) -> None:
    page = Path(__file__).parents[2] / "docs" / "layers.md"
    assert specc("layers").out == page.read_text()
