"""`tied(table)`: a layer that reads the weights of an embedding bound by `let`."""

from __future__ import annotations

from msgspec import convert

from specc.diagnostics import Sink
from specc.diagnostics.codes import NOT_A_LAYER, WRONG_ARITY, WRONG_PLACE
from specc.lower.apply import Applier
from specc.lower.arguments import Arguments
from specc.lower.binder import Binder
from specc.lower.options import INITIALIZERS, Option, Plain
from specc.lower.things import (
    Broken,
    Deferred,
    OpLayer,
    Shared,
    Thing,
    Value,
    describe,
    is_layer,
)
from specc.lower.wording import shown
from specc.ops.arithmetic import Arithmetic
from specc.ops.embed import Embed
from specc.ops.param import Own, Param
from specc.ops.tied import Tied
from specc.syntax import tree

BIAS = Option(field="bias", word="bias", choices=INITIALIZERS, own=False, formula=True)
BINDING = "bind it with `let table = embed(64)`, and write `tied(table)`"


def tied_layer(
    call: tree.Call, arguments: Arguments, applier: Applier, sink: Sink
) -> Thing:
    """The layer; it has the name, and so the weights, of the embedding.

    With `bias` it adds one, which is a weight of its own.
    """
    binder = Binder("tied", (BIAS,), sink, others=arguments.scope.names)
    rest = arguments.bind(call.arguments, binder, layers=True)
    if binder.broken or any(isinstance(thing, Broken) for thing, _ in rest):
        return Broken()
    if len(rest) != 1:
        message = f"`tied` takes one embedding, found {len(rest)} arguments"
        sink.report(WRONG_ARITY, call.span, message, help=BINDING)
        return Broken()
    ((table, written),) = rest
    if not (isinstance(table, Shared) and _is_embedding(table)):
        found = f"`{shown(written.span)}`" if is_layer(table) else describe(table)
        message = f"`tied` takes an embedding bound by `let`, found {found}"
        sink.report(NOT_A_LAYER, written.span, message, help=BINDING)
        return Broken()
    layer = _with_table(table, call, applier, sink)
    given = binder.given.get(BIAS.field)
    if given is None:
        return layer
    return _with_bias(layer, given.value, call, applier)


def _with_bias(
    layer: Shared, start: Plain, call: tree.Call, applier: Applier
) -> Deferred:
    """The layer, and a bias added to what it gives."""

    def run(thing: Thing) -> Thing:
        y = applier.apply(layer, thing, call.span)
        if not isinstance(y, Value):
            return y
        size = y.type.last.at({})
        weight = {"name": "b", "shape": [size], "role": "bias", "initial": start}
        own = convert(weight, Own)
        (b,) = applier.builder.add(Param(owned=(own,)), (), "tied", call.span) or ()
        types = y.type, applier.builder.type_of(b)
        with applier.builder.aside():
            made = applier.builder.add(
                Arithmetic.of("+", *types), (y.ref, b), "", call.span
            )
        assert made is not None, "a vector meets the last axis"
        return Value(made[0], applier.builder.type_of(made[0]))

    return Deferred(run, call.span, named=True)


def _is_embedding(shared: Shared) -> bool:
    return isinstance(shared.layer, OpLayer) and isinstance(shared.layer.op, Embed)


def _with_table(
    shared: Shared, call: tree.Call, applier: Applier, sink: Sink
) -> Shared:
    def run(thing: Thing) -> Thing:
        weights = applier.builder.weights_of(shared.name)
        if not weights:
            name = shown(call.arguments[0].span)
            sink.report(
                WRONG_PLACE,
                call.span,
                f"`{name}` has no table yet: no ids went through it so far",
                help=f"use it before: `ids -> {name}`",
            )
            return Broken()
        op = Tied(embedding=shared.name, table=weights[0])
        return applier.apply(OpLayer(op, "tied", call.span), thing, call.span)

    return Shared(shared.name, Deferred(run, call.span, named=True), call.span)
