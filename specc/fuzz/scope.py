"""What a program under way has: its values, its lines, and what is declared beside."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from specc.fuzz.chance import Chance
from specc.fuzz.program import Block, Line, Named, Step
from specc.ir.size import Size
from specc.ir.types import Axis, Frozen, Type

MOST_INPUTS = 3
MOST_NUMBERS = 600
"""How many numbers a value has at most for one example, at a length of 8."""
LENGTH = 8
FEW = 3
"""Fewer features than that are 1 or -1 once they are normalised, and little else."""
LONGEST = 20


class Value(Frozen):
    """A value that later lines may read.

    `wild`: how often numbers were multiplied or raised on the way without anything
    that bounds them. More than once, little but rounding would be left.
    """

    name: str
    type: Type
    wild: int = 0


class Drawn(Frozen):
    """A step of a flow and what it makes: types, in order."""

    step: Step
    types: tuple[Type, ...]
    wild: int = 0


class Scope(Struct):
    """A body that is being drawn. In a block, no inputs can be added."""

    chance: Chance
    inputs: list[Named] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    prefix: str = ""
    inner: bool = False
    names: int = 0

    def fresh(self, stem: str) -> str:
        """A name that nothing has."""
        self.names += 1
        return f"{self.prefix}{stem}{self.names}"

    def add_input(self, type: Type) -> Value:
        value = Value(self.fresh("in"), type)
        self.inputs.append(Named(value.name, type))
        self.values.append(value)
        return value

    def add(
        self,
        source: str,
        reads: Sequence[str],
        steps: Sequence[Step],
        types: Sequence[Type],
        wild: int = 0,
    ) -> tuple[Value, ...]:
        """A line, whose results become values."""
        targets = tuple(self.fresh("v") for _ in types)
        self.lines.append(Line(targets, source, tuple(reads), tuple(steps)))
        self.used.update(reads)
        made = tuple(
            Value(name, type, wild) for name, type in zip(targets, types, strict=True)
        )
        self.values += made
        return made

    def bind(
        self,
        targets: Sequence[str],
        source: str,
        reads: Sequence[str],
        steps: Sequence[Step] = (),
    ) -> None:
        """A line whose results are tuples, or are made values by the caller."""
        self.lines.append(Line(tuple(targets), source, tuple(reads), tuple(steps)))
        self.used.update(reads)

    def declare(self, text: str, name: str, reads: Sequence[str] = ()) -> None:
        """A line that binds a layer or declares weights."""
        self.lines.append(Line((), text, tuple(reads)))
        self.used.update(reads)

    def recent(self) -> Value:
        """A value to go on from: likely one of the last that nothing reads yet."""
        free = [value for value in self.values if value.name not in self.used]
        if free and self.chance.likely(0.75):
            return free[-1] if self.chance.likely(0.6) else self.chance.pick(free)
        return self.chance.pick(self.values)

    def can_grow(self) -> bool:
        """Whether an input may be added."""
        return not self.inner and len(self.inputs) < MOST_INPUTS


def numbers(type: Type) -> int:
    """How many numbers a value has for one example, its open axes being short."""
    total = 1
    for axis in type.axes:
        total *= axis.size.at(dict.fromkeys(axis.size.names, LENGTH))
    return total


def small(type: Type) -> bool:
    """Whether a value is as small as one of a program of many must be."""
    at = [a.size.at(dict.fromkeys(a.size.names, LENGTH)) for a in type.axes]
    return numbers(type) <= MOST_NUMBERS and max(at, default=0) <= LONGEST


def draw_type(chance: Chance) -> Type:
    """The type of an input."""
    T = Size.named(chance.pick("TTTTS"))
    ragged = Axis(T, True)
    width = Axis(Size(chance.width()))
    fixed = Axis(Size(chance.pick((1, 2, 3, 4, 5, 7, 8))))
    other = Axis(Size.named("C"))
    bound = chance.pick((9, 10, 11, 13, 17))
    pad = chance.pick((0, 0, 1, bound - 1))
    kinds: list[tuple[int, Type]] = [
        (30, Type("float", (ragged, width))),
        (10, Type("float", (Axis(T), width))),
        (8, Type("float", (fixed, width))),
        (3, Type("float", (Axis(fixed.size, True), width))),
        (8, Type("float", (width,))),
        (2, Type("float", ())),
        (3, Type("float", (ragged,))),
        (1, Type("float", (Axis(T),))),
        (6, Type("float", (fixed, Axis(Size(chance.randint(1, 6))), width))),
        (3, Type("float", (ragged, fixed, width))),
        (2, Type("float", (ragged, other, width))),
        (1, Type("float", (Axis(T), other, width))),
        (10, Type("int", (ragged,), bound=bound, pad=pad)),
        (4, Type("int", (Axis(T),), bound=bound)),
        (2, Type("int", (ragged, Axis(other.size, True)), bound=bound, pad=pad)),
        (2, Type("int", (), bound=bound)),
        (2, Type("int", (fixed,), bound=bound)),
        (1, Type("int", (Axis(fixed.size, True),), bound=bound, pad=pad)),
    ]
    shares, types = zip(*kinds, strict=True)
    found: Type = chance.choices(types, shares)[0]
    return found
