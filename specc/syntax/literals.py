"""What names, numbers and strings may be, and what they are worth."""

from __future__ import annotations

import math
import re
from typing import NoReturn

from specc.diagnostics import Code, Diagnostic, Failure, Label
from specc.diagnostics.codes import (
    NAME_TOO_LONG,
    NUMBER_OUT_OF_RANGE,
    UNKNOWN_ESCAPE,
)
from specc.text import Span

MAX_NAME = 63
MAX_DIGITS = 18
# Far more than a float can hold; reading very long ones is slow.
MAX_DECIMAL = 40

_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}


def check_name(text: str, span: Span) -> None:
    """Raise `Failure` if a name is too long."""
    if len(text) <= MAX_NAME:
        return
    message = f"a name has at most {MAX_NAME} characters"
    label = f"{len(text)} characters"
    _refuse(NAME_TOO_LONG, span, message, label, "choose a shorter name")


def number_value(text: str, span: Span) -> int | float:
    """An int where the text has neither point nor exponent. Raises `Failure`."""
    if text.isdigit():
        if len(text) > MAX_DIGITS:
            help = f"write at most {MAX_DIGITS} digits"
            _refuse_number(span, f"{len(text)} digits", help)
        return int(text)
    if len(text) > MAX_DECIMAL:
        help = f"write at most {MAX_DECIMAL} characters"
        _refuse_number(span, f"{len(text)} characters", help)
    value = float(text)
    if math.isinf(value):
        _refuse_number(span, "larger than any float", None)
    mantissa = text.lower().split("e")[0]
    if value == 0 and re.search("[1-9]", mantissa):
        _refuse_number(span, "smaller than any float", "write 0")
    return value


def string_value(text: str, span: Span) -> str:
    """What stands between the quotes, without its escapes. Raises `Failure`."""
    inner = text[1:-1]
    if "\\" not in inner:
        return inner
    for match in _ESCAPE.finditer(inner):
        if match.group(1) not in _ESCAPES:
            start = span.start + 1 + match.start()
            _refuse_escape(match.group(), Span(span.source, start, start + 2))
    return _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], inner)


def _refuse_number(span: Span, label: str, help: str | None) -> NoReturn:
    _refuse(NUMBER_OUT_OF_RANGE, span, "this number is out of range", label, help)


def _refuse_escape(escape: str, span: Span) -> NoReturn:
    message = f"`{escape}` means nothing in a string"
    help = "write `\\\\` for a backslash; paths are written with `/`"
    _refuse(UNKNOWN_ESCAPE, span, message, 'known are \\" \\\\ \\n \\t', help)


def _refuse(
    code: Code, span: Span, message: str, label: str, help: str | None
) -> NoReturn:
    raise Failure([Diagnostic(code, message, (Label(span, label),), help)])
