"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, with line ends as they are; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Put a file in place in one step, so that no reader meets half of it.

    Whatever was there is replaced, unless it is a symbolic link or no ordinary file.
    Raises `OSError` if that is so or the system refuses, and leaves no part behind. A
    part that a killed process left behind goes when the file is next written.
    """
    _refuse_unusual(path)
    _sweep(path)
    part, descriptor = _new_part(path)
    try:
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
            if sys.platform != "win32":
                # While the lock is held: from here on there is no part to be swept.
                part.replace(path)
        finally:
            os.close(descriptor)
        if sys.platform == "win32":
            part.replace(path)
    except BaseException:
        # What went wrong first is what the caller must hear of.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _new_part(path: Path) -> tuple[Path, int]:
    """A new file beside the one to be written, locked as long as it is open."""
    # O_EXCL: never one through a link; its mode is what the umask says.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
        descriptor = os.open(part, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
        if _is_kept(part, descriptor):
            return part, descriptor
        os.close(descriptor)


def _is_kept(part: Path, descriptor: int) -> bool:
    """Lock a part; whether nobody swept it before the lock was there."""
    if sys.platform == "win32":
        return True
    with suppress(OSError):  # a file system without locks: nobody can sweep there
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        return part.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sweep(path: Path) -> None:
    """Remove parts of this file whose writers are gone: their locks are free."""
    if sys.platform == "win32":
        return
    of_this = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}\.part")
    with suppress(OSError):
        for other in path.parent.iterdir():
            if of_this.fullmatch(other.name):
                _remove_if_free(other)


def _remove_if_free(part: Path) -> None:
    with suppress(OSError):  # in use, somebody else's, or gone already
        descriptor = os.open(part, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
        finally:
            os.close(descriptor)


def _refuse_unusual(path: Path) -> None:
    if path.is_symlink():
        reason = "is a symbolic link, and none is written through or replaced"
        raise OSError(errno.ELOOP, reason, str(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is a device or pipe, not a file", str(path))


def _settle(folder: Path) -> None:
    """Make the new name last through a power failure, where the system can."""
    # The file is in place by now; a folder that cannot be opened for reading, or a
    # file system that cannot do this for folders, is no reason to say it is not.
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
