"""Options of a layer, drawn from what its op says they can be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from specc.fuzz.chance import Chance
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.lower.options import AXIS, Option, limits, op_options

RATES = (0.0, 0.1, 0.25, 0.5)
SHARES: Mapping[str, tuple[float, ...]] = {
    "epsilon": (1e-3, 0.01, 0.1),
    "momentum": (0.5, 0.9, 0.99),
    "base": (100.0, 10000.0),
    "stddev": (0.1, 1.0, 3.0),
    "l1": (0.01, 0.25),
    "l2": (0.01, 0.25),
    "r_min": (0.1, 0.5),
    "r_max": (0.75, 0.9),
    "max_phase": (1.0, 3.0),
    "length": (64,),
    "stop": (0, 1, 1, 2),
    "groups": (1, 2, 2, 3, 4),
}
"""Numbers for options of which few make sense together with the rest."""
STARTS = (
    *("uniform(-0.5, 0.25)", "normal(0.02)", "truncated_normal(0.5)", "constant(0.1)"),
    *("2 * uniform(0.5)", "exp(normal(0, 0.5))", "log(uniform(1, 9)) - 1"),
    *("he_normal(2 ** 0.5)", "max(normal(1), 0.1)", "tanh(3 * normal(1))"),
)
STAND_IN = "normal"
"""An initialiser for which the rules are those of any formula."""


class Given(Struct):
    """A layer with its options: the op, and how they are written."""

    op: Op
    arguments: tuple[str, ...]

    @property
    def text(self) -> str:
        """The layer as a step of a flow."""
        return call(self.op.name(), self.arguments)


def call(name: str, arguments: Sequence[str]) -> str:
    """A layer with its arguments, without brackets where there are none."""
    return f"{name}({', '.join(arguments)})" if arguments else name


def draw_layer(
    chance: Chance,
    op: type[Op],
    types: tuple[Type, ...],
    *,
    axes: bool = True,
    wanted: str | None = None,
) -> Given | None:
    """The layer on values of these types, or None if they do not fit together.

    `axes`: whether axes have names here. `wanted`: an option that is to be given.
    """
    share = chance.pick((0.0, 0.15, 0.3, 0.5))
    fields: dict[str, Any] = {}
    texts: list[str] = []
    options = op_options(op)
    for option in options:
        if not (option.required or option.field == wanted or chance.likely(share)):
            continue
        found = draw_value(chance, option, types)
        if found is None:
            continue
        value, text = found
        fields[option.field] = value
        texts.append(_written(chance, option, options, value, text, texts))
    may_go_along = axes and AXIS in op.__struct_fields__ and types and types[0].axes
    size = None
    if may_go_along and AXIS not in fields and chance.likely(0.4):
        size = types[0].axes[chance.randrange(types[0].rank)].size
        texts.append(str(size) if chance.likely(0.5) else f"axis = {size}")
    if fields.get("frozen"):
        texts = [text for text in texts if not text.startswith(("l1 =", "l2 ="))]
    texts.sort(key=lambda text: "=" in text)
    try:
        made = op(**fields)
        if size is not None:
            made = made.along(size, *types)
        made.result(*types)
        made.weights(*types)
    except IllTyped:
        return None
    return Given(made, tuple(texts))


def draw_value(
    chance: Chance, option: Option, types: tuple[Type, ...]
) -> tuple[Any, str] | None:
    """A value for an option, and how it is written."""
    if option.flag:
        return True, option.word
    if option.formula and chance.likely(0.5):
        return STAND_IN, chance.pick(STARTS)
    if option.many:
        many = _several(chance, types)
        return many, ", ".join(map(str, many))
    choices = option.choices
    if choices and not (option.numeric and chance.likely(0.5)):
        word = chance.pick(choices)
        return word, word
    if option.text:
        return "vectors.txt", '"vectors.txt"'
    if option.numeric:
        number = draw_number(chance, option, types)
        return number, str(number)
    return None


def draw_number(chance: Chance, option: Option, types: tuple[Type, ...]) -> int | float:
    """A number for an option: small, and often one that has to do with the types."""
    if option.field in SHARES:
        return chance.pick(SHARES[option.field])
    bounds = list(limits(option.type))
    if any(one.lt == 1 for one in bounds):
        return chance.pick(RATES)
    least = max((int(one.ge) for one in bounds if one.ge is not None), default=1)
    return max(least, chance.pick(list(_sizes(chance, types))))


def _sizes(chance: Chance, types: tuple[Type, ...]) -> Iterator[int]:
    yield from (0, 1, 2, 2, 3, chance.width())
    for type in types:
        for axis in type.axes:
            if axis.size.fixed:
                yield axis.size.fixed
                yield from _divisors(axis.size.fixed)


def _divisors(number: int) -> list[int]:
    return [n for n in range(1, number + 1) if number % n == 0]


def _several(chance: Chance, types: tuple[Type, ...]) -> tuple[int, ...]:
    """Numbers that multiply, or add up, to what the value has."""
    fixed = [axis.size.fixed or 1 for axis in types[0].axes] or [1]
    if chance.likely(0.5):
        left, parts = fixed[-1], []
        while left:
            parts.append(chance.randint(1, left))
            left -= parts[-1]
        if chance.likely(0.5):
            return (chance.pick(_divisors(fixed[-1])),)
        return tuple(parts)
    left, parts = math.prod(fixed), []
    while left > 1 and len(parts) < 3:
        parts.append(chance.pick(_divisors(left)))
        left //= parts[-1]
    return (*parts, left) if left > 1 or not parts else tuple(parts)


def _written(
    chance: Chance,
    option: Option,
    options: tuple[Option, ...],
    value: object,
    text: str,
    before: list[str],
) -> str:
    """The argument, sometimes without its word where that may be left out."""
    if option.flag or option.many:
        return text
    bare = option.own and chance.likely(0.7)
    if option.numeric and isinstance(value, int | float):
        place = options.index(option)
        first = options[:place]
        bare = bare and len(before) == place and all(o.numeric for o in first)
        bare = bare and not any("=" in one for one in before)
        return text if bare else f"{option.word} = {text}"
    taking = [one for one in options if text in one.choices]
    if option.choices and len(taking) == 1 and bare:
        return text
    return f"{option.word} = {text}"
