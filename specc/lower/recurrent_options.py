"""The options of every recurrent layer, besides its cell's own parameters."""

from __future__ import annotations

from functools import cache
from typing import Literal

from msgspec.structs import replace

from specc.ir.op import Affine, Rate
from specc.ir.weights import Role, Start
from specc.lower.options import INITIALIZERS, Option, op_options
from specc.syntax import tree


class RecurrentOptions(Affine):
    """What every recurrent layer takes besides its cell's own parameters."""

    final: bool = False
    states: bool = False
    reverse: bool = False
    recurrent: Start | None = None
    recurrent_bias: Start | Literal["none"] | None = None
    dropout: Rate = 0.0
    recurrent_dropout: Rate = 0.0
    weight_dropout: Rate = 0.0

    def initializer(self, role: Role) -> Start | None:
        return self.recurrent if role == "recurrent" else super().initializer(role)


@cache
def recurrent_options() -> tuple[Option, ...]:
    """The options of every recurrent layer; their values need their words."""
    return tuple(replace(o, own=False) for o in op_options(RecurrentOptions))


Starts = tuple[tuple[str, Start], ...]
"""How single weights of a cell start, by name, where a use says so."""


def start_options(cell: tree.Cell) -> tuple[Option, ...]:
    """An option for every weight that the cell declares: `lstm(64, b_f = zeros)`."""
    entries = (
        entry.name.text
        for statement in cell.body.statements
        if isinstance(statement, tree.Param)
        for entry in statement.entries
    )
    return tuple(
        Option(
            field=f"{name} starts",
            word=name,
            choices=INITIALIZERS,
            numeric=True,
            own=False,
            formula=True,
        )
        for name in dict.fromkeys(entries)
        if name not in recurrent_words()
    )


@cache
def recurrent_words() -> frozenset[str]:
    """Every word that a recurrent layer takes, whatever its cell."""
    words = (option.word for option in recurrent_options())
    return frozenset((*words, "init"))
