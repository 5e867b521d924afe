"""The typed tree: what a `.seq` text says, before any name is resolved.

Plain frozen data. Chains (`a + b - c`, `a -> b -> c`) are flat tuples, never nested
to the left, so that nothing that walks a tree is deep where the text is merely long.
"""

from __future__ import annotations

from msgspec import Struct

from specc.text import Span


class Tree(Struct, frozen=True):
    """Anything with a place in the text."""

    span: Span


# Expressions


class Name(Tree, frozen=True):
    """`tokens`, `relu`, or a state after the step, `h'` (then `primed`)."""

    text: str
    primed: bool = False


class Number(Tree, frozen=True):
    """`64`, `0.5`, `1e-3`: an int where the text has neither point nor exponent."""

    value: int | float


class String(Tree, frozen=True):
    """`"vectors.txt"`, unescaped."""

    value: str


class Negative(Tree, frozen=True):
    """`-a`."""

    operand: Expression


class Arithmetic(Tree, frozen=True):
    """`a + b - c`: operators of one precedence, from left to right.

    Precedence, loosest first: `+ -`, then `* / // % @`. (`**` is Power.)
    """

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


class Power(Tree, frozen=True):
    """`a ** b`; binds tighter than a minus on its left, as in Python."""

    base: Expression
    exponent: Expression


class Argument(Tree, frozen=True):
    """One argument of a call: positional (no name) or `name = value`."""

    name: Name | None
    value: Expression


class Call(Tree, frozen=True):
    """`dense(64, relu)`, `residual { ... }`, `block(3) { ... }`.

    `bare` is true where the text has no parentheses (`residual { ... }`).
    """

    function: Name
    arguments: tuple[Argument, ...]
    body: Body | None = None
    bare: bool = False


class Tuple(Tree, frozen=True):
    """`(a, b)`: values or layers side by side. `(a)` alone is just `a`."""

    items: tuple[Expression, ...]


class List(Tree, frozen=True):
    """`[3, 4, 5]`."""

    items: tuple[Expression, ...]


class Labelled(Tree, frozen=True):
    """`dense(64) as logits`: one step of a flow with a label."""

    value: Expression
    label: Name


class Flow(Tree, frozen=True):
    """`a -> b -> c`, two steps or more."""

    steps: tuple[Expression, ...]


class For(Tree, frozen=True):
    """`for i in 8 { ... }`: the body in series; `range` is a count or a list."""

    variable: Name
    range: Expression
    body: Body


class Each(Tree, frozen=True):
    """`each k in [3, 4, 5] { ... }`: the body side by side."""

    variable: Name
    items: Expression
    body: Body


class Over(Tree, frozen=True):
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


class Let(Tree, frozen=True):
    """`let encode = embed(128) -> lstm(128)`."""

    name: Name
    value: Expression


class Assign(Tree, frozen=True):
    """`h = ...`, `a, b = ...`, `c' = ...`."""

    targets: tuple[Name, ...]
    value: Expression


class Result(Tree, frozen=True):
    """A line that is only values: `tokens -> dense(1)`, or `a, b`."""

    values: tuple[Expression, ...]


class Declared(Tree, frozen=True):
    """One entry of `state` or `param`: `h[units]`, `W_i`, `b_f = ones`."""

    name: Name
    axes: tuple[Expression, ...] | None
    default: Expression | None


class State(Tree, frozen=True):
    """`state h[units], c[units]`."""

    entries: tuple[Declared, ...]


class Param(Tree, frozen=True):
    """`param W_i, b_f = ones, c[units]`."""

    entries: tuple[Declared, ...]


Statement = Let | Assign | Result | State | Param


class Body(Tree, frozen=True):
    """`{ ... }`."""

    statements: tuple[Statement, ...]


# Types and declarations


class TypeText(Tree, frozen=True):
    """`int[T] < 8185 pad 0`, `float[T, 13] ragged`, `float`.

    `axes` are the expressions inside the brackets; () where there are none.
    """

    dtype: Name
    axes: tuple[Expression, ...]
    bound: Expression | None = None
    pad: Expression | None = None
    ragged: bool = False


class Input(Tree, frozen=True):
    """A model's input, or that of a block or cell (whose type may be left out)."""

    name: Name
    type: TypeText | None


class Output(Tree, frozen=True):
    """A model's output: `float[1]`, or with a name, `positive: float[1]`."""

    name: Name | None
    type: TypeText


class Parameter(Tree, frozen=True):
    """A parameter of a block or cell: `units: int`, `p: float = 0.1`, `act = tanh`.

    `kind` is None where only a default stands.
    """

    name: Name
    kind: TypeText | None
    default: Expression | None


class Import(Tree, frozen=True):
    """`import "blocks.seq"`."""

    path: String


class Const(Tree, frozen=True):
    """`const V = 8185`."""

    name: Name
    value: Expression


class Model(Tree, frozen=True):
    """`model name(inputs) -> outputs { ... }`."""

    name: Name
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    body: Body


class Block(Tree, frozen=True):
    """`block name(parameters) on (inputs) { ... }`; inputs is () without `on`."""

    name: Name
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    body: Body


class Cell(Tree, frozen=True):
    """`cell name(parameters) on (inputs) { ... }`; inputs is () without `on`."""

    name: Name
    parameters: tuple[Parameter, ...]
    inputs: tuple[Input, ...]
    body: Body


Declaration = Model | Block | Cell | Import | Const


class File(Tree, frozen=True):
    """A whole file."""

    declarations: tuple[Declaration, ...]
