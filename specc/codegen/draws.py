"""Calls that give weights their first values, of the functions in `initial.py`."""

from __future__ import annotations

from collections.abc import Mapping

from specc.codegen.expressions import (
    Atom,
    Binary,
    Expression,
    Tuple_,
    call,
    literal,
)
from specc.codegen.formulas import start_call, wide_call
from specc.codegen.names import Names
from specc.codegen.statements import Assign
from specc.ir.formula import Formula
from specc.ir.graph import Cell
from specc.ir.weights import Weight

TWO_FANS = ("glorot_uniform", "glorot_normal")
ONE_FAN = ("he_uniform", "he_normal", "lecun_uniform", "lecun_normal")
FROM_SEED = ("uniform", "normal", "orthogonal")
NOTHING: Mapping[str, Expression] = {}


def draw_call(
    weight: Weight,
    path: Expression,
    names: tuple[str, ...] | None = None,
    variables: Mapping[str, Expression] = NOTHING,
    *,
    bare: bool = False,
) -> Expression:
    """The call that draws a weight from `seed`.

    `path`: the weight's canonical name. `names`: variables that stand for its sizes,
    for a weight of a cell; else the sizes are written as numbers. `variables` hold the
    first values of weights that others use. `bare`: one size stands without a tuple.
    """
    return _Drawing(weight, names, bare).call(path, variables)


class _Drawing:
    def __init__(
        self, weight: Weight, names: tuple[str, ...] | None, bare: bool
    ) -> None:
        shape = tuple(map(Atom, names)) if names else tuple(map(literal, weight.shape))
        self.fans = tuple(map(literal, weight.fans))
        if names:
            assert weight.fans == (weight.shape[-1], weight.shape[0]), weight.name
            self.fans = (shape[-1], shape[0])
        self.weight, self.shape = weight, Tuple_(shape)
        self.plain = shape[0] if bare and len(shape) == 1 else self.shape

    def call(self, path: Expression, variables: Mapping[str, Expression]) -> Expression:
        weight = self.weight
        if weight.file is not None:
            return call("vectors", literal(weight.file), self.shape)
        if weight.name in variables:
            return call("np.float32", variables[weight.name])
        if isinstance(weight.initial, Formula):
            own = (path, self.shape, self.drawn, variables)
            return start_call(weight.initial, *own)
        return self.drawn(weight.initial, path)

    def wide(self, path: Expression, variables: Mapping[str, Expression]) -> Expression:
        """The first value in float64."""
        if isinstance(self.weight.initial, Formula):
            own = (path, self.shape, self.drawn, variables)
            return wide_call(self.weight.initial, *own)
        return call("np.float64", self.drawn(self.weight.initial, path))

    def drawn(self, initial: str, path: Expression) -> Expression:
        """The call of an initialiser that takes no numbers."""
        seeded = (Atom("seed"), path, self.shape)
        if initial in TWO_FANS:
            return call(initial, *seeded, *self.fans)
        if initial in ONE_FAN:
            return call(initial, *seeded, self.fans[0])
        if initial in FROM_SEED:
            return call(initial, *seeded)
        return call(initial, self.plain)


def used_first(
    cell: Cell, shapes: Mapping[str, tuple[str, ...]], names: Names
) -> tuple[tuple[Assign, ...], dict[str, Expression]]:
    """Statements for the weights whose first values others use, and their variables.

    They stand in a function whose `path` is the cell's.
    """
    used = {
        name
        for weight in cell.weights
        if isinstance(weight.initial, Formula)
        for name in weight.initial.uses
    }
    statements: list[Assign] = []
    variables: dict[str, Expression] = {}
    for weight in cell.weights:
        if weight.name not in used:
            continue
        drawing = _Drawing(weight, shapes.get(weight.name), bare=False)
        made = drawing.wide(own_path(weight), variables)
        target = Atom(names.take(weight.name.replace(".", "_")))
        statements.append(Assign((target,), made))
        variables[weight.name] = target
    return tuple(statements), variables


def own_path(weight: Weight) -> Expression:
    """The canonical name of a cell's weight, where `path` is the cell's."""
    return Binary("+", Atom("path"), literal(f".{weight.name}"))
