"""Arguments of a layer to its options: by position, by name, or as a bare word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from msgspec import Meta, Struct, ValidationError, convert

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    HIDDEN_OPTION,
    MISSING_OPTION,
    REPEATED_OPTION,
    TOO_MANY_ARGUMENTS,
    UNKNOWN_OPTION,
    WRONG_OPTION,
)
from specc.ir.formula import Formula
from specc.ir.op import Op
from specc.lower.foreign import choice_here, option_here
from specc.lower.options import Kind, Option, Plain, limits
from specc.lower.wording import number_text, one_of
from specc.syntax import tree
from specc.text import Span

FEW = 6


class Given(Struct, frozen=True):
    """What a spec gives an option, and where."""

    value: Plain
    span: Span


class Binder:
    """Collects the arguments of one call.

    `others`: names that an argument may have been meant to be, for suggestions.
    """

    def __init__(
        self,
        layer: str,
        options: tuple[Option, ...],
        sink: Sink,
        others: Iterable[str] = (),
    ) -> None:
        self.layer, self.options, self.sink = layer, options, sink
        self.others = frozenset(others)
        self.given: dict[str, Given] = {}
        self.series: dict[str, list[Given]] = {}
        self.broken = False

    def bare(self, name: tree.Name, hidden: bool) -> bool:
        """Take a bare word, if it is one of this layer. `hidden`: it is a value too."""
        flags = [o for o in self.options if o.flag and o.word == name.text]
        choices = [o for o in self.options if o.own and name.text in o.choices]
        if not flags and not choices:
            return False
        if hidden:
            self.broken = True
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
            self.broken = True
            words = one_of(f"{option.word} = {name.text}" for option in choices)
            message = f"`{name.text}` fits several options of `{self.layer}`"
            self.sink.report(WRONG_OPTION, name.span, message, help=f"write {words}")
        return True

    def positional(self, value: Plain, kind: Kind, span: Span) -> None:
        """Take a value for the next option of this layer's own that takes one."""
        for option in self.options:
            free = option.own and option.field not in self.given
            if free and option.takes(value, kind):
                self._take(option, value, span)
                return
        self.broken = True
        words = [o.word for o in self.options if o.takes(value, kind)]
        help = f"`{self.layer}` takes {self._summary()}"
        if self.layer == "linear":
            help = f"`linear` changes nothing; with weights it is `dense({span.text})`"
        elif self.layer == "embed" and kind == "number":
            help = "the number of ids is the bound in the input's type"
        elif kind == "text" and any(o.own and value in o.choices for o in self.options):
            help = "leave out the quotes"
        elif len(words) == 1 and words[0] not in self.given:
            help = f"write `{words[0]} = {span.text}`"
        self.sink.report(
            TOO_MANY_ARGUMENTS,
            span,
            f"`{self.layer}` has no place for `{span.text}`",
            help=help,
        )

    def named(self, name: tree.Name, value: Plain, kind: Kind, span: Span) -> None:
        """Take `name = value`; of several options of a name, the one that fits."""
        same = [option for option in self.options if option.word == name.text]
        if not same:
            self.unknown(name)
            return
        fitting = [option for option in same if option.takes(value, kind)]
        if same[0].many:
            message = f"`{self.layer}` takes its {name.text} without their word"
            self.refuse(name.span, message, f"as in `{self.layer}(4, 8)`")
        elif fitting:
            self._set(fitting[0], value, span, name.span)
        else:
            self._misfit(same, value, kind, span)

    def unknown(self, name: tree.Name) -> None:
        """Report a word that is no option of this layer."""
        self.broken = True
        self.sink.report(
            UNKNOWN_OPTION,
            name.span,
            f"`{self.layer}` has no option `{name.text}`",
            help=self.suggestion(name.text)
            or f"`{self.layer}` takes {self._summary()}",
        )

    def suggestion(self, name: str) -> str | None:
        """The word of this layer that a name is like, as a question."""
        words = {option.word for option in self.options}
        if name in words:
            return f"`{name}` takes a value: `{name} = ...`"
        here = option_here(name, words)
        if here is not None:
            return here
        bare = {c for option in self.options if option.own for c in option.choices}
        choice = choice_here(name, bare)
        if choice is not None:
            return choice
        return did_you_mean(name, words | bare | self.others)

    def refuse(self, span: Span, message: str, help: str | None = None) -> None:
        """Report a value that an option cannot have."""
        self.broken = True
        self.sink.report(WRONG_OPTION, span, message, help=help)

    def miss(self, option: Option, span: Span) -> None:
        """Report an option that must be given."""
        self.broken = True
        self.sink.report(
            MISSING_OPTION,
            span,
            f"`{self.layer}` needs `{option.word}`",
            help=f"as in `{self.layer}({_example(self.options)})`",
        )

    def _take(self, option: Option, value: Plain, span: Span) -> None:
        if option.many:
            self.series.setdefault(option.field, []).append(Given(value, span))
        else:
            self._set(option, value, span)

    def _set(
        self, option: Option, value: Plain, span: Span, name: Span | None = None
    ) -> None:
        before = self.given.get(option.field)
        if before is None:
            self.given[option.field] = Given(value, span)
            return
        self.broken = True
        self.sink.report(
            REPEATED_OPTION,
            name or span,
            f"`{option.word}` of `{self.layer}` is given twice",
            others=(Label(before.span, "the first is here"),),
            help="leave one out",
        )

    def _misfit(
        self, options: Sequence[Option], value: Plain, kind: Kind, span: Span
    ) -> None:
        word = options[0].word
        choices = [choice for option in options for choice in option.choices]
        if any(option.flag for option in options):
            message = f"`{word}` of `{self.layer}` is a flag and takes no value"
            self.refuse(span, message, f"write `{word}` alone, or leave it out")
            return
        wanted = ["a number"] if any(option.numeric for option in options) else []
        wanted += ["a text in quotes"] if any(option.text for option in options) else []
        wanted += [one_of(choices)] if choices else []
        wanted += ["one with numbers"] if any(o.formula for o in options) else []
        help = f"expected {', or '.join(wanted)}"
        if kind == "text" and value in choices:
            help = "leave out the quotes"
        elif kind == "word":
            known = {*choices, *(self.others if "a number" in wanted else ())}
            near = choice_here(str(value), choices) or did_you_mean(str(value), known)
            help = near if near and value != "none" else help
            if word == "bias" and str(value).lower() == "false":
                help = "for no bias, write `bias = none`"
        found = span.text
        if isinstance(value, int | float):
            found = number_text(value)
        message = f"`{word}` of `{self.layer}` cannot be `{found}`"
        self.refuse(span, message, help)

    def _summary(self) -> str:
        words = dict.fromkeys(f"`{option.word}`" for option in self.options)
        return ", ".join(words) or "no options"


