"""`contract(a, b, S)`: a sum over an axis that two values have."""

from __future__ import annotations

from specc.diagnostics import Sink
from specc.diagnostics.codes import MISSING_OPTION, NOT_A_VALUE, WRONG_ARITY
from specc.ir.graph import Ref
from specc.ir.op import IllTyped
from specc.ir.size import Size
from specc.lower.apply import Applier
from specc.lower.things import Broken, Bundle, Deferred, Layer, Thing, Value, describe
from specc.ops.contract import Contract
from specc.syntax import tree

NAME = "contract"


def contract_layer(
    call: tree.Call, axis: Size | None, applier: Applier, sink: Sink
) -> Layer | None:
    """The layer; None where the call names no axis, which is reported."""
    if axis is None:
        sink.report(
            MISSING_OPTION,
            call.span,
            f"`{NAME}` needs the axis to sum over",
            help=f"as in `{NAME}(a, b, T)`; `a @ b` sums over the last one",
        )
        return None

    def run(thing: Thing) -> Thing:
        refs = _two(call, thing, sink)
        if refs is None:
            return Broken()
        builder = applier.builder
        types = builder.type_of(refs[0]), builder.type_of(refs[1])
        try:
            op = Contract.over(*types, axis)
        except IllTyped as error:
            builder.refuse(error, refs, call.span)
            return Broken()
        made = builder.add(op, refs, NAME, call.span)
        return Broken() if made is None else Value(made[0], builder.type_of(made[0]))

    return Deferred(run, call.span)


def _two(call: tree.Call, thing: Thing, sink: Sink) -> list[Ref] | None:
    """Two values; None where it is anything else, which is reported."""
    items = thing.items if isinstance(thing, Bundle) else (thing,)
    if any(isinstance(item, Broken) for item in items):
        return None
    refs = [item.ref for item in items if isinstance(item, Value)]
    if len(refs) == len(items) == 2:
        return refs
    if len(items) != 2:
        message = f"`{NAME}` takes 2 values, found {len(items)}"
        help = f"give it two: `{NAME}(a, b, T)`"
        sink.report(WRONG_ARITY, call.span, message, help=help)
        return None
    wrong = next(item for item in items if not isinstance(item, Value))
    message = f"`{NAME}` takes values, found {describe(wrong)}"
    sink.report(NOT_A_VALUE, call.span, message)
    return None
