"""Entry points of the installed packages, read from their files.

`importlib.metadata` takes longer to import than a spec takes to check, so it is asked
only where packages may be found otherwise than in folders.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path

from msgspec import Struct

_ABOUT = (".dist-info", ".egg-info")
"""What the folders end in that tell of installed packages."""


class EntryPoint(Struct, frozen=True):
    """What a package offers: `value` is `module:attribute`."""

    name: str
    value: str

    def load(self) -> object:
        """Import what it names."""
        module, _, attribute = self.value.partition("[")[0].partition(":")
        names = [name for name in attribute.strip().split(".") if name]
        return reduce(getattr, names, import_module(module.strip()))


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """All entry points of a group. Of a package found twice only the first counts."""
    folders = [Path(folder) for folder in sys.path]
    if not all(map(_is_plain, folders)) or _is_found_otherwise():
        return _from_metadata(group)
    found: dict[str, Path] = {}
    for folder in folders:
        for name, place in _packages(folder):
            found.setdefault(name, place)
    return tuple(point for place in found.values() for point in _read(place, group))


def _is_plain(folder: Path) -> bool:
    """Whether a place is a folder of packages, or is not there at all."""
    egg = folder.suffix.lower() == ".egg"
    return not egg and (folder.is_dir() or not folder.exists())


def _is_found_otherwise() -> bool:
    """Whether somebody's import hook finds packages that no folder lists."""
    return any(
        finder is not PathFinder and hasattr(finder, "find_distributions")
        for finder in sys.meta_path
    )


def _from_metadata(group: str) -> tuple[EntryPoint, ...]:
    from importlib import metadata

    found = metadata.entry_points(group=group)
    return tuple(EntryPoint(point.name, point.value) for point in found)


def _packages(folder: Path) -> Iterator[tuple[str, Path]]:
    """The packages installed in a folder, and where each keeps what it says."""
    try:
        inside = [p for p in folder.iterdir() if p.suffix.lower() in _ABOUT]
    except OSError:
        return
    for place in sorted(inside):
        name = place.stem.partition("-")[0]
        yield re.sub("[-_.]+", "_", name).lower(), place


def _read(place: Path, group: str) -> Iterator[EntryPoint]:
    try:
        text = (place / "entry_points.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if f"[{group}]" not in text:
        return
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == f"[{group}]"
        elif inside and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield EntryPoint(name.strip(), value.strip())