def make_op(op: type[Op], binder: Binder, span: Span) -> Op | None:
    """The op with the options given, or None where one was reported as wrong."""
    if binder.broken:
        return None
    values = {field: given.value for field, given in binder.given.items()}
    if "frozen" in values and (idle := {"l1", "l2"} & values.keys()):
        word = min(idle)
        message = f"`{word}` has no effect on weights that are frozen"
        binder.refuse(binder.given[word].span, message, f"leave `{word}` out")
        return None
    made: dict[str, object] = {}
    for option in binder.options:
        given = binder.series.get(option.field) or binder.given.get(option.field)
        if given is not None:
            made[option.field] = _checked(binder, option, given)
        elif option.required:
            binder.miss(option, span)
    return None if binder.broken else op(**made)


def _checked(binder: Binder, option: Option, given: Given | list[Given]) -> object:
    """The value as the field holds it; one beyond its limits is reported."""
    if isinstance(given, list):
        return tuple(_checked(binder, option, one) for one in given)
    value, kind = given.value, option.type
    if isinstance(value, Formula):
        return value
    if option.many:
        kind = get_args(kind)[0]
    try:
        return convert(value, kind)
    except ValidationError:
        assert isinstance(value, int | float), f"{option} was held to its words before"
    demand, limit = _demand(value, tuple(limits(kind)))
    binder.refuse(
        given.span,
        f"`{option.word}` of `{binder.layer}` must be {demand}, "
        f"found {number_text(value)}",
        "a rate is a share: 0.5 drops half"
        if limit == "lt"
        else f"as in `{_shown(binder, option)}`",
    )
    return None


def _shown(binder: Binder, option: Option) -> str:
    """An option as it could be given."""
    if option.required:
        return f"{binder.layer}({_example(binder.options)})"
    numbers = {"l1": "0.01", "l2": "0.01", "epsilon": "0.001", "momentum": "0.99"}
    return f"{option.word} = {numbers.get(option.word, '2')}"


def _demand(value: float, limits: Sequence[Meta]) -> tuple[str, str]:
    """What a number would have to be, and which limit says so."""
    for limit in limits:
        if limit.ge is not None and value < limit.ge:
            return f"at least {number_text(limit.ge)}", "ge"
        if limit.gt is not None and value <= limit.gt:
            return f"above {number_text(limit.gt)}", "gt"
        if limit.le is not None and value > limit.le:
            return f"at most {number_text(limit.le)}", "le"
        if limit.lt is not None and value >= limit.lt:
            return f"below {number_text(limit.lt)}", "lt"
    return "a whole number", ""


def _example(options: tuple[Option, ...]) -> str:
    numbers = {"p": "0.5", "stddev": "0.1", "kernel": "3", "size": "2", "start": "2"}
    numbers |= {"n": "2", "sizes": "4, 8"}
    return ", ".join(
        o.choices[0] if o.choices else numbers.get(o.word, "64")
        for o in options
        if o.required
    )
