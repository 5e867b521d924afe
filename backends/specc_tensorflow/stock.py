"""Keras's own cells by their equations, and whether a cell of a spec is one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product

from msgspec import Struct

from specc.codegen.cell_layers import is_layer
from specc.codegen.forms import Form, cell_form, text_form
from specc.ir.graph import Cell
from specc.ops.function import Function

LARGEST = 100
"""No stock cell has as many nodes; larger ones are not looked at."""


class StockCell(Struct, frozen=True):
    """A cell that Keras has. `act` and `gate` stand for its activation functions.

    `fields` are the variables of the Keras cell, with the weights each one holds side
    by side; `options` are those that choose this form of the layer.
    """

    layer: str
    equations: str
    states: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    options: tuple[tuple[str, bool], ...] = ()
    has_cudnn: bool = False


STOCK = (
    StockCell(
        layer="SimpleRNN",
        equations="h_ = act(W @ x + U @ h + b)",
        states=("h",),
        fields={"kernel": ("W",), "recurrent_kernel": ("U",), "bias": ("b",)},
    ),
    StockCell(
        layer="LSTM",
        equations="""
            i = gate(W_i @ x + U_i @ h + b_i)
            f = gate(W_f @ x + U_f @ h + b_f)
            g = act(W_g @ x + U_g @ h + b_g)
            o = gate(W_o @ x + U_o @ h + b_o)
            c_ = f * c + i * g
            h_ = o * act(c_)
        """,
        states=("h", "c"),
        fields={
            "kernel": ("W_i", "W_f", "W_g", "W_o"),
            "recurrent_kernel": ("U_i", "U_f", "U_g", "U_o"),
            "bias": ("b_i", "b_f", "b_g", "b_o"),
        },
        has_cudnn=True,
    ),
    StockCell(
        layer="GRU",
        equations="""
            z = gate(W_z @ x + U_z @ h + b_z + d_z)
            r = gate(W_r @ x + U_r @ h + b_r + d_r)
            n = act(W_n @ x + b_n + r * (U_n @ h + d_n))
            h_ = z * h + (1 - z) * n
        """,
        states=("h",),
        fields={
            "kernel": ("W_z", "W_r", "W_n"),
            "recurrent_kernel": ("U_z", "U_r", "U_n"),
            "bias": ("b_z", "b_r", "b_n", "d_z", "d_r", "d_n"),
        },
        has_cudnn=True,
    ),
    StockCell(
        layer="GRU",
        equations="""
            z = gate(W_z @ x + U_z @ h + b_z)
            r = gate(W_r @ x + U_r @ h + b_r)
            n = act(W_n @ x + U_n @ (r * h) + b_n)
            h_ = z * h + (1 - z) * n
        """,
        states=("h",),
        fields={
            "kernel": ("W_z", "W_r", "W_n"),
            "recurrent_kernel": ("U_z", "U_r", "U_n"),
            "bias": ("b_z", "b_r", "b_n"),
        },
        options=(("reset_after", False),),
    ),
)


class StockUse(Struct, frozen=True):
    """A cell of a spec as one of Keras's; `fields` have the spec's names of weights."""

    cell: StockCell
    units: int
    act: str
    gate: str
    biased: bool
    fields: Mapping[str, tuple[str, ...]]

    @property
    def gated(self) -> bool:
        """Whether the layer has a second activation function."""
        return "gate" in self.cell.equations

    @property
    def runs_on_cudnn(self) -> bool:
        """Whether Keras may run it on cuDNN, which takes no row that is all padding."""
        usual = (self.act, self.gate) == ("tanh", "sigmoid")
        return self.cell.has_cudnn and usual and self.biased


def find_stock(cell: Cell) -> StockUse | None:
    """The cell of Keras's that computes the same, if there is one."""
    if len(cell.nodes) > LARGEST or cell.output != cell.states[0].after:
        return None
    if cell.outside or any(map(is_layer, cell.nodes)):
        return None
    form = cell_form(cell)
    functions = {n.op.function for n in cell.nodes if isinstance(n.op, Function)}
    for stock, biased in product(STOCK, (True, False)):
        if len(form.weights) != sum(map(len, _fields(stock, biased).values())):
            continue
        for act, gate in _choices(stock, functions | {"linear"}):
            known = _stock_form(STOCK.index(stock), biased, act, gate)
            if known.results != form.results:
                continue
            names = dict(zip(known.weights, form.weights, strict=True))
            use = _use(stock, cell, act, gate, biased, names)
            if _has_shapes(use, cell):
                return use
    return None


def _has_shapes(use: StockUse, cell: Cell) -> bool:
    """Whether matrices are matrices: `w @ x + b` may be one number for all units."""
    width = cell.nodes[0].type.last.fixed
    shapes: dict[str, tuple[int | None, ...]] = {
        "kernel": (use.units, width),
        "recurrent_kernel": (use.units, use.units),
        "bias": (use.units,),
    }
    found = {weight.name: weight.shape for weight in cell.weights}
    return all(
        found[name] == shapes[field]
        for field, names in use.fields.items()
        for name in names
    )


def _choices(stock: StockCell, functions: Iterable[str]) -> Iterable[tuple[str, str]]:
    gates = sorted(functions) if "gate" in stock.equations else [""]
    return product(sorted(functions), gates)


def _fields(stock: StockCell, biased: bool) -> dict[str, tuple[str, ...]]:
    return {f: names for f, names in stock.fields.items() if biased or f != "bias"}


@cache
def _stock_form(place: int, biased: bool, act: str, gate: str) -> Form:
    stock = STOCK[place]
    return text_form(
        stock.equations,
        stock.states,
        {"act": act, "gate": gate},
        () if biased else stock.fields["bias"],
    )


def _use(
    stock: StockCell,
    cell: Cell,
    act: str,
    gate: str,
    biased: bool,
    names: Mapping[str, str],
) -> StockUse:
    units = cell.state_type(0).last.fixed
    assert units is not None, "cells have fixed widths"
    fields = {
        field: tuple(names[name] for name in weights)
        for field, weights in _fields(stock, biased).items()
    }
    return StockUse(stock, units, act, gate, biased, fields)
