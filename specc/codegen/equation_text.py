"""A cell's equations as text, the way a spec writes them, for docstrings."""

from __future__ import annotations

from textwrap import wrap

from specc.ir.graph import Cell, Node
from specc.ops.arithmetic import Arithmetic
from specc.ops.dense import Dense
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.state import State

# Nobody reads more of one equation; what is longer ends in dots.
LONGEST = 1500
GIVEN = (Input, State, Parameter, Number, Section)
"""What has a name without an equation."""
# How tightly an operator binds; a name or a call binds tightest.
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "negative": 3, "**": 4}
TIGHT = 5


def equation_lines(cell: Cell, width: int) -> tuple[str, ...]:
    """One equation after the other, wrapped to a width: `c' = f * c + i * g`.

    The last line is the output alone where that is no state and has no name.
    """
    lines: list[str] = []
    texts: list[tuple[str, int]] = []
    for node in cell.nodes:
        text, bound = _text(node, [texts[ref.node] for ref in node.inputs])
        name = node.local
        if name and not isinstance(node.op, GIVEN):
            lines += _wrapped(f"{name} = {text}", width)
            text, bound = name, TIGHT
        texts.append((text, bound))
    if not cell.nodes[cell.output.node].local:
        lines += _wrapped(texts[cell.output.node][0], width)
    return tuple(lines)


def _text(node: Node, inputs: list[tuple[str, int]]) -> tuple[str, int]:
    """The text of a node's value, and how tightly its operator binds."""
    match node.op:
        case Input() | State() | Parameter() | Section():
            return node.name, TIGHT
        case Number(value=value):
            return number_text(value), TIGHT if value >= 0 else BINDING["negative"]
        case Function(function="linear"):
            return inputs[0]
        case Kept(state=state):
            return _binary("*", inputs[0], (f"keep_{state}", TIGHT))
        case Function(function="negative"):
            own = BINDING["negative"]
            return _short("-" + _operand(inputs[0], own)), own
        case Arithmetic(operator="min" | "max" as name):
            return _call(name, inputs)
        case Arithmetic(operator=operator):
            return _binary(operator, *inputs)
        case Product():
            return _binary("@", *inputs)
        case Function(function=name):
            return _call(name, inputs)
        case Dense(activation=name) if name != "linear":
            return _call(name, [_call(node.name or node.op.name(), inputs)])
    return _call(node.name if node.weights else node.op.name(), inputs)


def number_text(value: float) -> str:
    """A number without a needless fraction: `1`, `0.5`."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _binary(
    operator: str, left: tuple[str, int], right: tuple[str, int]
) -> tuple[str, int]:
    own = BINDING[operator]
    power = operator == "**"
    a, b = _operand(left, own + power), _operand(right, own + (not power))
    return _short(f"{a} {operator} {b}"), own


def _call(name: str, inputs: list[tuple[str, int]]) -> tuple[str, int]:
    return _short(f"{name}({', '.join(text for text, _ in inputs)})"), TIGHT


def _operand(value: tuple[str, int], least: int) -> str:
    text, bound = value
    return f"({text})" if bound < least else text


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip(". ") + " ..."


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(
        text,
        width,
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
