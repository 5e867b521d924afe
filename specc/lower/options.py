"""Arguments of a layer to its options: by position, by name, or as a bare word."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    HIDDEN_OPTION,
    MISSING_OPTION,
    REPEATED_OPTION,
    TOO_MANY_ARGUMENTS,
    UNKNOWN_OPTION,
    WRONG_OPTION,
)
from specc.ir.op import Biased, Kerneled, Op
from specc.ir.weights import Initializer
from specc.syntax import tree
from specc.text import Span

Plain = int | float | str | bool
INITIALIZERS: tuple[str, ...] = get_args(Initializer)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a layer.

    `field` is its key, `word` what a spec calls it. `choices` are the words it can be,
    `flag` is set by its bare word, `numeric` takes a number, `text` a string.
    `bare` says whether a choice may stand without the option's name.
    """

    field: str
    word: str
    choices: tuple[str, ...] = ()
    flag: bool = False
    numeric: bool = False
    text: bool = False
    bare: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a spec gives an option, and where."""

    value: Plain
    span: Span


def op_options(op: type[Op]) -> tuple[Option, ...]:
    """The options of an op, from its fields."""
    general = {field for base in (Kerneled, Biased) for field in base.model_fields}
    found = []
    for field, word in op.options().items():
        info = op.model_fields[field]
        kinds = list(_kinds(info.annotation))
        choices = tuple(c for kind in kinds for c in get_args(kind))
        found.append(
            Option(
                field=field,
                word=word,
                choices=choices,
                flag=bool in kinds,
                numeric=int in kinds or float in kinds,
                text=str in kinds,
                bare=bool(choices) and field not in general,
                required=info.is_required(),
            )
        )
    return tuple(found)


def _kinds(annotation: object) -> Iterable[object]:
    """The plain kinds in an annotation: `int`, `Literal[...]`, parts of a union."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _kinds(part)
    elif origin is Literal or isinstance(annotation, type):
        yield annotation
    elif origin is not None:
        yield from _kinds(get_args(annotation)[0])


class Binder:
    """Collects the arguments of one call."""

    def __init__(self, layer: str, options: tuple[Option, ...], sink: Sink) -> None:
        self.layer, self.options, self.sink = layer, options, sink
        self.given: dict[str, Given] = {}
        self.broken = False

    def bare(self, name: tree.Name, hidden: bool) -> bool:
        """Take a bare word, if it is one of this layer. `hidden`: it is a value too."""
        flags = [o for o in self.options if o.flag and o.word == name.text]
        choices = [o for o in self.options if o.bare and name.text in o.choices]
        if not flags and not choices:
            return False
        if hidden:
            self.fail()
            self.sink.report(
                HIDDEN_OPTION,
                name.span,
                f"`{name.text}` is an option of `{self.layer}` "
                "and the name of a value here",
                help="rename the value",
            )
        elif flags:
            self._set(flags[0], True, name.span)
        elif len(choices) == 1:
            self._set(choices[0], name.text, name.span)
        else:
            self.fail()
            words = " or ".join(f"`{o.word} = {name.text}`" for o in choices)
            message = f"`{name.text}` fits several options; write {words}"
            self.sink.report(WRONG_OPTION, name.span, message)
        return True

    def positional(self, value: Plain, span: Span) -> None:
        """Take a number for the next option that takes one."""
        for option in self.options:
            fits = option.text if isinstance(value, str) else option.numeric
            if fits and option.field not in self.given and self._by_position(option):
                self._set(option, value, span)
                return
        self.fail()
        self.sink.report(
            TOO_MANY_ARGUMENTS,
            span,
            f"`{self.layer}` has no place for `{value}`",
            label="one argument too many",
            help=f"`{self.layer}` takes {self._summary()}",
        )

    def named(self, name: tree.Name, value: Plain, span: Span) -> None:
        """Take `name = value`; a word of an option that fits the value's kind."""
        same = [option for option in self.options if option.word == name.text]
        if not same:
            self.unknown(name)
            return
        fitting = [option for option in same if _fits(option, value)]
        option = (fitting or same)[0]
        if isinstance(value, str) and not option.text and value not in option.choices:
            self._wrong_choice(option, value, span)
            return
        self._set(option, value, span, name.span)

    def unknown(self, name: tree.Name) -> None:
        """Report a word that is no option of this layer."""
        self.fail()
        words = {option.word for option in self.options}
        bare = {c for option in self.options if option.bare for c in option.choices}
        self.sink.report(
            UNKNOWN_OPTION,
            name.span,
            f"`{self.layer}` has no option `{name.text}`",
            help=did_you_mean(name.text, words | bare)
            or f"`{self.layer}` takes {self._summary()}",
        )

    def fail(self) -> None:
        self.broken = True

    def _set(
        self, option: Option, value: Plain, span: Span, name: Span | None = None
    ) -> None:
        before = self.given.get(option.field)
        if before is not None:
            self.fail()
            self.sink.report(
                REPEATED_OPTION,
                name or span,
                f"`{option.word}` of `{self.layer}` is given twice",
                others=(Label(before.span, "the first is here"),),
                help="leave one out",
            )
            return
        self.given[option.field] = Given(value, span)

    def _wrong_choice(self, option: Option, value: str, span: Span) -> None:
        self.fail()
        known = ", ".join(f"`{choice}`" for choice in option.choices) or (
            "a number" if option.numeric else "a flag without a value"
        )
        self.sink.report(
            WRONG_OPTION,
            span,
            f"`{option.word}` of `{self.layer}` cannot be `{value}`",
            label=f"expected {known}",
            help=did_you_mean(value, option.choices),
        )

    def _by_position(self, option: Option) -> bool:
        return option.required or not option.flag

    def _summary(self) -> str:
        return ", ".join(f"`{option.word}`" for option in self.options) or "no options"


