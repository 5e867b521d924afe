"""`initial` and the functions it calls: the first value of every weight."""

from __future__ import annotations

from collections.abc import Iterator

from specc.codegen.draws import draw_call, own_path, used_first
from specc.codegen.expressions import Atom, Dict_, Expression, call, literal
from specc.codegen.names import Names
from specc.codegen.plan import Plan, Step
from specc.codegen.statements import Docstring, Function, Parameter, Return
from specc.codegen.widths import name_widths
from specc.ir.graph import Cell
from specc.ops.recurrent import Recurrent
from specc_tensorflow.library import RESERVED


def initial_functions(plan: Plan) -> tuple[Function, ...]:
    """`initial`, and a function for every kind of cell: `initial_lstm`."""
    names: dict[Function, str] = {}
    layers: dict[str, Expression] = {}
    for step in plan.steps:
        for path, cell in _cells(step):
            function, sizes = _cell_function(cell)
            if function not in names:
                names[function] = plan.names.take(function.name)
            own = (Atom("seed"), literal(path), *map(literal, sizes))
            layers.setdefault(path, call(names[function], *own))
        if step.node.weights and not isinstance(step.op, Recurrent):
            layers.setdefault(step.path, _weights(step))
    about = "Draw fresh weights; one seed gives the same numbers in every backend."
    entries = tuple((literal(path), drawn) for path, drawn in layers.items())
    body = (Docstring((about,)), Return(call("flat", Dict_(entries))))
    return (
        Function("initial", (Parameter("seed"),), body),
        *(Function(n, f.parameters, f.body) for f, n in names.items()),
    )


def _cells(step: Step) -> Iterator[tuple[str, Cell]]:
    """The cells of a step that have weights, by their paths."""
    op = step.op
    if not isinstance(op, Recurrent) or not op.cell.weights:
        return
    for direction in op.directions:
        both = op.direction == "both"
        yield f"{step.path}.{direction}" if both else step.path, op.cell


def _weights(step: Step) -> Dict_:
    return Dict_(
        tuple(
            (literal(w.name), draw_call(w, literal(f"{step.path}.{w.name}")))
            for w in step.node.weights
        )
    )


def _cell_function(cell: Cell) -> tuple[Function, list[int]]:
    """A function that draws a cell's weights, and the sizes to call it with."""
    names = Names(RESERVED | {"seed", "path"})
    widths = name_widths(cell, names)
    order = list(widths.sizes)
    used = {size for shape in widths.shapes.values() for size in shape}
    sizes = sorted(used, key=lambda size: (size != "inputs", order.index(size)))
    first, variables = used_first(cell, widths.shapes, names)
    entries = []
    for weight in cell.weights:
        shape = widths.shapes.get(weight.name)
        drawn = draw_call(weight, own_path(weight), shape, variables)
        entries.append((literal(weight.name), drawn))
    about = Docstring((f"Draw the weights of `{cell.name}`.",))
    function = Function(
        f"initial_{cell.name}",
        tuple(map(Parameter, ("seed", "path", *sizes))),
        (about, *first, Return(Dict_(tuple(entries)))),
    )
    return function, [widths.sizes[size] for size in sizes]
