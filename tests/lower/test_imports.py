"""Imports: what they bring, and what they may not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc

B = "block b() { dense(4) }\n"
USE = "model m(x: float[4]) -> float[4] {\n  x -> %s\n}\n"


def compiled(folder: Path, **files: str) -> specc.Compiled:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".seq")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return specc.compile(folder / "main.seq")


GOOD = {
    "a block": {"main": 'import "a.seq"\n' + USE % "b", "a": B},
    "after its use": {"main": USE % "b" + 'import "a.seq"\n', "a": B},
    "a constant": {
        "main": 'import "a.seq"\nconst W = V - 1\n' + USE % "dense(W)",
        "a": "const V = 5\n",
    },
    "a cell": {
        "main": 'import "a.seq"\n'
        + "model m(x: float[T, 4]) -> float[T, 4] { x->c(4)}",
        "a": "const k = 2\ncell c(n: int) {\n state h[n]\n param W\n"
        " h' = k * h + W @ x\n}",
    },
    "a diamond": {
        "main": 'import "a.seq"\nimport "c.seq"\n' + USE % "a -> c",
        "a": 'import "b.seq"\nblock a() { b }\n',
        "c": 'import "b.seq"\nblock c() { b }\n',
        "b": B,
    },
    "up inside of the root": {
        "main": 'import "s/a.seq"\n' + USE % "a",
        "s__a": 'import "../b.seq"\nblock a() { b }\n',
        "b": B,
    },
    "a name of the library": {
        "main": 'import "a.seq"\n' + USE % "residual",
        "a": "block residual() { dense(4) }\n",
    },
    "no models": {
        "main": 'import "a.seq"\n' + USE % "b",
        "a": B + (USE % "lstm(7)"),
    },
}
GOOD["no models"]["a"] = B + (USE % "lstm(7)").replace("model m", "model other")


@pytest.mark.parametrize("name", GOOD)
def test_an_import_brings_what_the_file_declares(name: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, **GOOD[name])
    assert found.check() == ()
    assert [model.name for model in found.models] == ["m"]


BAD = {
    "missing": ({"main": 'import "a.seq"\n'}, "SPC001", "main.seq", 1),
    "folder": ({"main": 'import "s"\n', "s__a": B}, "SPC002", "main.seq", 1),
    "absolute": ({"main": 'import "/etc/hosts"\n'}, "SPC010", "main.seq", 1),
    "above": ({"main": 'import "../a.seq"\n'}, "SPC010", "main.seq", 1),
    "backslash": ({"main": 'import "s\\\\a.seq"\n'}, "SPC010", "main.seq", 1),
    "itself": ({"main": 'import "main.seq"\n'}, "SPC011", "main.seq", 1),
    "a circle": (
        {"main": B + 'import "a.seq"\n', "a": 'import "c.seq"', "c": 'import "a.seq"'},
        *("SPC011", "c.seq", 1),
    ),
    "its own name": (
        {"main": f'import "a.seq"\n{B}', "a": B},
        *("SPC203", "main.seq", 2),
    ),
    "two of a name": (
        {"main": 'import "a.seq"\nimport "c.seq"\n', "a": B, "c": B},
        *("SPC203", "main.seq", 2),
    ),
    "syntax": ({"main": 'import "a.seq"\n', "a": "block b( {"}, "SPC101", "a.seq", 1),
    "a body": (
        {"main": 'import "a.seq"\n' + USE % "b", "a": "block b() { dens(4) }"},
        *("SPC202", "a.seq", 1),
    ),
    "what an import imports": (
        {"main": 'import "a.seq"\n' + USE % "b", "a": 'import "c.seq"', "c": B},
        *("SPC201", "main.seq", 3),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_import_is_told_once(name: str, tmp_path: Path) -> None:
    files, code, file, line = BAD[name]
    (tmp_path / "p").mkdir()
    (tmp_path / "a.seq").write_text(B)
    (found,) = compiled(tmp_path / "p", **files).check()
    span = found.labels[0].span
    place = (found.code.number, Path(span.source.name).name, span.line)
    assert place == (code, file, line)


@pytest.mark.parametrize("target", ["../out.seq", "link.seq"])
def test_a_link_that_leads_out_or_nowhere_is_refused(
    target: str, tmp_path: Path
) -> None:
    (tmp_path / "out.seq").write_text(B)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "link.seq").symlink_to(target)
    (found,) = compiled(tmp_path / "p", main='import "link.seq"\n' + USE % "b").check()
    assert found.code.number == "SPC010"


def test_a_file_is_read_once_however_many_import_it(tmp_path: Path) -> None:
    """Without that, thirty files that import the two below would take for ever."""
    files = {"main": 'import "a0.seq"\n' + USE % "dense(4)"}
    for i in range(30):
        both = f'import "a{i + 1}.seq"\nimport "c{i + 1}.seq"\n'
        files |= {f"a{i}": both, f"c{i}": both}
    files |= {"a30": "const A = 1", "c30": "const C = 1"}
    assert compiled(tmp_path, **files).check() == ()


def test_what_is_imported_is_part_of_the_hash(tmp_path: Path) -> None:
    files = {"main": 'import "a.seq"\n' + USE % "b", "a": B}
    first = compiled(tmp_path, **files).model()
    second = compiled(tmp_path, **{**files, "a": f"# more\n{B}"}).model()
    assert first.sha256 != second.sha256


def test_a_setting_changes_a_constant_of_the_file_and_no_other(tmp_path: Path) -> None:
    text = 'import "a.seq"\nconst n = 3\nmodel m(x: float[n]) -> float[n] { x -> b }'
    files = {"main": text, "a": B.replace("dense(4)", "dense(k)") + "const k = 4\n"}
    compiled(tmp_path, **files)
    model = specc.compile(tmp_path / "main.seq", {"n": 4}).model()
    assert str(model.type_of(model.inputs[0])) == "float[4]"
    for name in ("k", "z"):
        found = specc.compile(tmp_path / "main.seq", {"n": 4, name: 4}).check()
        assert [d.code.number for d in found] == ["SPC224"]
