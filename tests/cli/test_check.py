"""`specc check` tells every mistake, and ends with 1 if there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WRONG = """\
model wrong(x: float[T, 3]) -> y: float[2] {
  x -> lstm(4, finl) -> dens(2)
}
"""


def test_what_is_right_ends_with_one_line(specc, models: Path) -> None:
    files = sorted(models.glob("*.seq"))
    found = specc("check", *files)
    lines = (line for file in files for line in file.read_text().splitlines())
    count = sum(line.startswith("model ") for line in lines)
    assert (found.code, found.out) == (0, "")
    assert found.err == f"no mistakes in {len(files)} files, {count} models\n"


def test_a_library_of_cells_is_fine(specc, models: Path) -> None:
    found = specc("check", models.parent / "std" / "cells.seq")
    assert (found.code, found.err) == (0, "no mistakes in 1 file, 0 models\n")


def test_all_mistakes_of_all_files_are_told(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text(WRONG)
    found = specc("check", "wrong.seq", "nowhere.seq", "tiny.seq")
    assert (found.code, found.out) == (1, "")
    assert "did you mean `final`?" in found.err
    assert "did you mean `dense`?" in found.err
    assert "there is no file `nowhere.seq`" in found.err
    assert found.err.endswith("\n3 errors\n")


def test_as_json_the_mistakes_are_the_product(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text(WRONG)
    found = specc("check", "wrong.seq", "--format", "json")
    assert (found.code, found.err) == (1, "")
    data = json.loads(found.out)
    assert data["schema"] == 1
    assert [d["file"] for d in data["diagnostics"]] == ["wrong.seq"] * 2
    fine = specc("check", "tiny.seq", "--format", "json")
    assert fine.code == 0
    assert json.loads(fine.out) == {"schema": 1, "diagnostics": []}


def test_as_annotations_the_mistakes_are_the_product(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text(WRONG)
    found = specc("check", "wrong.seq", "--format", "github")
    assert (found.code, found.err) == (1, "")
    lines = found.out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("::error file=wrong.seq,line=2,") for line in lines)
    assert specc("check", "tiny.seq", "--format", "github").out == ""


def test_a_file_given_twice_is_checked_once(specc, tmp_path: Path) -> None:
    (tmp_path / "wrong.seq").write_text(WRONG)
    assert specc("check", "wrong.seq", "wrong.seq").err.endswith("\n2 errors\n")


DEEP = "model m(x: float[3]) -> float[1] {\n  x -> dense(%s1%s)\n}\n"
LONG = "cell c(units: int) {\n  state h[units]\n  param b\n  h' = h%s\n}\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", 1),
        (b"\n\n# only a comment\n", 1),
        (b"\x00\x01\x02", 1),
        (b"\x7fELF\x02\x01\x01\x00", 1),
        (b"model m(\xff\xfe) {}", 1),
        ("model m".encode("utf-16"), 1),
        (b"#" * (1 << 20) + b"\n" * 10, 1),
        (b"model m(x: float[3]) -> float[1] {\r  x -> dense(1)\r}\r", 1),
        (b"model", 1),
        (b"{" * 100_000, 1),
        ((DEEP % ("(" * 5000, ")" * 5000)).encode(), 1),
        ((DEEP % ("-" * 5000, "")).encode(), 1),
        ((LONG % (" + b" * 5000)).encode(), 0),
        (b"\xef\xbb\xbfcell c(u: int) {\n  state h[u]\n  h' = h\n}\n", 0),
        (b"cell c(u: int) {\r\n\tstate h[u]\r\n\th' = h\r\n}\r\n", 0),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_any_file_is_fine_or_a_diagnostic(
    specc, tmp_path: Path, data: bytes, code: int
) -> None:
    (tmp_path / "any.seq").write_bytes(data)
    found = specc("check", "any.seq")
    assert found.code == code, found.err[:2000]
    assert "Traceback" not in found.err
    assert ("error[SPC" in found.err) == bool(code)


@pytest.mark.parametrize("command", ["check", "params", "build --backend jax", "ir"])
def test_a_model_of_too_many_parameters_is_refused(
    specc, tmp_path: Path, command: str
) -> None:
    large = "model m(x: float[T, 8]) -> float[T, 9] { x -> dense(9) -> dense(9) }"
    (tmp_path / "large.seq").write_text(large)
    given = (*command.split(), "large.seq", "--max-params")
    found = specc(*given, 170)
    assert (found.code, found.out) == (1, "")
    assert "SPC225" in found.err and "171 parameters, more than the 170" in found.err
    assert "90 of them are here" in found.err and not (tmp_path / "build").exists()
    assert specc(*given, 171).code == 0


def test_the_largest_layer_there_can_be_takes_no_memory(specc, tmp_path: Path) -> None:
    text = "model m(x: float[T, 8]) -> float[T, N] { x -> dense(N) -> dense(N) }"
    (tmp_path / "large.seq").write_text(f"const N = 10 ** 9\n{text}")
    found = specc("check", "large.seq", "--max-params", 10**15)
    assert found.code == 1 and "1,000,000,010,000,000,000 parameters" in found.err
