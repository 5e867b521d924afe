"""What flows into a block, under the names and types its head gives."""

from __future__ import annotations

from specc.diagnostics import Sink
from specc.diagnostics.codes import OUTPUT_MISMATCH, SIZE_MISMATCH, WRONG_ARITY
from specc.ir.size import Size
from specc.lower.constants import evaluate, is_constant
from specc.lower.scope import BlockDefinition, Scope
from specc.lower.things import Broken, Bundle, Thing, Value, describe
from specc.lower.types import lower_dtype
from specc.lower.wording import counted
from specc.syntax import tree
from specc.text import Span


def bind_inputs(
    definition: BlockDefinition, thing: Thing, scope: Scope, use: Span, sink: Sink
) -> bool:
    """Declare a block's inputs; False where they do not fit, which is reported."""
    inputs = definition.block.inputs
    items = thing.items if isinstance(thing, Bundle) and len(inputs) > 1 else (thing,)
    if any(isinstance(item, Broken) for item in items):
        return False
    if len(items) != len(inputs):
        sink.report(
            WRONG_ARITY,
            use,
            f"`{definition.name}` takes {counted(len(inputs), 'value')}, "
            f"found {len(items)}",
        )
        return False
    return all(
        _bind(given, item, scope, use, sink)
        for given, item in zip(inputs, items, strict=True)
    )


def _bind(given: tree.Input, item: Thing, scope: Scope, use: Span, sink: Sink) -> bool:
    if given.type is not None and not _fits(given.type, item, scope, use, sink):
        return False
    return scope.declare(given.name, item)


def _fits(
    written: tree.TypeText, item: Thing, scope: Scope, use: Span, sink: Sink
) -> bool:
    """Whether a value has a type; names of axes stand for its sizes from here on."""
    dtype = lower_dtype(written.dtype, sink)
    if dtype is None:
        return False
    if not isinstance(item, Value):
        return True
    found = item.type
    if found.dtype != dtype or found.rank != len(written.axes):
        message = f"expected `{written.span.text}`, found {describe(item)}"
        sink.report(OUTPUT_MISMATCH, use, message)
        return False
    for axis, real in zip(written.axes, found.axes, strict=True):
        if not _axis_fits(axis, real.size, scope, use, sink):
            return False
    return True


def _axis_fits(
    axis: tree.Expression, real: Size, scope: Scope, use: Span, sink: Sink
) -> bool:
    wanted: Size | None
    if isinstance(axis, tree.Name) and axis.text not in scope.constants:
        wanted = scope.lengths.setdefault(axis.text, real)
        if real.fixed is not None:
            scope.constants[axis.text] = real.fixed
    elif is_constant(axis, scope.constants):
        number = evaluate(axis, scope.constants, sink)
        wanted = Size(number) if isinstance(number, int) else None
    else:
        wanted = None
    if wanted == real:
        return True
    message = f"the axis `{axis.span.text}` is {wanted}, found {real}"
    sink.report(SIZE_MISMATCH, axis.span, message, label="expected here")
    return False
