"""What layers ask of ids: to be ids, and to have a bound."""

from __future__ import annotations

from specc.diagnostics.codes import MISSING_BOUND, WRONG_DTYPE
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.ops._sequence import FROM_FLAGS


def id_bound(op: Op, ids: Type) -> int:
    """The number of ids there are, or a refusal where it is not known."""
    if ids.dtype == "bool":
        raise IllTyped(
            WRONG_DTYPE,
            f"`{op.name()}` looks up ids, found `{ids}`",
            label=f"this is `{ids}`, expected `int[...] < bound`",
            help=FROM_FLAGS,
        )
    if ids.dtype != "int":
        raise IllTyped(
            WRONG_DTYPE,
            f"`{op.name()}` looks up ids, found `{ids}`",
            label=f"this is `{ids}`, expected `int[...] < bound`",
            help="use `dense(units)` for values that are vectors already",
        )
    if ids.bound is None:
        raise IllTyped(
            MISSING_BOUND,
            f"`{op.name()}` takes its size from the ids' bound, which is missing",
            label=f"this is `{ids}`",
            help="write the bound in the input's type, as in `int[T] < 8185`",
        )
    return ids.bound
