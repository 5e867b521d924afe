"""A cell run along time: one of Keras's own where its equations are equal."""

from __future__ import annotations

from specc.codegen.expressions import (
    Atom,
    Attribute,
    Call,
    Expression,
    List_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ir.schedule import Schedule
from specc.ops.number import Number
from specc.ops.recurrent import Recurrent
from specc_tensorflow.cells import cell_call, has_vectors, inner_holds
from specc_tensorflow.choice import choose_loop
from specc_tensorflow.derived_cells import derived_cell_call
from specc_tensorflow.fields import cell_fields
from specc_tensorflow.functions import keras_activation
from specc_tensorflow.layers._options import frozen, penalty_of
from specc_tensorflow.places import holder_function
from specc_tensorflow.stock import StockUse
from specc_tensorflow.writer import CellWeights, Layer, Writer

MERGES = {"sum": "sum", "multiply": "mul", "average": "ave", "none": None}
NOT_CUDNN = "Plain loops over cells: cuDNN takes no row that is all padding."


def emit(step: Step, writer: Writer) -> None:
    """Write the layer, its initial states before it, and what it holds."""
    op = step.op
    assert isinstance(op, Recurrent)
    masked = any(use.mask for use in writer.uses(step))
    choice = choose_loop(op, masked, writer.plan.model.target.name)
    stock = choice.stock
    remark = NOT_CUDNN if stock and masked and stock.runs_on_cudnn else ""
    if choice.derived:
        inner = _derived(step, writer, op, choice.schedule)
    else:
        inner = _one_direction(step, writer, stock, masked)
    if op.direction == "both":
        inner = _both_directions(op, inner, masked)
    is_nested = isinstance(inner.arguments[0][1], Call)
    name = op.cell.name if is_nested else ""
    layer = Layer(inner, inner=name, remark=remark)
    named = {
        **_outside(step, writer, op),
        **_initial(step, writer, op),
        **writer.mask(step),
    }
    new = _apply(step, writer, op, layer, named)
    if new is not None:
        _hold(step, writer, op, stock, new)


def _one_direction(
    step: Step, writer: Writer, stock: StockUse | None, masked: bool
) -> Call:
    op = step.op
    assert isinstance(op, Recurrent)
    run = _run_options(op)
    if stock is None:
        dropped = bool(op.weight_dropout)
        cell = cell_call(op.cell, writer, frozen(step), drops_weights=dropped)
        return call(_loop(op), cell, **run, **_rates(op))
    units, options = literal(stock.units), _stock_options(step, stock)
    if masked and stock.runs_on_cudnn:
        cell = call(f"layers.{stock.cell.layer}Cell", units, **options)
        return call("layers.RNN", cell, **run)
    return call(f"layers.{stock.cell.layer}", units, **options, **run)


def _derived(step: Step, writer: Writer, op: Recurrent, schedule: Schedule) -> Call:
    """The loop over a cell whose backward pass is derived from its equations."""
    dropped = bool(op.weight_dropout)
    cell = derived_cell_call(
        op.cell, schedule, writer, frozen(step), drops_weights=dropped
    )
    return call(_loop(op, "Compiled"), cell, **_run_options(op), **_rates(op))


def _loop(op: Recurrent, kind: str = "") -> str:
    """The loop over a cell; in both directions what it sees comes from around it."""
    name = "Conditioned" * bool(op.cell.outside and op.direction != "both")
    name += "Dropout" * op.drops + kind + "Tensor" * (not has_vectors(op.cell))
    return f"{name}RNN" if name else "layers.RNN"


def _rates(op: Recurrent) -> dict[str, Expression]:
    """What is dropped while training, where anything is."""
    rates = {
        "dropout": op.dropout,
        "recurrent_dropout": op.recurrent_dropout,
        "weight_dropout": op.weight_dropout,
    }
    return {name: literal(rate) for name, rate in rates.items() if rate}


def _run_options(op: Recurrent) -> dict[str, Expression]:
    wanted = {
        "return_sequences": not op.final,
        "return_state": op.states,
        "go_backwards": op.direction == "backward",
    }
    return {name: literal(True) for name, is_wanted in wanted.items() if is_wanted}


def _stock_options(step: Step, stock: StockUse) -> dict[str, Expression]:
    """Options of the layer, or of its cell, where they are not Keras's own."""
    options: dict[str, Expression] = {}
    if stock.act != "tanh":
        options["activation"] = keras_activation(stock.act)
    if stock.gated and stock.gate != "sigmoid":
        options["recurrent_activation"] = keras_activation(stock.gate)
    if not stock.biased:
        options["use_bias"] = literal(False)
    options |= {name: literal(value) for name, value in stock.cell.options}
    op = step.op
    assert isinstance(op, Recurrent)
    options |= _rates(op)
    weights = {weight.name: weight for weight in op.cell.weights}
    for field, option in (
        ("kernel", "kernel_regularizer"),
        ("recurrent_kernel", "recurrent_regularizer"),
    ):
        penalty = penalty_of(weights[stock.fields[field][0]])
        if penalty is not None:
            options[option] = penalty
    return options | frozen(step)


def _both_directions(op: Recurrent, inner: Call, masked: bool) -> Call:
    """The wrapper; Keras's own puts zeros where a masked step repeats the output."""
    merge = {} if op.merge == "concat" else {"merge_mode": literal(MERGES[op.merge])}
    if op.cell.outside:
        return call("ConditionedBidirectional", inner, **merge)
    if masked and not op.final:
        return call("RepeatingBidirectional", inner, **merge)
    return call("layers.Bidirectional", inner, **merge)


def _outside(step: Step, writer: Writer, op: Recurrent) -> dict[str, Expression]:
    """What the cell sees at every step, each value with its mask after it."""
    found: list[Expression] = []
    for place, outside in enumerate(op.cell.outside, start=1):
        found.append(writer.value(step, place))
        if outside.mask is not None:
            mask = step.masks[place]
            assert mask is not None, f"{outside.name} has a mask"
            found.append(Atom(mask))
    return {"outside": List_(tuple(found))} if found else {}


def _initial(step: Step, writer: Writer, op: Recurrent) -> dict[str, Expression]:
    """The states to start from, each [B, ...]."""
    first = 1 + len(op.cell.outside)
    states = [
        _initial_state(step, writer, op, place)
        for place in range(first, len(step.inputs))
    ]
    return {"initial_state": List_(tuple(states))} if states else {}


def _initial_state(step: Step, writer: Writer, op: Recurrent, place: int) -> Expression:
    state = op.state_types[place - 1 - len(op.cell.outside)]
    number = writer.plan.model.nodes[step.node.inputs[place].node].op
    if isinstance(number, Number):
        shape = literal(tuple(axis.size.at({}) for axis in state.axes))
        name = literal(writer.keras_name(f"{step.path}.start"))
        return call(
            call("Full", shape, literal(number.value), name=name), writer.value(step)
        )
    return writer.value(step, place)


def _apply(
    step: Step,
    writer: Writer,
    op: Recurrent,
    layer: Layer,
    named: dict[str, Expression],
) -> str | None:
    """Write the call; what Keras gives from the end to the start is turned around."""
    x = writer.value(step)
    if op.final or op.direction != "backward":
        return writer.apply(step, layer, x, named=named)
    if len(step.results) == 1:
        return writer.apply(step, layer, x, named=named, then=_turned)
    name = writer.apply(step, layer, x, named=named)
    if step.results[0] != "_":
        writer.put(step.results[0], _turned(Atom(step.results[0])))
    return name


def _turned(outputs: Expression) -> Expression:
    return call("ops.flip", outputs, axis=literal(1))


def _hold(
    step: Step, writer: Writer, op: Recurrent, stock: StockUse | None, name: str
) -> None:
    """Note where the weights of each direction lie."""
    fields = stock.fields if stock else cell_fields(op.cell)
    inner = {} if stock else inner_holds(op.cell)
    as_they_are = {
        weight.name: field
        for field, names in fields.items()
        for weight in op.cell.weights
        if weight.name in names and len(weight.shape) > 2
    }
    fields = {f: names for f, names in fields.items() if f not in as_they_are.values()}
    layer: Expression = call("layer", literal(name))
    for direction in op.directions:
        owner, path = layer, step.path
        if op.direction == "both":
            owner, path = Attribute(layer, f"{direction}_layer"), f"{path}.{direction}"
        cell = Attribute(owner, "cell")
        for weight, field in as_they_are.items():
            writer.layer_weights[f"{path}.{weight}"] = Attribute(cell, field)
        for weight, (own, variable) in inner.items():
            held = Attribute(Attribute(cell, own), variable)
            writer.layer_weights[f"{path}.{weight}"] = held
        if fields:
            kind = writer.holder(holder_function(op.cell.name, fields))
            writer.cell_weights.append(CellWeights(path, cell, kind))
