"""`initial` and the functions it calls: the first value of every weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specc.codegen.draws import draw_call, own_path, used_first
from specc.codegen.expressions import Atom, Dict_, Expression, Starred, call, literal
from specc.codegen.names import Names
from specc.codegen.plan import Plan, Step
from specc.codegen.repeats import Use
from specc.codegen.statements import Docstring, Function, Parameter, Return
from specc.codegen.widths import name_widths
from specc.ir.graph import Cell
from specc.ops.recurrent import Recurrent
from specc_tensorflow.library import RESERVED
from specc_tensorflow.writer import BlockFunctions


def initial_functions(
    plan: Plan, blocks: Mapping[int, BlockFunctions]
) -> tuple[Function, ...]:
    """`initial`, and a function for every kind of cell: `initial_lstm`.

    And one for every block that the model has several times.
    """
    names: dict[Function, str] = {}
    # Layers that are alike run the very same cell.
    made: dict[int, tuple[str, list[int]]] = {}
    layers: dict[str, Expression] = {}
    for step in _each_step(plan, blocks):
        for path, cell in _cells(step):
            if id(cell) not in made:
                function, sizes = _cell_function(cell)
                if function not in names:
                    names[function] = plan.names.take(function.name)
                made[id(cell)] = names[function], sizes
            name, sizes = made[id(cell)]
            given = (Atom("seed"), literal(path), *map(literal, sizes))
            layers.setdefault(path, call(name, *given))
        if isinstance(step.op, Use):
            block = blocks[step.op.body]
            if block.initial is not None:
                own = (Atom("seed"), literal(step.path))
                drawn = block.call(block.initial, own, step.op.variant)
                layers[f"{step.path}."] = Starred(drawn)
        if step.node.weights and not isinstance(step.op, Recurrent):
            layers.setdefault(step.path, _weights(step))
    about = "Draw fresh weights; one seed gives the same numbers in every backend."
    entries = tuple(
        (None, drawn.value) if isinstance(drawn, Starred) else (literal(path), drawn)
        for path, drawn in layers.items()
    )
    body = (Docstring((about,)), Return(call("flat", Dict_(entries))))
    return (
        Function("initial", (Parameter("seed"),), body),
        *(one.initial for one in blocks.values() if one.initial is not None),
        *(Function(n, f.parameters, f.body) for f, n in names.items()),
    )


def _each_step(plan: Plan, blocks: Mapping[int, BlockFunctions]) -> Iterator[Step]:
    """The steps, with those of a block whose weights are shared in its place."""
    for step in plan.steps:
        own = blocks[step.op.body].steps if isinstance(step.op, Use) else ()
        yield from own or (step,)


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
    sizes = widths.of_weights
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
