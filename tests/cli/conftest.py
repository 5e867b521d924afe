"""Runs the command line in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from specc.cli import main

MODELS = Path(__file__).parents[2] / "specs" / "models"
TINY = """\
model tiny(x: float[T, 3] ragged) -> y: float[1] {
  x -> lstm(4, final) -> dense(1, sigmoid)
}
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Specc = Callable[..., Result]


@pytest.fixture
def specc(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Specc:
    """`specc("check", "tiny.seq")`, in a folder of its own that has a `tiny.seq`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path.parent))
    (tmp_path / "tiny.seq").write_text(TINY)

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def models() -> Path:
    return MODELS
