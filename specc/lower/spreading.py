"""Values of fewer axes laid out along the steps of others before they are joined."""

from __future__ import annotations

from collections.abc import Sequence

from specc.ir.graph import Ref
from specc.ir.op import Op
from specc.lower.builder import Builder
from specc.ops.concat import Concat
from specc.ops.spread import Spread
from specc.text import Span


def spread(op: Op, refs: Sequence[Ref], builder: Builder, span: Span) -> list[Ref]:
    """The values, those that `concat` needs at every step once for each of them."""
    if not (isinstance(op, Concat) and op.place is None):
        return list(refs)
    widest = max(refs, key=lambda ref: builder.type_of(ref).rank)
    return [_along(ref, widest, builder, span) for ref in refs]


def _along(ref: Ref, widest: Ref, builder: Builder, span: Span) -> Ref:
    types = builder.type_of(ref), builder.type_of(widest)
    op = Spread.of(*types) if {type.dtype for type in types} == {"float"} else None
    if op is None:
        return ref
    with builder.aside():
        made = builder.add(op, [ref, widest], "spread", span)
    return ref if made is None else made[0]
