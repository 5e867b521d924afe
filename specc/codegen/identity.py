"""What a program says of itself: the model, the spec it was made from, and for what."""

from __future__ import annotations

from specc import __version__
from specc.ir.graph import Model

Fact = str | int | dict[str, int | float] | tuple[str, ...]


def identity(model: Model) -> dict[str, Fact]:
    """All that decides about a program's text, besides its backend.

    `sha256` is that of the spec's text and of the files it imports.
    """
    target = model.target
    about: dict[str, Fact] = {
        "model": model.name,
        "sha256": model.sha256,
        "specc": __version__,
        "schedule": target.name,
    }
    if model.settings:
        about["set"] = dict(model.settings)
    if target.batch is not None:
        about["batch"] = target.batch
    if target.length is not None:
        about["length"] = target.length
    return about
