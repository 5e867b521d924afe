"""A layer's text with what its names stand for: `dense(2 * UNITS)` as `dense(10)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from specc.diagnostics import Sink
from specc.lower.constants import Known, Number, evaluate, is_constant
from specc.syntax import tree
from specc.text import Span

Replaced: TypeAlias = tuple[Span, str]


def bound_text(call: tree.Call, names: Known) -> str:
    """The text of a call, its arithmetic worked out; "" where it stands as it is.

    Names of values, layers and axes stay names. The call is one that was accepted.
    """
    parts = list(_replaced(call, names))
    if not parts:
        return ""
    text, place = [], call.span.start
    source = call.span.source.text
    for span, instead in parts:
        text += [source[place : span.start], instead]
        place = span.stop
    return "".join([*text, source[place : call.span.stop]])


def _replaced(written: tree.Expression, names: Known) -> Iterator[Replaced]:
    """What stands otherwise, in order: numbers, and functions given to a block."""
    match written:
        case tree.Number() | tree.Negative(operand=tree.Number()):
            return
        case tree.Name(text=text, primed=False) if isinstance(names.get(text), str):
            yield written.span, str(names[text])
        case tree.Call(function=function, arguments=arguments) if not is_constant(
            written, names
        ):
            yield from _replaced(function, names)
            for argument in arguments:
                yield from _replaced(argument.value, names)
        case tree.Tuple(items=items) | tree.Flow(steps=items):
            for item in items:
                yield from _replaced(item, names)
        case _ if is_constant(written, names):
            number = evaluate(written, names, Sink())
            if number is not None:
                yield written.span, _text(number)
        case tree.Name(text=text, span=span) if span.text != text:
            yield span, text  # a function that was looked up before


def _text(number: Number) -> str:
    return str(number) if isinstance(number, int) else f"{number:.6g}"
