"""`pair`: every step of one sequence beside every step of another."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import EXTRA_AXIS
from specc.ir.op import IllTyped, Op, Sight
from specc.ir.types import Axis, Type
from specc.ops._sequence import need_time


class Pair(Op):
    """a_ts = h_t and b_ts = u_s.  h: [T, d], u: [S, e]; a: [T, S, d], b: [T, S, e].

    Mask: a place counts where both of its steps do.
    Example: (h: float[T, 2] ragged, u: float[S, 1])
        -> a: float[T, S, 2], b: float[T, S, 1] { pair(h, u) }
    """

    sight: ClassVar[Sight] = "number"

    def result(self, h: Type, u: Type) -> tuple[Type, Type]:
        for x in (h, u):
            need_time(self.name(), x)
            if x.rank > 2:
                raise IllTyped(
                    EXTRA_AXIS,
                    f"`pair` lays out `[time, features]`, but `{x}` has {x.rank} axes",
                    label=f"this is `{x}`",
                )
        steps = (h.axes[0], u.axes[0])
        return _laid_out(h, *steps), _laid_out(u, *steps)

    def layout(self, h: Type, u: Type) -> tuple[tuple[int, ...], ...]:
        return (0, 2)[: h.rank], (1, 2)[: u.rank]


def _laid_out(x: Type, *steps: Axis) -> Type:
    """The type of one side; a mask tells of padding, so an id of padding does not."""
    return Type(dtype=x.dtype, axes=(*steps, *x.axes[1:]), bound=x.bound)
