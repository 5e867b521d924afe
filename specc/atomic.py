"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a file as UTF-8, with line ends as they are; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Put a file in place in one step, so that no reader meets half of it.

    Whatever was there is replaced, unless it is a symbolic link or no ordinary file.
    Raises `OSError` if that is so or the system refuses, and leaves no part behind.
    """
    _refuse_unusual(path)
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        # "x": a new file, never one through a link; its mode is what the umask says.
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        # What went wrong first is what the caller must hear of.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _settle(path.parent)


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
