"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from specc.atomic import write_bytes, write_text


@pytest.fixture
def umask_027() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_text_is_utf_8_with_its_own_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "out.py", "é\n\r\n")
    assert (tmp_path / "out.py").read_bytes() == "é\n\r\n".encode()


def test_bytes_replace_what_was_there_and_leave_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    path.write_bytes(b"long and old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_the_mode_is_what_the_umask_says(tmp_path: Path, umask_027: None) -> None:
    path = tmp_path / "out.bin"
    path.touch(mode=0o600)
    write_bytes(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_relative_path_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_bytes(Path("out.bin"), b"new")
    assert (tmp_path / "out.bin").read_bytes() == b"new"


def test_the_part_stands_in_the_same_folder_and_bears_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda _: names.extend(file.name for file in tmp_path.iterdir())
    )
    write_bytes(tmp_path / "out.bin", b"new")
    part, final = names
    assert part.startswith(".out.bin.") and part.endswith(".part")
    assert final == "out.bin"


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_failure_keeps_the_old_file_and_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(_: int) -> None:
        raise error

    path = tmp_path / "out.bin"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(error)):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_text_that_has_no_utf_8_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.py"
    path.write_bytes(b"old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_is_neither_followed_nor_replaced(
    tmp_path: Path, dangling: bool
) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    if not dangling:
        target.write_bytes(b"old")
    with pytest.raises(OSError, match=r"is a symbolic link.*link"):
        write_bytes(link, b"new")
    assert link.is_symlink()
    assert target.exists() is not dangling
    assert dangling or target.read_bytes() == b"old"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        write_bytes(folder, b"new")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_pipe_or_device_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="is a device or pipe"):
        write_bytes(pipe, b"new")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path, parent: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        write_bytes(tmp_path / parent / "out.bin", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("code", "is_told"), [(errno.EINVAL, False), (errno.EIO, True)]
)
def test_only_a_file_system_that_cannot_sync_folders_is_forgiven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, is_told: bool
) -> None:
    def fail_on_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, "refused")

    path = tmp_path / "out.bin"
    monkeypatch.setattr(os, "fsync", fail_on_folders)
    if is_told:
        with pytest.raises(OSError, match="refused"):
            write_bytes(path, b"new")
    else:
        write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "out.bin"
    (tmp_path / ".out.bin.0123456789abcdef.part").write_bytes(b"half")
    others = [".out.bin.part", ".other.bin.0123456789abcdef.part", "out.bin.0.part"]
    for name in others:
        (tmp_path / name).touch()
    write_bytes(path, b"new")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        [*others, "out.bin"]
    )


def test_a_part_that_is_being_written_is_nobody_elses_to_sweep(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    part = tmp_path / ".out.bin.0123456789abcdef.part"
    with part.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_bytes(tmp_path / "out.bin", b"new")
        assert part.exists()
    write_bytes(tmp_path / "out.bin", b"newer")
    assert not part.exists()


def test_a_link_that_looks_like_a_part_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"kept")
    link = tmp_path / ".out.bin.0123456789abcdef.part"
    link.symlink_to("target")
    write_bytes(tmp_path / "out.bin", b"new")
    assert link.is_symlink() and link.read_bytes() == b"kept"


def test_a_part_that_was_swept_too_early_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being made and being locked a part is free to be swept."""
    fcntl = pytest.importorskip("fcntl")
    real, calls = fcntl.flock, []

    def sweep_first(descriptor: int, how: int) -> None:
        if not calls:
            calls.extend(part.unlink() for part in tmp_path.glob(".*.part"))
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    write_bytes(tmp_path / "out.bin", b"new")
    assert len(calls) == 1 and (tmp_path / "out.bin").read_bytes() == b"new"
    assert [file.name for file in tmp_path.iterdir()] == ["out.bin"]
