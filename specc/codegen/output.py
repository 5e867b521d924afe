"""Puts generated programs into a folder, and nowhere else."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from specc.atomic import write_text


def write_programs(folder: Path, programs: Mapping[str, str]) -> list[Path]:
    """Write programs by file name into a folder, which is made if it is not there.

    Each is replaced whole. Neither the folder nor a file may be a symbolic link: a
    repository could bring one along that points out of it. Raises `OSError`.
    """
    if folder.is_symlink():
        reason = "is a symbolic link; name the folder it points to"
        raise OSError(errno.ELOOP, reason, str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in programs.items():
        path = folder / name
        if path.parent != folder or name in ("", ".", ".."):
            raise AssertionError(f"`{name}` is no plain file name")
        write_text(path, text)
        written.append(path)
    return written
