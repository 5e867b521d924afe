"""The cells that other frameworks have, found in a model by their equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from msgspec import Struct

from specc.codegen.cell_layers import is_layer
from specc.codegen.forms import Form, cell_form, text_form
from specc.ir.graph import Cell
from specc.ops.function import Function

LARGEST = 100
"""No such cell has as many nodes; larger ones are not looked at."""


class KnownCell(Struct, frozen=True):
    """A cell by its equations, with two biases for a gate: b with x, d with the state.

    `act` and `gate` stand for functions. `gates` end the names of weights.
    """

    name: str
    equations: str
    states: tuple[str, ...]
    gates: tuple[str, ...]


LSTM = KnownCell(
    name="LSTM",
    equations="""
        i = gate(W_i @ x + U_i @ h + b_i + d_i)
        f = gate(W_f @ x + U_f @ h + b_f + d_f)
        g = act(W_g @ x + U_g @ h + b_g + d_g)
        o = gate(W_o @ x + U_o @ h + b_o + d_o)
        c_ = f * c + i * g
        h_ = o * act(c_)
    """,
    states=("h", "c"),
    gates=("_i", "_f", "_g", "_o"),
)
GRU = KnownCell(
    name="GRU",
    equations="""
        z = gate(W_z @ x + U_z @ h + b_z + d_z)
        r = gate(W_r @ x + U_r @ h + b_r + d_r)
        n = act(W_n @ x + b_n + r * (U_n @ h + d_n))
        h_ = z * h + (1 - z) * n
    """,
    states=("h",),
    gates=("_r", "_z", "_n"),
)
RNN = KnownCell(
    name="RNN",
    equations="h_ = act(W @ x + U @ h + b + d)",
    states=("h",),
    gates=("",),
)
KNOWN = (LSTM, GRU, RNN)


class FoundCell(Struct, frozen=True):
    """A cell of a model as a known one.

    `weights` are the model's names for the known ones; biases it lacks are not there.
    """

    known: KnownCell
    units: int
    inputs: int
    act: str
    gate: str
    weights: dict[str, str]

    @property
    def has_bias(self) -> bool:
        return any(name[0] in "bd" for name in self.weights)


def find_cell(cell: Cell) -> FoundCell | None:
    """The known cell that computes the same, if there is one."""
    if len(cell.nodes) > LARGEST or cell.output != cell.states[0].after:
        return None
    if cell.outside or any(map(is_layer, cell.nodes)):
        return None
    form = cell_form(cell)
    functions = {n.op.function for n in cell.nodes if isinstance(n.op, Function)}
    for place, known in enumerate(KNOWN):
        for left_out, act, gate in product(
            _biases(known), sorted(functions | {"linear"}), _gates(known, functions)
        ):
            other = _known_form(place, left_out, act, gate)
            if other.results != form.results:
                continue
            names = dict(zip(other.weights, form.weights, strict=True))
            found = _found(known, cell, act, gate, _in_order(known, names))
            if found is not None:
                return found
    return None


def _biases(known: KnownCell) -> Iterator[tuple[str, ...]]:
    """Which biases a cell may lack: none of them, those of one side, or all."""
    first = tuple(f"b{gate}" for gate in known.gates)
    second = tuple(f"d{gate}" for gate in known.gates)
    yield from ((), second, first, first + second)


def _gates(known: KnownCell, functions: Iterable[str]) -> list[str]:
    return sorted({*functions, "linear"}) if "gate(" in known.equations else [""]


@cache
def _known_form(place: int, left_out: tuple[str, ...], act: str, gate: str) -> Form:
    known = KNOWN[place]
    functions = {"act": act, "gate": gate}
    return text_form(known.equations, known.states, functions, left_out)


def _in_order(known: KnownCell, names: dict[str, str]) -> dict[str, str]:
    """With two biases in one sum, which are alike, in the order of their names."""
    for gate in known.gates:
        first, second = f"b{gate}", f"d{gate}"
        alike = (known, gate) != (GRU, "_n")
        if alike and first in names and second in names:
            names[first], names[second] = sorted((names[first], names[second]))
    return names


def _found(
    known: KnownCell, cell: Cell, act: str, gate: str, names: dict[str, str]
) -> FoundCell | None:
    """The cell, if its matrices are matrices: `w @ x` may be one number for all."""
    units, inputs = cell.state_type(0).last.fixed, cell.nodes[0].type.last.fixed
    assert units is not None and inputs is not None, "cells have fixed widths"
    shapes = {weight.name: weight.shape for weight in cell.weights}
    wanted = {"W": (units, inputs), "U": (units, units), "b": (units,), "d": (units,)}
    if any(shapes[own] != wanted[role[0]] for role, own in names.items()):
        return None
    return FoundCell(known, units, inputs, act, gate, names)
