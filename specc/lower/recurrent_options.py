"""The options of recurrent layers: those all have, and those a cell declares."""

from __future__ import annotations

from specc.ir.op import Biased, Kerneled
from specc.ir.weights import Initializer, Role
from specc.lower.options import Option, op_options
from specc.ops.function import FUNCTIONS
from specc.syntax import tree


class RecurrentOptions(Kerneled, Biased):
    """What every recurrent layer takes besides its cell's own parameters."""

    final: bool = False
    states: bool = False
    reverse: bool = False
    recurrent: Initializer | None = None

    def initializer(self, role: Role) -> Initializer | None:
        return self.recurrent if role == "recurrent" else super().initializer(role)


def recurrent_options(general: frozenset[str]) -> tuple[Option, ...]:
    """The options of every recurrent layer but those a cell's parameters replace."""
    found = op_options(RecurrentOptions)
    return tuple(option for option in found if option.word not in general)


def parameter_option(parameter: tree.Parameter) -> Option | None:
    """A cell's parameter as an option; None for a kind without meaning yet."""
    name, default = parameter.name.text, parameter.default
    function = isinstance(default, tree.Name) and default.text in FUNCTIONS
    if function:
        return Option(name, name, choices=FUNCTIONS)
    kind = parameter.kind.dtype.text if parameter.kind is not None else "float"
    if kind not in ("int", "float") or (parameter.kind and parameter.kind.axes):
        return None
    return Option(name, name, numeric=True, required=default is None)