def _fits(option: Option, value: Plain) -> bool:
    if isinstance(value, bool):
        return option.flag
    if isinstance(value, str):
        return option.text or value in option.choices
    return option.numeric


def make_op(op: type[Op], binder: Binder, span: Span) -> Op | None:
    """The op with the options given, or None where one was reported as wrong."""
    if binder.broken:
        return None
    values = {field: given.value for field, given in binder.given.items()}
    try:
        return op(**values)
    except ValidationError as error:
        seen = set()
        for detail in error.errors():
            field = str(detail["loc"][0])
            if field in seen:
                continue
            seen.add(field)
            _report_invalid(binder, field, detail, span)
        return None


def _report_invalid(
    binder: Binder, field: str, detail: ErrorDetails, span: Span
) -> None:
    option = next(option for option in binder.options if option.field == field)
    given = binder.given.get(field)
    if given is None:
        binder.sink.report(
            MISSING_OPTION,
            span,
            f"`{binder.layer}` needs `{option.word}`",
            help=f"as in `{binder.layer}({_example(binder.options)})`",
        )
        return
    binder.sink.report(
        WRONG_OPTION,
        given.span,
        f"`{option.word}` of `{binder.layer}` {_demand(option, detail)}, "
        f"found {_shown(given.value)}",
        help="a rate is a share: 0.5 drops half" if "lt" in _context(detail) else None,
    )


def _demand(option: Option, detail: ErrorDetails) -> str:
    context = _context(detail)
    if "ge" in context:
        return f"must be at least {context['ge']}"
    if "gt" in context:
        return f"must be above {context['gt']}"
    if "le" in context:
        return f"must be at most {context['le']:,}"
    if "lt" in context:
        return f"must be below {context['lt']}"
    if option.choices:
        return f"must be one of {', '.join(option.choices)}"
    if option.text:
        return "must be a text in quotes"
    if option.flag:
        return "is a flag and takes no value"
    return "must be a whole number"


def _context(detail: ErrorDetails) -> Mapping[str, int | float]:
    return detail.get("ctx", {})


def _shown(value: Plain) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _example(options: tuple[Option, ...]) -> str:
    numbers = {"p": "0.5", "kernel": "3", "size": "2"}
    return ", ".join(numbers.get(o.word, "64") for o in options if o.required)
