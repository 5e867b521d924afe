"""`init` and `penalty`: the functions of a program that are about its weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from specc.codegen.alike import FEWEST
from specc.codegen.draws import draw_call, own_path, used_first
from specc.codegen.expressions import (
    Atom,
    Binary,
    Dict_,
    Expression,
    List_,
    call,
    literal,
)
from specc.codegen.names import Names
from specc.codegen.statements import (
    Assign,
    Docstring,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.codegen.widths import name_widths
from specc.ir.graph import Cell, Model
from specc.ir.weights import Weight
from specc.ops.recurrent import Recurrent
from specc_jax.writer import Writer, path_in

Tree: TypeAlias = "dict[str, Expression | Tree]"


def model_weights(model: Model) -> dict[str, Weight]:
    """Every weight once, by canonical name."""
    found: dict[str, Weight] = {}
    for node in model.nodes:
        for weight in node.weights:
            found.setdefault(f"{node.name}.{weight.name}", weight)
    return found


def init_functions(
    model: Model, writer: Writer
) -> tuple[tuple[Function, ...], tuple[Function, ...]]:
    """`init` and what draws the weights of blocks, and of cells, that are alike.

    The former are as `init_encoder_layer`, the latter as `init_lstm`. A cell of which
    one weight starts from another has a function too, which takes statements.
    """
    cells = dict(_cells_by_path(model))
    made = {id(c): _cell_function(c, writer) for c in _each_once(cells.values())}
    count = Counter[Function]()
    for cell, times in Counter(map(id, cells.values())).items():
        count[made[cell][0]] += times
    named = {
        function: replace(function, name=writer.plan.names.take(function.name))
        for function, times in count.items()
        if times > 1 or len(function.body) > 2
    }
    names = {
        cell: (named[function].name, sizes)
        for cell, (function, sizes) in made.items()
        if function in named
    }

    def insert(tree: Tree, name: str, weight: Weight, block: str = "") -> None:
        """Put a weight's first value, or that of its cell, at its place in a tree."""

        def within(path: str) -> Expression:
            if not block:
                return literal(path)
            return Binary("+", Atom("path"), literal(path.removeprefix(block)))

        path = _cell_path(name, cells)
        start = len(block) + 1 if block else 0
        found = names.get(id(cells[path])) if path else None
        if found is not None:
            function, sizes = found
            own = (within(path), *map(literal, sizes))
            _insert(tree, path[start:], call(function, Atom("seed"), *own))
        else:
            _insert(tree, name[start:], draw_call(weight, within(name), bare=True))

    tree: Tree = {}
    blocks: dict[str, Function] = {}
    for alike in _alike_blocks(model):
        first, weights = alike[0]
        inner: Tree = {}
        for name, weight in weights.items():
            insert(inner, f"{first}.{name}", weight, first)
        if len(list(_leaves(inner))) < 2:
            continue
        function = _block_function(
            writer.plan.names.take(f"init_{first}"), first, inner
        )
        blocks |= {path: function for path, _ in alike}
    for name, weight in model_weights(model).items():
        block = name.partition(".")[0]
        if block not in blocks:
            insert(tree, name, weight)
        elif block not in tree:
            tree[block] = call(blocks[block].name, Atom("seed"), literal(block))
    return (_init(tree), *dict.fromkeys(blocks.values())), tuple(named.values())


def _each_once(cells: Iterable[Cell]) -> Iterable[Cell]:
    """Cells without those that are the very same; layers that are alike share one."""
    return {id(cell): cell for cell in cells}.values()


def _alike_blocks(model: Model) -> list[list[tuple[str, dict[str, Weight]]]]:
    """Blocks by path that have the same weights as others, which are not few."""
    layers = {node.name for node in model.nodes}
    found: dict[str, dict[str, Weight]] = {}
    for name, weight in model_weights(model).items():
        block, _, inner = name.partition(".")
        if block not in layers:
            found.setdefault(block, {})[inner] = weight
    families: dict[Hashable, list[tuple[str, dict[str, Weight]]]] = {}
    for block, weights in found.items():
        if len(weights) >= FEWEST:
            families.setdefault(tuple(weights.items()), []).append((block, weights))
    return [family for family in families.values() if len(family) > 1]


