"""Where the files lie that are installed with the packages."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path


@cache
def folder_of(package: str) -> Path:
    """The folder of a package, which may hold data only.

    As `importlib.resources.files`, which takes longer to import than to use.
    """
    return Path(next(iter(import_module(package).__path__)))
