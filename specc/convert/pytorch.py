"""Weights in a `state_dict` of PyTorch: the modules of `torch.nn`, and their names."""

from __future__ import annotations

from collections.abc import Callable

from specc.codegen.elsewhere import Builder, Share, Table, own_weights
from specc.codegen.renamed import Place, Renamed, place_of
from specc.convert.attention import heads_alike
from specc.convert.cells import GRU, LSTM, RNN, FoundCell, find_cell
from specc.convert.refusal import Refused, refuse_all
from specc.ir.graph import Model, Node
from specc.ir.op import Op
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead
from specc.ops.batchnorm import Batchnorm
from specc.ops.conv import Conv
from specc.ops.cross_attend import CrossAttend
from specc.ops.dense import Dense
from specc.ops.depthwise import Depthwise
from specc.ops.embed import Embed
from specc.ops.layernorm import Layernorm
from specc.ops.param import Param
from specc.ops.positions import Positions
from specc.ops.recurrent import Recurrent
from specc.ops.rmsnorm import Rmsnorm
from specc.ops.self_attend import SelfAttend
from specc.ops.tied import Tied

TITLE = "PyTorch"
CELLS = "torch.nn has LSTM and GRU with tanh and sigmoid, and RNN with tanh or relu"


def pytorch_table(model: Model, renamed: Renamed, found: frozenset[str]) -> Table:
    """Where a `state_dict` has the weights of a model.

    Raises `Failure` with every layer that `torch.nn` has no module for.
    """
    builder = Builder()
    with refuse_all(TITLE) as refuse:
        for node, weights in own_weights(model):
            with refuse(node):
                _lay_out(builder, node, weights, place_of(node.name, renamed))
    return builder.table()


def _lay_out(
    builder: Builder, node: Node, weights: tuple[Weight, ...], place: Place
) -> None:
    if isinstance(node.op, Recurrent):
        _recurrent(builder, node, node.op, place)
        return
    if type(node.op) not in MODULES:
        raise Refused("torch.nn has no module that is one")
    MODULES[type(node.op)](builder, node, weights, place.alone())


