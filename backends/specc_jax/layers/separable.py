"""`separable`: every feature convolved on its own, then all of them mixed."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Binary, Call, Index, literal
from specc.codegen.plan import Step, shape_text
from specc.ir.types import features
from specc.ops.separable import Separable
from specc_jax.functions import apply_function
from specc_jax.layers._windows import of_image, window_options, with_bias
from specc_jax.writer import Writer


def emit(step: Step, writer: Writer) -> None:
    """Write both parts; masked steps are read as zeros."""
    op = step.op
    assert isinstance(op, Separable)
    deep, x = writer.weight(step, "D"), writer.without_masked(step)
    given = ((None, deep), (None, x), *window_options(step))
    between = Atom(writer.temporary("apart"))
    made = step.input_types[0].last * op.multiplier
    type = step.node.type.with_axes(*step.node.type.axes[:-1], features(made))
    apart = Call(Atom(of_image(step, "depthwise")), given)
    writer.put((between,), apart, shape_text(type))
    only = literal((0,) * (type.rank - 1) if type.rank > 2 else 0)
    point = Index(writer.weight(step, "P"), only)
    y = with_bias(step, writer, Binary("@", between, point))
    writer.assign(step, apply_function(op.activation, y))
