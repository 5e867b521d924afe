"""A layer's options as rows: the word, what it can be, what it is by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_type_hints

from specc.ir.op import UNIT_LIMIT, Biased, Kerneled, Op
from specc.lower.options import INITIALIZERS, Option, op_options
from specc.lower.recurrent_options import RecurrentOptions
from specc.ops.function import Activation
from specc.ops.onset import Onset
from specc.ops.recurrent import Merge, Recurrent

OptionRow = tuple[str, str, str]
"""Word, legal values and default, as Markdown."""
LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
RECURRENT: tuple[OptionRow, ...] = (
    ("`merge`, of `bi`", ", ".join(f"`{m}`" for m in get_args(Merge)), "`concat`"),
    ("`init`", "states, in the order of the cell's; `0` fits any", "zeros"),
)
"""Options that are no fields: what a recurrent layer takes of values and directions."""
UNLESS_GIVEN = {
    "base": "10,000",
    "bias": "zeros; in a cell as its `param` line says",
    "kernel": "glorot-uniform; tables uniform",
    "key_bias": "as `bias`",
    "kv_heads": "as many as `heads`",
    "length": "that of the input, if it is fixed",
    "output_bias": "as `bias`",
    "query_bias": "as `bias`",
    "recurrent": "orthogonal",
    "recurrent_bias": "the cell's own",
    "scale": "divided by the root of the width",
    "score": "`additive` with `units`, else `dot`",
    "size": "features of the query / `heads`",
    "stride": "`size`",
    "value_bias": "as `bias`",
    "window": "all steps",
}
"""What an option is where a spec says nothing, for those without one fixed value."""
ACTIVATIONS: tuple[str, ...] = get_args(Activation)


def own_options(op: type[Op]) -> list[OptionRow]:
    """The options that are a layer's own, in the order it takes them.

    Fields of the compiler's own ops are no options.
    """
    if op.internal and not issubclass(op, Recurrent | Onset):
        return []
    own = [option for option in op_options(_taken(op)) if option.own]
    more = RECURRENT if issubclass(op, Recurrent) else ()
    return [*more, *(_row(_taken(op), option) for option in own)]


def recurrent_words() -> list[str]:
    """The words that every recurrent layer takes, its own first."""
    own = [row[0].strip("`") for row in own_options(Recurrent) if row not in RECURRENT]
    return ["init", *own, *general_options(Recurrent)]


def general_options(op: type[Op]) -> list[str]:
    """The words a layer takes because it has weights."""
    return sorted(option.word for option in op_options(_taken(op)) if not option.own)


def all_general_options() -> list[OptionRow]:
    """What layers with weights take, whatever else they do."""
    bases: tuple[type[Op], ...] = (Kerneled, Biased)
    return sorted({_row(base, option) for base in bases for option in op_options(base)})


def _taken(op: type[Op]) -> type[Op]:
    """The op whose fields are what a spec writes; a cell's layer has those of all."""
    return RecurrentOptions if issubclass(op, Recurrent) else op


def _row(op: type[Op], option: Option) -> OptionRow:
    hint: object = get_type_hints(op, include_extras=True)[option.field]
    return f"`{option.word}`", _values(option, hint), _default(option)


def _values(option: Option, hint: object) -> str:
    if option.flag:
        return "the bare word"
    kinds = list(_choices(option))
    if option.numeric:
        kinds.insert(0, _number(hint))
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


def _number(hint: object) -> str:
    """`a whole number, at least 1`, `a number, at least 0 and below 1`."""
    parts = list(_parts(hint))
    name = "a whole number" if int in parts else "a number"
    limits = " and ".join(
        f"{word} {_readable(limit)}"
        for key, word in LIMITS.items()
        for limit in dict.fromkeys(getattr(part, key, None) for part in parts)
        if isinstance(limit, int | float) and limit != UNIT_LIMIT
    )
    return f"{name}, {limits}" if limits else name


def _parts(hint: object) -> Iterator[object]:
    """A hint, what it is made of, and the metadata of all of that."""
    yield hint
    yield from getattr(hint, "metadata", ())
    for part in (*get_args(hint), *getattr(hint, "__metadata__", ())):
        yield from _parts(part)


def _readable(limit: float) -> str:
    return f"{int(limit):,}" if limit == int(limit) else str(limit)


def _default(option: Option) -> str:
    if option.required:
        return "required"
    if option.flag:
        return "off"
    if option.default is None:
        return UNLESS_GIVEN.get(option.word, "none")
    return f"`{option.default}`"
