"""Notices another distribution that shares the import package `specc` with this one."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

import specc

ADVICE = "help: pip uninstall specc; pip install --force-reinstall --no-deps specc-lang"


class Intruder(Struct, frozen=True):
    """What to tell the user, and whether specc cannot run like that."""

    message: str
    fatal: bool


def intruder() -> Intruder | None:
    """What is wrong with this installation, or None; costs one look at a folder.

    On the package index there is an unrelated distribution `specc`, which installs an
    import package of that name. Installed later it overwrites files of this one;
    uninstalled later it takes them away.
    """
    if getattr(specc, "DISTRIBUTION", None) != "specc-lang":
        message = (
            "error: the Python package `specc` found here is not that of specc-lang: "
            "another distribution\ncalled `specc` was installed over it, or removed "
            "from under it\n"
        )
        return Intruder(message + ADVICE, fatal=True)
    assert specc.__file__ is not None, "a package with a marker has a file"
    folder = Path(specc.__file__).parent.parent
    # Ours is `specc_lang-...`.
    if not any(folder.glob("specc-*.*-info")):
        return None
    message = (
        "warning: another distribution called `specc` is installed into the same "
        "Python package as\nspecc-lang, and either may have overwritten the other\n"
    )
    return Intruder(message + ADVICE, fatal=False)
