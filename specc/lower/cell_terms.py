"""The equations of a cell as flat terms whose sizes are solved by unification.

Shapes of weights follow from use: in `W_i @ x + b_i` the width of `x` is known, the
rows of `W_i` are as many as `b_i` has numbers, and both as many as whatever they are
added to. Sizes are classes of a union-find; a clash is reported where it arises.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from specc.diagnostics import Sink
from specc.diagnostics.codes import CELL_SIZE_MISMATCH
from specc.ir.op import Op
from specc.ir.types import Axis
from specc.ir.weights import Role
from specc.text import Span

Kind = Literal[
    "input",
    "state",
    "param",
    "outside",
    "mask",
    "part",
    "number",
    "function",
    "arithmetic",
    "product",
    "op",
    "layer",
]

WIDTH_HELP = "a weight in between, as in `W @ x`, changes the width"
RANK_HELP = "`*` goes number by number; `W @ x`, the weight first, gives a vector"

AXES_HELP = "a value of fewer axes meets the last axes of the other"


class AppliedLayer(Struct, frozen=True):
    """A layer inside a cell; `path` names its weights."""

    op: Op
    path: str


class Term(Struct):
    """One step of an equation. `sizes` is None while a weight's rank is unknown.

    `recurrent`: it depends on a state. `role`: what a weight is for, by its uses.
    `layer`: what is applied, with its path. `mask`: the term of a ragged value's mask.
    `varies`: it depends on more than weights.
    """

    kind: Kind
    detail: str
    operands: tuple[int, ...]
    sizes: tuple[int, ...] | None
    span: Span
    value: float = 0.0
    name: str = ""
    recurrent: bool = False
    role: Role | None = None
    layer: AppliedLayer | None = None
    mask: int | None = None
    varies: bool = False


class Sizes(Struct):
    """Classes of equal sizes.

    A size is given where a state, a weight's brackets or the input say it; its number
    may still be unknown while a cell is checked for no use in particular.
    """

    parents: list[int] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)
    marks: list[bool] = field(default_factory=list)
    opens: dict[int, Axis] = field(default_factory=dict)
    """Axes of values from outside that have no fixed length; equations refuse them."""

    def new(self, number: int | None = None, *, given: bool = False) -> int:
        self.parents.append(len(self.parents))
        self.numbers.append(number)
        self.marks.append(given or number is not None)
        return len(self.parents) - 1

    def of_axis(self, axis: Axis) -> int:
        """A size for an axis of a value from outside."""
        if axis.size.fixed is not None and not axis.ragged:
            return self.new(axis.size.fixed)
        made = self.new(given=True)
        self.opens[made] = axis
        return made

    def find(self, size: int) -> int:
        while self.parents[size] != size:
            self.parents[size] = self.parents[self.parents[size]]
            size = self.parents[size]
        return size

    def number(self, size: int) -> int | None:
        return self.numbers[self.find(size)]

    def given(self, size: int) -> bool:
        return self.marks[self.find(size)]

    def unify(self, a: int, b: int) -> bool:
        """Make two sizes one; False where their numbers differ."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        known = (self.numbers[a], self.numbers[b])
        if None not in known and known[0] != known[1]:
            return False
        self.parents[b] = a
        self.numbers[a] = known[0] if known[0] is not None else known[1]
        self.marks[a] = self.marks[a] or self.marks[b]
        return True


class Terms:
    """The terms of one cell so far."""

    def __init__(self, cell: str, sink: Sink) -> None:
        self.cell, self.sink = cell, sink
        self.sizes = Sizes()
        self.all: list[Term] = []

    def inside(self, cell: str, sink: Sink) -> Terms:
        """The same terms, for a cell that is advanced inside this one."""
        inner = Terms(cell, sink)
        inner.sizes, inner.all = self.sizes, self.all
        return inner

    def __getitem__(self, number: int) -> Term:
        return self.all[number]

    def add(self, term: Term) -> int:
        leaf = term.kind in ("input", "state", "outside", "mask")
        term.varies = leaf or any(self.all[n].varies for n in term.operands)
        self.all.append(term)
        return len(self.all) - 1

    def axes(self, number: int) -> tuple[int, ...]:
        """The sizes of a term; a weight of unknown rank becomes a vector."""
        term = self.all[number]
        if term.sizes is None:
            term.sizes = (self.sizes.new(),)
        return term.sizes

    def used_as(self, number: int, role: Role) -> None:
        """Note what a weight is for; one that is only ever added is a bias."""
        term = self.all[number]
        if term.kind == "param" and term.role in (None, "bias"):
            term.role = role

    def same(self, a: int, b: int, span: Span) -> bool:
        """Make two terms one shape; where they cannot be, that is reported."""
        left, right = self.describe(a), self.describe(b)
        if self.unify(self.axes(a), self.axes(b)):
            return True
        alike = len(self.axes(a)) == len(self.axes(b))
        message = f"{left} meets {right} in the cell `{self.cell}`"
        self.clash(span, message, WIDTH_HELP if alike else RANK_HELP)
        return False

    def unify(self, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
        return len(left) == len(right) and all(
            self.sizes.unify(a, b) for a, b in zip(left, right, strict=True)
        )

    def is_open(self, number: int) -> bool:
        """Whether a term has an axis without a fixed length."""
        return any(size in self.sizes.opens for size in self.all[number].sizes or ())

    def clash(self, span: Span, message: str, help: str) -> None:
        """Report shapes that do not fit."""
        self.sink.report(CELL_SIZE_MISMATCH, span, message, help=help)

    def describe(self, number: int) -> str:
        """`a single number`, `a vector of 8`, `a matrix of 8 x 4`."""
        return (
            "a sequence"
            if self.is_open(number)
            else self.describe_sizes(self.axes(number))
        )

    def describe_sizes(self, axes: tuple[int, ...]) -> str:
        """The same of what has these sizes."""
        if not axes:
            return "a single number"
        what = {1: "a vector", 2: "a matrix"}.get(len(axes), f"{len(axes)} axes")
        numbers = [self.sizes.number(size) for size in axes]
        if None in numbers:
            return what
        return f"{what} of {' x '.join(f'{number:,}' for number in numbers)}"
