"""What the layers that merge several values share."""

from __future__ import annotations

from specc.diagnostics.codes import SIZE_MISMATCH, WRONG_ARITY
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops._sequence import fixed_features, need_float


def need_several(op: Op, inputs: tuple[Type, ...]) -> None:
    """Refuse a merge of fewer than two values, or of anything but floats."""
    if len(inputs) < 2:
        raise IllTyped(
            WRONG_ARITY,
            f"`{op.name()}` merges two values or more, found {len(inputs)}",
            help=f"give it several: `(a, b) -> {op.name()}`",
        )
    for x in inputs:
        need_float(op.name(), x)


def aligned(op: Op, inputs: tuple[Type, ...], axes: int | None) -> tuple[Axis, ...]:
    """The leading axes all inputs agree on: all of them, or all but the last few."""
    first = inputs[0]
    expected = first.axes[:axes]
    for x in inputs[1:]:
        if x.rank != first.rank or _sizes(x.axes[:axes]) != _sizes(expected):
            raise IllTyped(
                SIZE_MISMATCH,
                f"`{op.name()}` cannot merge `{first}` with `{x}`",
                help=_hint(op, first, x),
            )
    return tuple(
        Axis(size=axis.size, ragged=any(x.axes[i].ragged for x in inputs))
        for i, axis in enumerate(expected)
    )


def compared(op: Op, a: Type, b: Type) -> Type:
    """The type of one number for every two vectors along the last axis."""
    need_several(op, (a, b))
    if fixed_features(op.name(), a) != fixed_features(op.name(), b):
        raise IllTyped(
            SIZE_MISMATCH,
            f"`{op.name()}` needs the same number of features, found `{a}` and `{b}`",
            label=f"{a.last} against {b.last}",
            help="bring them to one width with `dense`",
        )
    return Type(dtype="float", axes=aligned(op, (a, b), -1))


def _hint(op: Op, first: Type, x: Type) -> str:
    if x.rank != first.rank:
        if op.name() == "concat":
            return "the steps of one must be among those of the other"
        return "give both a time axis, or neither"
    if _sizes(x.axes[:-1]) == _sizes(first.axes[:-1]):
        return "bring them to one width with `dense`, or join them with `concat`"
    help = "lengths that are the same have the same name in the head, as in `int[T]`"
    if op.name() == "concat" and _sizes(x.axes[1:]) == _sizes(first.axes[1:]):
        return f"{help}; one after the other, join them with `concat(time)`"
    return help


def _sizes(axes: tuple[Axis, ...]) -> list[Size]:
    return [axis.size for axis in axes]
