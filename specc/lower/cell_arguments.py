"""The arguments that are a cell's own: numbers and functions, given or by default."""

from __future__ import annotations

from collections.abc import Sequence

from specc.ir.formula import Formula
from specc.ir.op import UNIT_LIMIT
from specc.lower.binder import Binder, Given
from specc.lower.cell_parameters import Parameter
from specc.lower.constants import Number
from specc.lower.wording import number_text
from specc.text import Span


def own_arguments(
    span: Span, parameters: Sequence[Parameter], binder: Binder
) -> dict[str, Number | str] | None:
    """The arguments by name; None where something was reported."""
    found: dict[str, Number | str] = {}
    for parameter in parameters:
        given = binder.given.get(parameter.option.field)
        if given is not None:
            _check(parameter, given, binder)
            assert not isinstance(given.value, Formula), "no parameter takes one"
            found[parameter.name] = given.value
        elif parameter.default is not None:
            found[parameter.name] = parameter.default
        elif not binder.broken:
            binder.miss(parameter.option, span)
    return None if binder.broken else found


def _check(parameter: Parameter, given: Given, binder: Binder) -> None:
    value = given.value
    if isinstance(value, str | Formula) or not (parameter.whole or parameter.size):
        return
    wanted = "a whole number"
    if isinstance(value, int):
        if not parameter.size or 1 <= value <= UNIT_LIMIT:
            return
        wanted = "at least 1" if value < 1 else f"at most {UNIT_LIMIT:,}"
    binder.refuse(
        given.span,
        f"`{parameter.name}` of `{binder.layer}` must be {wanted}, "
        f"found {number_text(value)}",
    )
