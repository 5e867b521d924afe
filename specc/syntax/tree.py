"""The typed tree: what a `.seq` text says, before any name is resolved.

Plain frozen data. Chains (`a + b - c`, `a -> b -> c`) are flat tuples, never nested
to the left, so that nothing that walks a tree is deep where the text is merely long.
"""

from __future__ import annotations

from dataclasses import dataclass

from specc.text import Span


@dataclass(frozen=True, slots=True)
class Tree:
    """Anything with a place in the text."""

    span: Span


# Expressions


@dataclass(frozen=True, slots=True)
class Name(Tree):
    """`tokens`, `relu`, or a state after the step, `h'` (then `primed`)."""

    text: str
    primed: bool = False


@dataclass(frozen=True, slots=True)
class Number(Tree):
    """`64`, `0.5`, `1e-3`: an int where the text has neither point nor exponent."""

    value: int | float


@dataclass(frozen=True, slots=True)
class String(Tree):
    """`"vectors.txt"`, unescaped."""

    value: str


@dataclass(frozen=True, slots=True)
class Negative(Tree):
    """`-a`."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(Tree):
    """`a + b - c`: operators of one precedence, from left to right.

    Precedence, loosest first: `+ -`, then `* / // % @`. (`**` is Power.)
    """

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Power(Tree):
    """`a ** b`; binds tighter than a minus on its left, as in Python."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True, slots=True)
class Argument(Tree):
    """One argument of a call: positional (no name) or `name = value`."""

    name: Name | None
    value: Expression


@dataclass(frozen=True, slots=True)
class Call(Tree):
    """`dense(64, relu)`, `residual { ... }`, `block(3) { ... }`.

    `bare` is true where the text has no parentheses (`residual { ... }`).
    """

    function: Name
    arguments: tuple[Argument, ...]
    body: Body | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Tuple(Tree):
    """`(a, b)`: values or layers side by side. `(a)` alone is just `a`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class List(Tree):
    """`[3, 4, 5]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Labelled(Tree):
    """`dense(64) as logits`: one step of a flow with a label."""

    value: Expression
    label: Name


@dataclass(frozen=True, slots=True)
class Flow(Tree):
    """`a -> b -> c`, two steps or more."""

    steps: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class For(Tree):
    """`for i in 8 { ... }`: the body in series; `range` is a count or a list."""

    variable: Name
    range: Expression
    body: Body


@dataclass(frozen=True, slots=True)
class Each(Tree):
    """`each k in [3, 4, 5] { ... }`: the body side by side."""

    variable: Name
    items: Expression
    body: Body


@dataclass(frozen=True, slots=True)
class Over(Tree):
    """`over T { ... }`: the body at every step of an axis."""

    axis: Name
    body: Body


Expression = (
    Name
    | Number
    | String
    | Negative
    | Arithmetic
    | Power
    | Call
    | Tuple
    | List
    | Labelled
    | Flow
    | For
    | Each
    | Over
)


# Statements


@dataclass(frozen=True, slots=True)
class Let(Tree):
    """`let encode = embed(128) -> lstm(128)`."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Assign(Tree):
    """`h = ...`, `a, b = ...`, `c' = ...`."""

    targets: tuple[Name, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class Result(Tree):
    """A line that is only values: `tokens -> dense(1)`, or `a, b`."""

    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Declared(Tree):
    """One entry of `state` or `param`: `h[units]`, `W_i`, `b_f = ones`."""

    name: Name
    axes: tuple[Expression, ...] | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class State(Tree):
    """`state h[units], c[units]`."""

    entries: tuple[Declared, ...]


@dataclass(frozen=True, slots=True)
class Param(Tree):
    """`param W_i, b_f = ones, c[units]`."""

    entries: tuple[Declared, ...]


Statement = Let | Assign | Result | State | Param


@dataclass(frozen=True, slots=True)
class Body(Tree):
    """`{ ... }`."""

    statements: tuple[Statement, ...]


# Types and declarations


@dataclass(frozen=True, slots=True)
class TypeText(Tree):
    """`int[T] < 8185 pad 0`, `float[T, 13] ragged`, `float`.

    `axes` are the expressions inside the brackets; () where there are none.
    """

    dtype: Name
    axes: tuple[Expression, ...]
    bound: Expression | None = None
    pad: Expression | None = None
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Input(Tree):
    """A model's input, or that of a block or cell (whose type may be left out)."""

    name: Name
    type: TypeText | None


@dataclass(frozen=True, slots=True)
class Output(Tree):
    """A model's output: `float[1]`, or with a name, `positive: float[1]`."""

    name: Name | None
    type: TypeText


@dataclass(frozen=True, slots=True)
class Parameter(Tree):
    """A parameter of a block or cell: `units: int`, `p: float = 0.1`, `act = tanh`.

    `kind` is None where only a default stands.
    """

    name: Name
    kind: TypeText | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Import(Tree):
    """`import "blocks.seq"`."""

    path: String


@dataclass(frozen=True, slots=True)
class Const(Tree):
    """`const V = 8185`."""

    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Model(Tree):
    """`model name(inputs) -> outputs { ... }`."""

    name: Name
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Block(Tree):
    """`block name(parameters) on (inputs) { ... }`; inputs is () without `on`."""

    name: Name
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Cell(Tree):
    """`cell name(parameters) on (inputs) { ... }`; inputs is () without `on`."""

    name: Name
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    body: Body


Declaration = Model | Block | Cell | Import | Const


@dataclass(frozen=True, slots=True)
class File(Tree):
    """A whole file."""

    declarations: tuple[Declaration, ...]
