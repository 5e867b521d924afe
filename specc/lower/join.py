"""`join`: the final states of two directions side by side, state by state."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink
from specc.diagnostics.codes import WRONG_STATE
from specc.lower.apply import Applier
from specc.lower.things import Broken, Bundle, Deferred, OpLayer, Thing, Value, describe
from specc.ops.concat import Concat
from specc.text import Span


def join_layer(applier: Applier, span: Span, sink: Sink) -> Deferred:
    """The layer that makes `((h, c), (h, c))` one `(h, c)` of twice the width."""

    def run(thing: Thing) -> Thing:
        if isinstance(thing, Bundle) and len(thing.items) == 1:
            thing = thing.items[0]  # what a call in parentheses was given
        pairs = _pairs(thing)
        if pairs is None:
            sink.report(
                WRONG_STATE,
                span,
                f"`join` takes the states of two directions, found {describe(thing)}",
                help="as in `y, ends = x -> bi(lstm(64, states))` and `join(ends)`",
            )
            return Broken()
        concat = OpLayer(Concat(), "join", span)
        joined = [applier.apply(concat, Bundle(pair), span) for pair in pairs]
        if any(isinstance(item, Broken) for item in joined):
            return Broken()
        return joined[0] if len(joined) == 1 else Bundle(tuple(joined))

    return Deferred(run, span)


def _pairs(thing: Thing) -> Sequence[tuple[Value, Value]] | None:
    """Each state of the first direction with the same state of the second."""
    if not isinstance(thing, Bundle) or len(thing.items) != 2:
        return None
    first, second = (
        item.items if isinstance(item, Bundle) else (item,) for item in thing.items
    )
    pairs = [
        (ahead, back)
        for ahead, back in zip(first, second, strict=False)
        if isinstance(ahead, Value) and isinstance(back, Value)
    ]
    return pairs if len(pairs) == len(first) == len(second) else None
