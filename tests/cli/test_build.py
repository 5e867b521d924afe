"""`specc build` writes whole files, where it is told to, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

BROKEN = "model m(x: float[3]) -> float[1] {\n  x -> dens(1)\n}\n"
TWO = """\
model left(x: float[3]) -> float[1] {
  x -> dense(1)
}

model right(x: float[3]) -> float[1] {
  x -> dense(1)
}
"""


def test_the_path_is_the_product(specc, tmp_path: Path) -> None:
    found = specc("build", "tiny.seq", "--backend", "jax")
    assert (found.code, found.err) == (0, "")
    assert found.out == str(Path("build", "tiny_jax.py")) + "\n"
    program = tmp_path / "build" / "tiny_jax.py"
    compile(program.read_text(), str(program), "exec")


def test_all_models_of_a_file_are_built(specc, tmp_path: Path) -> None:
    (tmp_path / "two.seq").write_text(TWO)
    found = specc("build", "two.seq", "--backend", "jax", "--out", "here/and/there")
    assert found.out.split() == [
        str(Path("here", "and", "there", name))
        for name in ("left_jax.py", "right_jax.py")
    ]
    found = specc("build", "two.seq", "--backend", "jax", "--model", "right")
    assert found.out.split() == [str(Path("build", "right_jax.py"))]


def test_the_same_bytes_every_time(specc, tmp_path: Path) -> None:
    program = tmp_path / "build" / "tiny_jax.py"
    specc("build", "tiny.seq", "--backend", "jax")
    first = program.read_bytes()
    specc("build", "tiny.seq", "--backend", "jax")
    assert program.read_bytes() == first
    assert [path.name for path in program.parent.iterdir()] == ["tiny_jax.py"]


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (BROKEN, ["--backend", "jax"], 1),
        ("", ["--backend", "jax"], 1),
        (TWO, ["--backend", "jxa"], 2),
        (TWO, ["--backend", "jax", "--model", "middle"], 2),
        (TWO, ["--backend", "jax", "--bakend", "jax"], 2),
    ],
)
def test_a_mistake_writes_nothing(
    specc, tmp_path: Path, text: str, arguments: list[str], code: int
) -> None:
    (tmp_path / "spec.seq").write_text(text)
    found = specc("build", "spec.seq", *arguments)
    assert (found.code, found.out) == (code, "")
    assert not (tmp_path / "build").exists()


def test_no_symbolic_link_is_followed(specc, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.py").write_text("kept")
    (tmp_path / "linked").symlink_to(outside)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "tiny_jax.py").symlink_to(outside / "kept.py")
    for out in ("linked", "linked/", "build"):
        found = specc("build", "tiny.seq", "--backend", "jax", "--out", out)
        assert (found.code, found.out) == (1, "")
        assert "SPC009" in found.err and "is a symbolic link" in found.err
    assert [path.read_text() for path in outside.iterdir()] == ["kept"]


def test_a_folder_that_is_a_file_is_a_diagnostic(specc, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    found = specc("build", "tiny.seq", "--backend", "jax", "--out", "taken")
    assert (found.code, found.out) == (1, "") and "SPC009" in found.err
    assert (tmp_path / "taken").read_text() == "mine"
