"""A layer's options as rows: the word, what it can be, what it is by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, get_args, get_origin

from pydantic.fields import FieldInfo

from specc.ir.op import UNIT_LIMIT, Biased, Kerneled, Op
from specc.lower.options import INITIALIZERS, Option, op_options
from specc.lower.recurrent_options import RecurrentOptions
from specc.ops.function import Activation
from specc.ops.recurrent import Recurrent

OptionRow = tuple[str, str, str]
"""Word, legal values and default, as Markdown."""
LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
ACTIVATIONS: tuple[str, ...] = get_args(Activation)


def own_options(op: type[Op]) -> list[OptionRow]:
    """The options that are a layer's own, in the order it takes them.

    Fields of the compiler's own ops are no options.
    """
    if op.internal and not issubclass(op, Recurrent):
        return []
    fields = _taken(op).model_fields
    return [
        _row(option, fields[option.field])
        for option in op_options(_taken(op))
        if option.own
    ]


def general_options(op: type[Op]) -> list[str]:
    """The words a layer takes because it has weights."""
    return sorted(option.word for option in op_options(_taken(op)) if not option.own)


def all_general_options() -> list[OptionRow]:
    """What layers with weights take, whatever else they do."""
    fields = {**Kerneled.model_fields, **Biased.model_fields}
    rows = []
    for base in (Kerneled, Biased):
        for option in op_options(base):
            row = _row(option, fields[option.field])
            if row not in rows:
                rows.append(row)
    return sorted(rows)


def _taken(op: type[Op]) -> type[Op]:
    """The op whose fields are what a spec writes; a cell's layer has those of all."""
    return RecurrentOptions if issubclass(op, Recurrent) else op


def _row(option: Option, field: FieldInfo) -> OptionRow:
    return f"`{option.word}`", _values(option, field), _default(option, field)


def _values(option: Option, field: FieldInfo) -> str:
    if option.flag:
        return "the bare word"
    kinds = list(_choices(option))
    if option.numeric:
        kinds.insert(0, _number(field))
    if option.text:
        kinds.append('a path in quotes, `"vectors.txt"`')
    text = " or ".join(kinds)
    return f"one or several of: {text}" if option.many else text


def _choices(option: Option) -> Iterator[str]:
    """The words, those of long lists by what they are together."""
    left = list(option.choices)
    for words, name in (
        (ACTIVATIONS, "an [activation](#functions-of-one-number)"),
        (INITIALIZERS, "an [initialiser](#initialisers)"),
    ):
        if set(words) <= set(left):
            left = [word for word in left if word not in words]
            yield name
    if left:
        yield ", ".join(f"`{word}`" for word in left)


def _number(field: FieldInfo) -> str:
    """`a whole number, at least 1`, `a number, at least 0 and below 1`."""
    name = "a whole number" if int in _plain(field.annotation) else "a number"
    found = list(_limits(field))
    limits = " and ".join(
        f"{word} {_readable(limit)}"
        for key, word in LIMITS.items()
        for limit in dict.fromkeys(getattr(bound, key, None) for bound in found)
        if limit is not None and limit != UNIT_LIMIT
    )
    return f"{name}, {limits}" if limits else name


def _readable(limit: float) -> str:
    return f"{int(limit):,}" if limit == int(limit) else str(limit)


def _limits(field: FieldInfo) -> Iterator[object]:
    """What the annotations of a field hold its numbers to."""
    yield from field.metadata
    for info in _annotations(field.annotation):
        yield from info.metadata if isinstance(info, FieldInfo) else (info,)


def _annotations(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Annotated:
        yield from get_args(annotation)[1:]
    for part in get_args(annotation):
        yield from _annotations(part)


def _plain(annotation: object) -> set[object]:
    """The plain types within an annotation."""
    own = {annotation} if isinstance(annotation, type) else set[object]()
    return own.union(*map(_plain, get_args(annotation)))


def _default(option: Option, field: FieldInfo) -> str:
    if option.required:
        return "required"
    if option.flag:
        return "off"
    value = field.default
    return "" if value is None else f"`{value}`"
