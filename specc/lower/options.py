"""The options of a layer, from the fields of its op."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cache
from typing import Literal, Union, get_args, get_origin

from msgspec import Meta, Struct
from msgspec.structs import fields

from specc.ir.formula import Formula
from specc.ir.op import GENERAL, Op
from specc.ir.weights import Initializer

Plain = int | float | str | bool | Formula
Kind = Literal["number", "word", "text", "flag", "formula"]
"""How an argument is written: `64`, `relu`, `"vectors.txt"`, or a bare `final`."""
AXIS = "axis"
"""The word for an axis to go along, which is given by its name: `softmax(T)`."""
INITIALIZERS: tuple[str, ...] = get_args(Initializer)


class Option(Struct, frozen=True):
    """One option of a layer.

    `field` is its key, `word` what a spec calls it. `choices` are the words it can be,
    `flag` is set by its bare word, `numeric` takes a number, `text` a string. `own`: it
    belongs to this layer alone, so that its value may stand without its word. `many`:
    it is a series of values, given one after the other. `formula`: an initialiser with
    numbers, or arithmetic on some. `type`: the field's.
    """

    field: str
    word: str
    choices: tuple[str, ...] = ()
    flag: bool = False
    default: object = None
    """What it is where a spec does not say."""
    numeric: bool = False
    text: bool = False
    own: bool = True
    required: bool = False
    many: bool = False
    type: object = None
    formula: bool = False

    def takes(self, value: Plain, kind: Kind) -> bool:
        """Whether an argument written so can be its value."""
        match kind:
            case "number":
                return self.numeric
            case "word":
                return value in self.choices
            case "text":
                return self.text
            case "formula":
                return self.formula
            case "flag":
                return self.flag


@cache
def op_options(op: type[Op]) -> tuple[Option, ...]:
    """The options of an op, in the order the language takes them."""
    infos = {info.name: info for info in fields(op)}
    found = []
    for field, word in op.options().items():
        info = infos[field]
        kinds = list(_kinds(info.type))
        choices = tuple(c for kind in kinds for c in get_args(kind))
        if field == AXIS and not choices:
            continue  # `NamedAxes` reads it
        found.append(
            Option(
                field=field,
                word=word,
                choices=choices,
                flag=bool in kinds,
                default=info.default,
                numeric=field != AXIS and (int in kinds or float in kinds),
                text=str in kinds,
                own=field not in GENERAL,
                required=info.required,
                many=get_origin(info.type) is tuple,
                formula=Formula in kinds,
                type=info.type,
            )
        )
    return tuple(found)


def limits(annotation: object) -> Iterator[Meta]:
    """The limits that an annotation sets to numbers."""
    if isinstance(annotation, Meta):
        yield annotation
    for part in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield from limits(part)


def _kinds(annotation: object) -> Iterator[object]:
    """The plain kinds in an annotation: `int`, `Literal[...]`, parts of a union."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _kinds(part)
    elif origin is Literal or isinstance(annotation, type):
        yield annotation
    elif origin is not None:
        yield from _kinds(get_args(annotation)[0])
