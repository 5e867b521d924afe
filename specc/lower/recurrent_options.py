"""The options of every recurrent layer, besides its cell's own parameters."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from specc.ir.op import Affine
from specc.ir.weights import Initializer, Role
from specc.lower.options import Option, op_options

FUTURE_OPTIONS = ("dropout", "recurrent_dropout")
"""Options of recurrent layers that have no meaning yet."""


class RecurrentOptions(Affine):
    """What every recurrent layer takes besides its cell's own parameters."""

    final: bool = False
    states: bool = False
    reverse: bool = False
    recurrent: Initializer | None = None

    def initializer(self, role: Role) -> Initializer | None:
        return self.recurrent if role == "recurrent" else super().initializer(role)


@cache
def recurrent_options() -> tuple[Option, ...]:
    """The options of every recurrent layer; their values need their words."""
    return tuple(replace(o, own=False) for o in op_options(RecurrentOptions))


@cache
def recurrent_words() -> frozenset[str]:
    """Every word that a recurrent layer takes, whatever its cell."""
    words = (option.word for option in recurrent_options())
    return frozenset((*words, "init", *FUTURE_OPTIONS))
