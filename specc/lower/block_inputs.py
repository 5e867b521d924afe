"""What flows into a block, under the names and types its head gives."""

from __future__ import annotations

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import OUTPUT_MISMATCH, SIZE_MISMATCH, WRONG_ARITY
from specc.ir.size import Size
from specc.ir.types import Type
from specc.lower.scope import BlockDefinition, Scope
from specc.lower.things import Broken, Bundle, Constant, Thing, Value, describe
from specc.lower.types import lower_type
from specc.lower.wording import counted, shown
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
        bind_input(given.name, given.type, item, scope, use, sink)
        for given, item in zip(inputs, items, strict=True)
    )


def bind_input(
    name: tree.Name,
    type: tree.TypeText | None,
    item: Thing,
    scope: Scope,
    use: Span,
    sink: Sink,
) -> bool:
    """Declare one value of a block's head; False where it does not fit its type."""
    if type is not None and not _fits(type, item, scope, use, sink):
        return False
    return scope.declare(name, item)


def _fits(
    written: tree.TypeText, item: Thing, scope: Scope, use: Span, sink: Sink
) -> bool:
    """Whether a value has a type; names of axes stand for its sizes from here on."""
    wanted = lower_type(written, scope.constants, sink)
    if wanted is None:
        return False
    if isinstance(item, Constant):
        return True  # a number fits any type
    if not isinstance(item, Value) or not _agree(wanted, item.type):
        message = f"expected `{shown(written.span)}`, found {describe(item)}"
        others = (Label(written.span, "declared here"),)
        sink.report(OUTPUT_MISMATCH, use, message, others=others)
        return False
    pairs = zip(written.axes, wanted.axes, item.type.axes, strict=True)
    return all(
        _axis_fits(text, axis.size, real.size, scope, use, sink)
        for text, axis, real in pairs
    )


def _agree(wanted: Type, found: Type) -> bool:
    """A bound, a padding id or a mask need not be said; what is said must hold."""
    return (
        wanted.dtype == found.dtype
        and wanted.rank == found.rank
        and wanted.bound in (None, found.bound)
        and wanted.pad in (None, found.pad)
        and wanted.ragged <= found.ragged
    )


def _axis_fits(
    axis: tree.Expression, wanted: Size, real: Size, scope: Scope, use: Span, sink: Sink
) -> bool:
    if isinstance(axis, tree.Name) and axis.text not in scope.constants:
        wanted = scope.lengths.setdefault(axis.text, real)
        if real.fixed is not None:
            scope.constants[axis.text] = real.fixed
    if wanted == real:
        return True
    name = shown(axis.span)
    what = f"`{name}`" if name == str(wanted) else f"`{name}`, which is {wanted}"
    message = f"expected an axis of {what}, found {real}"
    others = (Label(axis.span, "declared here"),)
    sink.report(SIZE_MISMATCH, use, message, others=others)
    return False