def _named(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plain(**names: str) -> Callable[[Builder, Node, tuple[Weight, ...], str], None]:
    """A module whose parameters are our weights as they are, by these names."""

    def lay_out(
        builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
    ) -> None:
        for weight in weights:
            ours = f"{node.name}.{weight.name}"
            builder.same(node, ours, _named(path, names[weight.name]), weight)

    return lay_out


def _param(
    builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
) -> None:
    """`nn.Parameter`s by the names they have here."""
    for weight in weights:
        ours = f"{node.name}.{weight.name}"
        builder.same(node, ours, _named(path, weight.name), weight)


def _kernel(
    builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
) -> None:
    """`Linear`: [out, in]; `Conv1d`, `Conv2d`: [filters, in / groups, kernel]."""
    for weight in weights:
        ours = f"{node.name}.{weight.name}"
        if weight.name == "b":
            builder.same(node, ours, _named(path, "bias"), weight)
            continue
        last = len(weight.shape) - 1
        order = (*range(2, last + 1), 1, 0) if last > 1 else (1, 0)
        builder.same(node, ours, _named(path, "weight"), weight, order)


def _depthwise(
    builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
) -> None:
    """`Conv1d` with as many groups as channels: [in m, 1, kernel]."""
    for weight in weights:
        ours = f"{node.name}.{weight.name}"
        if weight.name == "b":
            builder.same(node, ours, _named(path, "bias"), weight)
            continue
        *window, channels, multiplier = weight.shape
        order = (*(2 + n for n in range(len(window))), 0, 1)
        shape = (channels * multiplier, 1, *window)
        builder.same(node, ours, _named(path, "weight"), weight, order, shape)


def _batchnorm(
    builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
) -> None:
    names = {
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
    }
    _plain(**names)(builder, node, weights, path)
    builder.spare(_named(path, "num_batches_tracked"))


def _attention(
    builder: Builder, node: Node, weights: tuple[Weight, ...], path: str
) -> None:
    """`MultiheadAttention`: q, k and v one upon another where all are equally wide."""
    assert isinstance(node.op, MultiHead)
    heads_alike(node.op)
    shapes = {weight.name: weight.shape for weight in weights}
    width, inner = shapes["W_q"]
    if inner != width:
        raise Refused(
            f"its heads work on {inner} numbers, and those of "
            f"torch.nn.MultiheadAttention on {width}, as many as go in"
        )
    projections = ("W_q", "W_k", "W_v")
    if shapes["W_k"][0] == width:
        array = builder.array(node, _named(path, "in_proj_weight"), 3 * width, width)
        for number, name in enumerate(projections):
            whole = (3 * width, width)
            share = Share(array, whole, 0, number * width, width, (1, 0))
            builder.match(f"{node.name}.{name}", theirs=(share,))
    else:
        for name in projections:
            array = _named(path, f"{name[-1]}_proj_weight")
            weight = next(w for w in weights if w.name == name)
            builder.same(node, f"{node.name}.{name}", array, weight, (1, 0))
    out = next(w for w in weights if w.name == "W_o")
    builder.same(node, f"{node.name}.W_o", _named(path, "out_proj.weight"), out, (1, 0))
    if not any(name.startswith("b_") for name in shapes):
        return
    array = builder.array(node, _named(path, "in_proj_bias"), 3 * width)
    for number, name in enumerate(("b_q", "b_k", "b_v")):
        ours = (f"{node.name}.{name}",) if name in shapes else ()
        share = Share(array, (3 * width,), 0, number * width, width, (0,))
        builder.match(*ours, theirs=(share,))
    array = builder.array(node, _named(path, "out_proj.bias"), width)
    ours = (f"{node.name}.b_o",) if "b_o" in shapes else ()
    builder.match(*ours, theirs=(builder.whole(array, (width,), (0,)),))


def _recurrent(builder: Builder, node: Node, op: Recurrent, place: Place) -> None:
    found = find_cell(op.cell)
    if found is None:
        raise Refused(CELLS)
    functions = (found.act, found.gate)
    usual = ("tanh", "") if found.known == RNN else ("tanh", "sigmoid")
    if functions not in (usual, ("relu", "") if found.known == RNN else usual):
        given = " and ".join(f"`{name}`" for name in functions if name)
        raise Refused(f"{CELLS}, but this one has {given}")
    assert found.known in (LSTM, GRU, RNN), "torch.nn has these"
    for direction in op.directions:
        both = op.direction == "both"
        ours = f"{node.name}.{direction}" if both else node.name
        ending = f"_l{place.stacked or 0}"
        ending += "_reverse" if both and direction == "backward" else ""
        _cell(builder, node, found, ours, place.path, ending)


def _cell(
    builder: Builder,
    node: Node,
    found: FoundCell,
    ours: str,
    path: str,
    ending: str,
) -> None:
    """Gates one upon another, [gates units, in]; both sides have biases, or none."""
    gates, units = found.known.gates, found.units
    rows = len(gates) * units

    def share(array: str, number: int, *inner: int) -> Share:
        order = tuple(range(1 + len(inner)))
        return Share(array, (rows, *inner), 0, number * units, units, order)

    for letter, side, width in (("W", "ih", found.inputs), ("U", "hh", units)):
        name = _named(path, f"weight_{side}{ending}")
        array = builder.array(node, name, rows, width)
        for number, gate in enumerate(gates):
            own = f"{ours}.{found.weights[letter + gate]}"
            builder.match(own, theirs=(share(array, number, width),))
    if not found.has_bias:
        return
    first, second = (
        builder.array(node, _named(path, f"bias_{side}{ending}"), rows)
        for side in ("ih", "hh")
    )
    for number, gate in enumerate(gates):
        given = [
            f"{ours}.{found.weights[b]}" if b in found.weights else ""
            for b in (f"b{gate}", f"d{gate}")
        ]
        shares = share(first, number), share(second, number)
        if all(given) or (found.known, gate) == (GRU, "_n"):
            for own, one in zip(given, shares, strict=True):
                builder.match(*filter(None, (own,)), theirs=(one,))
        else:
            builder.match(*filter(None, given), theirs=shares)


MODULES: dict[type[Op], Callable[[Builder, Node, tuple[Weight, ...], str], None]] = {
    Batchnorm: _batchnorm,
    Conv: _kernel,
    CrossAttend: _attention,
    Dense: _kernel,
    Depthwise: _depthwise,
    Embed: _plain(table="weight"),
    Layernorm: _plain(gamma="weight", beta="bias"),
    Param: _param,
    Positions: _plain(table="weight"),
    Rmsnorm: _plain(gamma="weight"),
    SelfAttend: _attention,
    Tied: _plain(table="weight"),
}
