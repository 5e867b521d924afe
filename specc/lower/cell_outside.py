"""Values from outside that a cell sees at every step: `memory: float[S, d]`."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower.cell_parameters import Definition, ValueParameter
from specc.lower.cell_scope import CellScope
from specc.lower.cell_terms import Term
from specc.lower.constants import Known, evaluate, is_constant
from specc.syntax import tree
from specc.text import Span

OutsideTypes = Sequence[Type]


def declare_outside(
    definition: Definition, scope: CellScope, types: OutsideTypes | None
) -> dict[str, int]:
    """The terms of a cell's values, by name; names of axes stand for their sizes.

    Without types, the last axis is one of features and those before it are open.
    """
    found: dict[str, int] = {}
    for place, value in enumerate(definition.values):
        name = value.name.text
        if types is None:
            sizes = _sizes_of_none(value, scope)
        else:
            sizes = _sizes_of(value, types[place], scope)
        term = Term("outside", name, (), sizes, value.name.span, name=name)
        if types is not None and types[place].ragged:
            term.mask = _mask(name, types[place], value, scope)
        found[name] = scope.locals[name] = scope.terms.add(term)
    return found


def _sizes_of_none(value: ValueParameter, scope: CellScope) -> tuple[int, ...]:
    *steps, last = value.type.axes
    text = last.span.text
    scope.names.setdefault(text, 1)
    scope.unknown |= {text}
    opened = [
        scope.terms.sizes.of_axis(Axis(size=Size.named(axis.span.text)))
        for axis in steps
    ]
    return (*opened, scope.size_of_text(text))


def _sizes_of(value: ValueParameter, type: Type, scope: CellScope) -> tuple[int, ...]:
    for axis, real in zip(value.type.axes, type.axes, strict=True):
        if isinstance(axis, tree.Name) and real.size.fixed is not None:
            scope.names.setdefault(axis.text, real.size.fixed)
    return tuple(map(scope.terms.sizes.of_axis, type.axes))


def _mask(name: str, type: Type, value: ValueParameter, scope: CellScope) -> int:
    steps = Axis(size=type.axes[0].size)
    size = scope.terms.sizes.of_axis(steps)
    return scope.terms.add(
        Term("mask", name, (), (size,), value.name.span, name=f"{name}_mask")
    )


def fits(
    definition: Definition, given: Sequence[tuple[Type, Span]], use: Span, sink: Sink
) -> bool:
    """Whether values have the types a cell's head declares; a misfit is reported."""
    axes: dict[str, Size] = {}
    return all(
        _fits(value, type, definition.constants, axes, span, sink)
        for value, (type, span) in zip(definition.values, given, strict=True)
    )


def _fits(
    value: ValueParameter,
    found: Type,
    constants: Known,
    axes: dict[str, Size],
    span: Span,
    sink: Sink,
) -> bool:
    wanted = value.type.axes
    fit = found.dtype == "float" and found.rank == len(wanted)
    for written, axis in zip(wanted, found.axes, strict=False):
        if isinstance(written, tree.Name) and written.text not in constants:
            fit &= axes.setdefault(written.text, axis.size) == axis.size
        elif is_constant(written, constants):
            number = evaluate(written, constants, sink)
            fit &= isinstance(number, int) and axis.size == Size(number)
        else:
            fit = False
    if not fit:
        sink.report(
            SIZE_MISMATCH,
            span,
            f"`{value.name.text}` is `{value.type.span.text}`, found `{found}`",
            others=(Label(value.type.span, "declared here"),),
        )
    return fit
