"""Weights in the state of Flax NNX modules, flat, with dots between names."""

from __future__ import annotations

from specc.codegen.elsewhere import Builder, Share, Table, own_weights
from specc.codegen.renamed import Renamed, place_of
from specc.convert.attention import heads_alike
from specc.convert.cells import GRU, LSTM, RNN, FoundCell, find_cell
from specc.convert.refusal import Refused, refuse_all
from specc.ir.graph import Model, Node
from specc.ir.op import Op
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead
from specc.ops.batchnorm import Batchnorm
from specc.ops.conv import Conv
from specc.ops.dense import Dense
from specc.ops.depthwise import Depthwise
from specc.ops.embed import Embed
from specc.ops.layernorm import Layernorm
from specc.ops.param import Param
from specc.ops.positions import Positions
from specc.ops.recurrent import Recurrent
from specc.ops.rmsnorm import Rmsnorm
from specc.ops.tied import Tied

TITLE = "Flax"
CELLS = "nnx has LSTMCell and OptimizedLSTMCell, GRUCell and SimpleCell"


def flax_table(model: Model, renamed: Renamed, found: frozenset[str]) -> Table:
    """Where the state of NNX modules has the weights of a model.

    An `lstm` is an `OptimizedLSTMCell`, or where the names found say so an `LSTMCell`.
    Raises `Failure` with every layer that NNX has no module for.
    """
    builder = Builder()
    with refuse_all(TITLE) as refuse:
        for node, weights in own_weights(model):
            with refuse(node):
                path = place_of(node.name, renamed).alone()
                _lay_out(builder, node, weights, path, found)
    return builder.table()


def _lay_out(
    builder: Builder,
    node: Node,
    weights: tuple[Weight, ...],
    path: str,
    found: frozenset[str],
) -> None:
    if isinstance(node.op, Recurrent):
        _recurrent(builder, node, node.op, path, found)
        return
    if isinstance(node.op, MultiHead):
        _attention(builder, node, node.op, weights, path)
        return
    if type(node.op) not in NAMES:
        raise Refused("nnx has no module that is one")
    for weight in weights:
        name = _named(path, NAMES[type(node.op)].get(weight.name, weight.name))
        _same(builder, node, name, weight)


def _named(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _same(builder: Builder, node: Node, array: str, weight: Weight) -> None:
    """A weight as it is; the kernels of a depthwise convolution lie side by side."""
    shape = None
    if isinstance(node.op, Depthwise) and weight.name == "W":
        *window, channels, multiplier = weight.shape
        shape = (*window, 1, channels * multiplier)
    builder.same(node, f"{node.name}.{weight.name}", array, weight, shape=shape)


def _attention(
    builder: Builder,
    node: Node,
    op: MultiHead,
    weights: tuple[Weight, ...],
    path: str,
) -> None:
    """`MultiHeadAttention`: heads are an axis; it has all four biases, or none."""
    heads_alike(op)
    by_name = {weight.name: weight for weight in weights}
    width, inner = by_name["W_q"].shape
    heads = (op.heads, inner // op.heads)
    for letter, part in (("q", "query"), ("k", "key"), ("v", "value"), ("o", "out")):
        kernel = by_name[f"W_{letter}"]
        split = (*heads, width) if letter == "o" else (kernel.shape[0], *heads)
        array = _named(path, f"{part}.kernel")
        builder.same(node, f"{node.name}.W_{letter}", array, kernel, shape=split)
        if not any(name.startswith("b_") for name in by_name):
            continue
        shape, size = ((width,), width) if letter == "o" else (heads, inner)
        array = builder.array(node, _named(path, f"{part}.bias"), *shape)
        ours = (f"{node.name}.b_{letter}",) if f"b_{letter}" in by_name else ()
        builder.match(*ours, theirs=(builder.whole(array, (size,), (0,)),))


def _recurrent(
    builder: Builder, node: Node, op: Recurrent, path: str, found: frozenset[str]
) -> None:
    cell = find_cell(op.cell)
    if cell is None:
        raise Refused(CELLS)
    for direction in op.directions:
        both = op.direction == "both"
        ours = f"{node.name}.{direction}" if both else node.name
        theirs = _named(path, f"{direction}_rnn.cell" if both else "cell")
        if cell.known == LSTM and f"{theirs}.ii.kernel" in found:
            _separate_gates(builder, node, cell, ours, theirs)
        else:
            _joined_gates(builder, node, cell, ours, theirs)


def _biases(cell: FoundCell, ours: str, gate: str) -> tuple[str, ...]:
    """The biases of a gate that meet in one sum there."""
    letters = "b" if (cell.known, gate) == (GRU, "_n") else "bd"
    names = (cell.weights.get(letter + gate) for letter in letters)
    return tuple(f"{ours}.{name}" for name in names if name)


def _separate_gates(
    builder: Builder, node: Node, cell: FoundCell, ours: str, theirs: str
) -> None:
    """`LSTMCell`: `ii`, `if_`, `ig`, `io` without a bias, `hi` to `ho` with one."""
    for gate in cell.known.gates:
        own = "if_" if gate == "_f" else f"i{gate[1]}"
        for letter, part, width in (
            ("W", own, cell.inputs),
            ("U", f"h{gate[1]}", cell.units),
        ):
            array = builder.array(node, f"{theirs}.{part}.kernel", width, cell.units)
            share = builder.whole(array, (width, cell.units), (1, 0))
            name = f"{ours}.{cell.weights[letter + gate]}"
            builder.match(name, theirs=(share,))
        array = builder.array(node, f"{theirs}.h{gate[1]}.bias", cell.units)
        share = builder.whole(array, (cell.units,), (0,))
        builder.match(*_biases(cell, ours, gate), theirs=(share,))


def _joined_gates(
    builder: Builder, node: Node, cell: FoundCell, ours: str, theirs: str
) -> None:
    """The other cells: gates side by side in `dense_i` and `dense_h`, and one bias.

    The bias of GRUCell stands with the input, so nothing is in the place of d_n.
    """
    gates, units = cell.known.gates, cell.units
    columns = len(gates) * units
    for letter, part, width in (("W", "dense_i", cell.inputs), ("U", "dense_h", units)):
        array = builder.array(node, f"{theirs}.{part}.kernel", width, columns)
        for number, gate in enumerate(gates):
            name = f"{ours}.{cell.weights[letter + gate]}"
            share = Share(array, (width, columns), 1, number * units, units, (1, 0))
            builder.match(name, theirs=(share,))
    biased = "dense_h" if cell.known == LSTM else "dense_i"
    array = builder.array(node, f"{theirs}.{biased}.bias", columns)
    for number, gate in enumerate(gates):
        share = Share(array, (columns,), 0, number * units, units, (0,))
        builder.match(*_biases(cell, ours, gate), theirs=(share,))
    assert cell.known in (LSTM, GRU, RNN), "the cells of NNX"
    if cell.known == GRU and "d_n" in cell.weights:
        builder.match(f"{ours}.{cell.weights['d_n']}", theirs=())


NORM = {"gamma": "scale", "beta": "bias"}
KERNEL = {"W": "kernel", "b": "bias"}
NAMES: dict[type[Op], dict[str, str]] = {
    Batchnorm: {**NORM, "moving_mean": "mean", "moving_variance": "var"},
    Conv: KERNEL,
    Dense: KERNEL,
    Depthwise: KERNEL,
    Embed: {"table": "embedding"},
    Layernorm: NORM,
    Param: {},
    Positions: {"table": "embedding"},
    Rmsnorm: NORM,
    Tied: {"table": "embedding"},
}
"""What a module of NNX calls our weights, those of `param` as they are."""
