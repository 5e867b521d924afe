"""A value laid out along axes that another has."""

from __future__ import annotations

from specc.codegen.expressions import (
    Binary,
    Constant,
    Index,
    Slice,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops.spread import Spread
from specc_tensorflow.axes import with_axes
from specc_tensorflow.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write `ops.expand_dims(v, 1) * ops.ones_like(x[..., :1])`.

    No sum with zeros: Keras takes what looks like a bias for one, such as [1, T, 1]
    where T is the width of the other, and adds it along the wrong axis.
    """
    assert isinstance(step.op, Spread)
    rank = step.node.type.rank
    v = with_axes(writer.value(step), (*step.op.places, rank - 1), rank)
    first = Tuple_((Constant("..."), Slice(upper=literal(1))))
    ones = call("ops.ones_like", Index(writer.value(step, 1), first))
    writer.assign(step, Binary("*", v, ones))