def _leaves(tree: Tree) -> Iterator[Expression]:
    for value in tree.values():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield value


def _block_function(name: str, block: str, tree: Tree) -> Function:
    about = Docstring((f"Draw the weights of one `{block}`.",))
    parameters = (Parameter("seed"), Parameter("path"))
    return Function(name, parameters, (about, Return(_dict(tree))))


def _cell_path(weight: str, cells: Mapping[str, Cell]) -> str:
    """The path of the cell that a weight is in, if it is in one."""
    path = weight
    while path and path not in cells:
        path = path.rpartition(".")[0]
    return path


def _init(tree: Tree) -> Function:
    about = "Make fresh variables; one seed gives the same numbers in every backend."
    body: list[Statement] = [Docstring((about,))]
    if tree:
        variables = Atom("variables")
        body.append(Assign((variables,), _dict(tree)))
        body.append(Return(call("jax.tree.map", Atom("jnp.asarray"), variables)))
    else:
        body.append(Return(Dict_(())))
    return Function("init", (Parameter("seed", literal(0)),), tuple(body))


def _cells_by_path(model: Model) -> Iterator[tuple[str, Cell]]:
    for node in model.nodes:
        if not isinstance(node.op, Recurrent):
            continue
        for direction in node.op.directions:
            both = node.op.direction == "both"
            yield f"{node.name}.{direction}" if both else node.name, node.op.cell


def _cell_function(cell: Cell, writer: Writer) -> tuple[Function, tuple[int, ...]]:
    """A function that draws a cell's weights, and the sizes to call it with."""
    names = Names(writer.reserved | {"seed", "path"})
    widths = name_widths(cell, names, inputs_first=True)
    sizes = widths.of_weights
    first, variables = used_first(cell, widths.shapes, names)
    drawn: Tree = {}
    for weight in cell.weights:
        shape = widths.shapes.get(weight.name)
        made = draw_call(weight, own_path(weight), shape, variables, bare=True)
        _insert(drawn, weight.name, made)
    function = Function(
        f"init_{cell.name}",
        tuple(map(Parameter, ("seed", "path", *sizes))),
        (
            Docstring(("Draw the weights of one cell.",)),
            *first,
            Return(_dict(drawn)),
        ),
    )
    return function, tuple(widths.sizes[size] for size in sizes)


def _insert(tree: Tree, path: str, value: Expression) -> None:
    *outer, last = path.split(".")
    for part in outer:
        inner = tree.setdefault(part, {})
        assert isinstance(inner, dict), f"{path} is a weight and a layer"
        tree = inner
    tree[last] = value


def _dict(tree: Tree) -> Dict_:
    return Dict_(
        tuple(
            (literal(key), _dict(value) if isinstance(value, dict) else value)
            for key, value in tree.items()
        )
    )


def penalty_function(model: Model) -> Function:
    """`def penalty(variables)`: the sum of l1 |w| and l2 w^2 over all weights."""
    terms: list[Expression] = []
    for name, weight in model_weights(model).items():
        w = path_in(Atom("variables"), name)
        if weight.l1:
            total = call("jnp.sum", call("jnp.abs", w))
            terms.append(Binary("*", literal(weight.l1), total))
        if weight.l2:
            total = call("jnp.sum", call("jnp.square", w))
            terms.append(Binary("*", literal(weight.l2), total))
    about = "Add up the l1 and l2 penalties of the weights, to be added to a loss."
    value: Expression = call("sum", List_(tuple(terms)))
    if len(terms) == 1:
        value = terms[0]
    if not terms:
        about = "Add up the l1 and l2 penalties of the weights: here are none."
        value = literal(0.0)
    body = (Docstring((about,)), Return(value))
    return Function("penalty", (Parameter("variables"),), body)
