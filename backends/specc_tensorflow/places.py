"""`layer_weights` and `cell_weights`: where in the model the spec's weights are."""

from __future__ import annotations

from collections.abc import Mapping

from specc.codegen.expressions import (
    Atom,
    Dict_,
    Expression,
    Starred,
    Tuple_,
    call,
    literal,
)
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
)
from specc_tensorflow.writer import Writer

GET_LAYER = Assign((Atom("layer"),), Atom("model.get_layer"))


def place_functions(writer: Writer) -> tuple[Function, ...]:
    """The functions that a program needs, each after those that call it."""
    found: list[Function] = []
    if writer.layer_weights or not writer.cell_weights:
        found.append(_layer_weights(writer))
    found += [one.places for one in writer.blocks.values() if one.places is not None]
    if writer.cell_weights:
        found += [_cell_weights(writer), *writer.holders]
    return tuple(found)


def _layer_weights(writer: Writer) -> Function:
    about = Docstring(("Find the variables that are weights of the spec as they are.",))
    entries = tuple(
        (None, found.value) if isinstance(found, Starred) else (literal(name), found)
        for name, found in writer.layer_weights.items()
    )
    getting = (GET_LAYER,) if entries else ()
    body = (about, *getting, Return(Dict_(entries)))
    return Function("layer_weights", (Parameter("model"),), body)


def _cell_weights(writer: Writer) -> Function:
    about = Docstring(("Find the variables of recurrent cells, and what each holds.",))
    rows: list[Expression] = [
        call(one.kind, literal(one.path), one.cell) for one in writer.cell_weights
    ]
    every = rows[0] if len(rows) == 1 else Tuple_(tuple(map(Starred, rows)))
    body = (about, GET_LAYER, Return(every))
    return Function("cell_weights", (Parameter("model"),), body)


def holder_function(cell: str, fields: Mapping[str, tuple[str, ...]]) -> Function:
    """`lstm_weights(path, cell)`: the Keras cell's variables, the weights in each."""
    about = Docstring((f"Say which weights of `{cell}` lie side by side in Keras.",))
    rows: tuple[Expression, ...] = tuple(
        Tuple_((Atom(f"cell.{field}"), Atom("path"), literal(names)))
        for field, names in fields.items()
    )
    body = (about, Return(Tuple_(rows)))
    return Function(f"{cell}_weights", (Parameter("path"), Parameter("cell")), body)
