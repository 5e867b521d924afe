"""How the process starts, ends, and talks to a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import specc as package
from specc.cli import _intruder

HEAVY = ["numpy", "safetensors", "jax", "tensorflow", "keras", "rich", "asyncio"]


def python(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, **options
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", "tiny.seq"],
        ["check", "missing.seq", "--format", "json"],
        ["params", "tiny.seq"],
        ["fmt", "--check", "tiny.seq"],
        ["ir", "tiny.seq"],
        ["build", "tiny.seq", "--backend", "jax"],
        ["backends"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_heavy_is_imported(specc, tmp_path: Path, arguments) -> None:
    program = (
        "import sys\nfrom specc.cli import main\n"
        f"code = main({arguments!r})\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    done = python("-c", program, cwd=tmp_path)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


def test_importing_the_package_imports_nothing_else() -> None:
    program = (
        "import sys; before = set(sys.modules); import specc; "
        "print(sorted(set(sys.modules) - before))"
    )
    assert (
        python(
            "-S",
            "-c",
            program,
            env={**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])},
        ).stdout
        == "['__future__', 'specc']\n"
    )


def test_compile_is_there_when_it_is_asked_for() -> None:
    assert package.compile.__module__ == "specc.compiler"
    with pytest.raises(AttributeError):
        _ = package.compiel


def test_python_dash_m_is_the_command(specc, tmp_path: Path) -> None:
    done = python("-m", "specc", "check", "tiny.seq", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "no mistakes in 1 file, 1 model\n"


def test_a_reader_that_stops_reading_is_no_error(specc, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "specc", "ir", "tiny.seq", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert running.stdout and running.stderr
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    running.wait(60)


def test_output_that_cannot_hold_a_character_holds_its_escape(
    specc, tmp_path: Path
) -> None:
    plain = {**os.environ, "PYTHONIOENCODING": "iso8859-5"}
    done = python("-m", "specc", "params", "tiny.seq", cwd=tmp_path, env=plain)
    assert done.returncode == 0 and r"4\xb7(4\xb73 " in done.stdout


def crash(error: BaseException):
    def compile_file(file: str, settings: object) -> None:
        raise error

    return compile_file


def recurse(file: str, settings: object) -> None:
    recurse(file, settings)


@pytest.mark.parametrize(
    "broken",
    [
        crash(RuntimeError("impossible")),
        crash(AssertionError("never")),
        crash(EOFError("early")),
        recurse,
    ],
)
def test_a_mistake_of_our_own_is_a_bug_report(
    specc, monkeypatch: pytest.MonkeyPatch, broken
) -> None:
    monkeypatch.setattr(import_module("specc.cli.check"), "compile_file", broken)
    found = specc("check", "tiny.seq")
    assert (found.code, found.out) == (70, "")
    assert "SPC900" in found.err and "specc check tiny.seq" in found.err


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def unspeakable(file: str, settings: object) -> None:
    raise Unspeakable


def test_a_bug_report_is_kept_whole_or_not_at_all(
    specc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(kept))
    monkeypatch.setattr(import_module("specc.cli.check"), "compile_file", unspeakable)
    found = specc("check", "tiny.seq")
    assert specc("check", "tiny.seq").code == 70
    (file,) = kept.iterdir()  # the same report, the same file
    assert file.name.startswith("specc-crash-") and str(file) in found.err
    assert file.read_text().rstrip("\n") in found.err and "Unspeakable" in found.err
    file.unlink()
    monkeypatch.setattr(os, "fsync", lambda _: broken_disk())
    found = specc("check", "tiny.seq")
    assert found.code == 70 and "SPC900" in found.err and "The same is" not in found.err
    assert list(kept.iterdir()) == []


def broken_disk() -> None:
    raise OSError(28, "No space left on device")


def test_a_bug_while_building_leaves_no_file(
    specc, tmp_path: Path, monkeypatch
) -> None:
    two = "model a(x: float[3]) -> float[1] { x -> dense(1) }\n"
    (tmp_path / "two.seq").write_text(two + two.replace("model a", "model b"))
    real, calls = import_module("specc.codegen.build").generate, []

    def second_fails(model, backend) -> str:
        calls.append(model.name)
        assert len(calls) < 2, "impossible"
        return real(model, backend)

    monkeypatch.setattr(import_module("specc.codegen.build"), "generate", second_fails)
    assert specc("build", "two.seq", "--backend", "jax").code == 70
    assert calls == ["a", "b"] and not (tmp_path / "build").exists()


def test_an_interruption_ends_with_130(specc, monkeypatch) -> None:
    broken = crash(KeyboardInterrupt())
    monkeypatch.setattr(import_module("specc.cli.check"), "compile_file", broken)
    found = specc("check", "tiny.seq")
    assert found.code == 130 and "Traceback" not in found.err


def test_what_the_system_refuses_is_a_diagnostic(specc, monkeypatch) -> None:
    broken = crash(OSError(28, "No space left on device", "some/file"))
    monkeypatch.setattr(import_module("specc.cli.check"), "compile_file", broken)
    found = specc("check", "tiny.seq")
    assert found.code == 1
    assert "error[SPC009] system-error: `some/file`: No space left" in found.err


def test_too_little_memory_is_a_diagnostic(specc, monkeypatch) -> None:
    broken = crash(MemoryError())
    monkeypatch.setattr(import_module("specc.cli.check"), "compile_file", broken)
    found = specc("check", "tiny.seq")
    assert (
        found.code == 1 and "SPC009" in found.err and "not enough memory" in found.err
    )


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
    ],
)
def test_there_is_colour_on_a_terminal_unless_it_is_not_wanted(
    specc, tmp_path: Path, arguments, variables, colored
) -> None:
    parent, child = os.openpty()
    clean = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-m", "specc", "check", "missing.seq", *arguments],
        stderr=child,
        stdout=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**clean, "TERM": "xterm", **variables},
    )
    os.close(child)
    told = os.read(parent, 10_000)
    os.close(parent)
    assert b"missing.seq" in told
    assert (b"\x1b[" in told) == colored


def test_no_colour_may_be_said_before_the_command(specc) -> None:
    assert specc("--no-color", "check", "tiny.seq").code == 0


def test_another_distribution_of_this_name_is_told(
    specc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site-packages"
    (folder / "specc").mkdir(parents=True)
    (folder / "specc_lang-0.1.0.dist-info").mkdir()
    monkeypatch.setattr(package, "__file__", str(folder / "specc" / "__init__.py"))
    assert _intruder.intruder() is None
    (folder / "specc-0.3.0.dist-info").mkdir()
    found = specc("check", "tiny.seq")
    assert found.code == 0
    assert "warning: another distribution called `specc`" in found.err


def test_a_package_that_is_not_ours_stops_everything(
    specc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(package, "DISTRIBUTION")
    found = specc("check", "tiny.seq")
    assert found.code == 1
    assert "is not that of specc-lang" in found.err and "pip uninstall" in found.err
