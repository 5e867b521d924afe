"""What a cell reads at a step: one value, or several vectors that come side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import SIZE_MISMATCH
from specc.ir.types import Type
from specc.lower.cell_parameters import Definition
from specc.lower.cell_reads import CellInput
from specc.lower.cell_scope import CellScope
from specc.lower.cell_terms import Term
from specc.lower.constants import Number, evaluate, is_constant
from specc.lower.walk import names_in
from specc.lower.wording import counted, shown
from specc.syntax import tree
from specc.text import Span

INPUT = 0
"""The term of what flows in, and the node it becomes."""


def declare_inputs(
    definition: Definition,
    scope: CellScope,
    types: Sequence[Type] | None,
    span: Span,
    sink: Sink,
) -> bool:
    """The terms of what a cell reads; False where that does not fit its head.

    `types`: those of one step, None where there is no use yet. `span`: the use.
    """
    shapes = []
    for place, given in enumerate(definition.inputs):
        shape = None if types is None else sizes_of(types[place])
        sizes = read_axes(given, scope, shape, span, sink)
        if sizes is None:
            return False
        shapes.append(sizes)
    inputs = definition.inputs
    if len(inputs) == 1 and not inputs[0].is_number:
        name, span = inputs[0].name, inputs[0].span
        term = Term("input", name, (), shapes[0], span, name=name)
        scope.locals[name] = scope.terms.add(term)
        return True
    widths = [scope.terms.sizes.number(s[0]) if s else 1 for s in shapes]
    known = [width for width in widths if width is not None]
    total = sum(known) if len(known) == len(widths) else None
    whole = (scope.terms.sizes.new(total, given=True),)
    name = _free_name(definition)
    joined = scope.terms.add(Term("input", name, (), whole, inputs[0].span, name=name))
    start = 0
    for given, sizes, width in zip(inputs, shapes, widths, strict=True):
        made = Term(
            "part", given.name, (joined,), sizes, given.span, start, name=given.name
        )
        scope.locals[given.name] = scope.terms.add(made)
        start += width or 0
    return True


def sizes_of(type: Type) -> tuple[int, ...]:
    """The sizes of what flows in at a step, which are fixed."""
    return tuple(axis.size.at({}) for axis in type.axes)


def _free_name(definition: Definition) -> str:
    """What all inputs together are called: `x`, as far as nothing else is."""
    taken = {given.name for given in definition.inputs} | names_in(definition.cell)
    name = "x"
    while name in taken:
        name += "x"
    return name


def read_axes(
    given: CellInput,
    scope: CellScope,
    shape: Sequence[int] | None,
    use: Span,
    sink: Sink,
) -> tuple[int, ...] | None:
    """The sizes of an input; names in its type stand for them from here on."""
    numbers: Sequence[int | None] = shape or [None] * given.rank
    if given.is_number:
        if shape is None or tuple(shape) == (1,):
            return ()
        message = f"`{given.name}` is one number, found {counted(shape[0], 'feature')}"
        others = (Label(given.span, "declared here"),)
        sink.report(SIZE_MISMATCH, use, message, others=others)
        return None
    if given.axes is None:
        return tuple(scope.terms.sizes.new(n, given=True) for n in numbers)
    found = []
    for axis, number in zip(given.axes, numbers, strict=True):
        size = _axis(axis, number, scope, use, sink)
        if size is None:
            return None
        found.append(size)
    return tuple(found)


def _axis(
    axis: tree.Expression, found: int | None, scope: CellScope, use: Span, sink: Sink
) -> int | None:
    names = scope.names
    if isinstance(axis, tree.Name) and axis.text not in names:
        if found is not None:
            names[axis.text] = found
            return scope.terms.sizes.new(found)
        names[axis.text] = 1
        scope.unknown |= {axis.text}
    if scope.unknown & names_in(axis) and is_constant(axis, names):
        return scope.size_of_text(shown(axis.span))
    wanted = _number(axis, names, sink)
    if wanted is None:
        return None
    if found is None or wanted == found:
        return scope.terms.sizes.new(wanted)
    others = (Label(axis.span, "declared here"),)
    message = f"expected an axis of `{shown(axis.span)}`, found {found:,}"
    sink.report(SIZE_MISMATCH, use, message, others=others)
    return None


def _number(
    axis: tree.Expression, names: Mapping[str, Number | str | None], sink: Sink
) -> int | None:
    number = evaluate(axis, names, sink)
    if number is None or (isinstance(number, int) and number >= 1):
        return number
    message = f"`{shown(axis.span)}` is no size"
    sink.report(SIZE_MISMATCH, axis.span, message)
    return None


def bind_step(
    definition: Definition,
    scope: CellScope,
    inputs: Sequence[int],
    values: Sequence[int],
) -> bool:
    """Terms of another cell as what this one reads and sees; False where one is wrong.

    Names in the types of its head stand for their sizes from here on.
    """
    heads = [(one.name, one.axes) for one in definition.inputs]
    heads += [(one.name.text, one.type.axes) for one in definition.values]
    for (name, axes), term in zip(heads, (*inputs, *values), strict=True):
        if not bind_term(name, axes, term, scope):
            return False
        scope.locals[name] = term
    return True


def bind_term(
    name: str, axes: tuple[tree.Expression, ...] | None, term: int, scope: CellScope
) -> bool:
    """Whether a term has the axes of a head, whose names stand for its sizes."""
    terms, sizes = scope.terms, scope.terms.axes(term)
    fits = len(sizes) == (1 if axes is None else len(axes))
    for axis, size in zip(axes or (), sizes, strict=False):
        fits = fits and _bind_axis(axis, size, scope)
    if not fits:
        text = "a number" if axes == () else "a vector"
        if axes:
            text = f"`{shown(axes[0].span.to(axes[-1].span))}`"
        message = f"`{name}` of `{terms.cell}` is {text}, found {terms.describe(term)}"
        terms.clash(terms[term].span, message, "bring it to this shape before the step")
    return fits


def _bind_axis(axis: tree.Expression, size: int, scope: CellScope) -> bool:
    sizes, names = scope.terms.sizes, scope.names
    number = sizes.number(size)
    if isinstance(axis, tree.Name) and axis.text not in names:
        if size in sizes.opens:
            return True
        names[axis.text] = 1 if number is None else number
        if number is None:
            scope.unknown |= {axis.text}
            scope.written[axis.text] = size
        return True
    if scope.unknown & names_in(axis) and is_constant(axis, names):
        return sizes.unify(size, scope.size_of_text(shown(axis.span)))
    wanted = evaluate(axis, names, scope.terms.sink)
    return isinstance(wanted, int) and sizes.unify(size, sizes.new(wanted))
