"""The derivatives of element-wise operations, as operations.

Where there is none they are as everywhere in specc: relu and abs have slope 0 at 0, and
of two equal numbers `min` and `max` take half of each (docs/numerics.md).
"""

from __future__ import annotations

import math

from specc.ir.graph import Node
from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.ops.number import Number
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.ops import Below, Contraction, Where

SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717
LEAK = 0.2


def arithmetic_slopes(growing: Growing, node: Node, y: int, d: int) -> tuple[int, int]:
    """What `y = a op b` passes on to a and to b of the gradient d of y."""
    assert isinstance(node.op, Arithmetic)
    a, b = (ref.node for ref in node.inputs)
    do = growing.arithmetic
    match node.op.operator:
        case "+":
            return d, d
        case "-":
            return d, growing.function("negative", d)
        case "*":
            return do("*", d, b), do("*", d, a)
        case "/":
            part = do("/", d, b)
            return part, growing.function("negative", do("*", part, y))
        case "**":
            return _power(growing, (a, b), y, d)
        case "max":
            return _share(growing, do("-", a, b), d)
        case "min":
            return _share(growing, do("-", b, a), d)


def _power(growing: Growing, sides: tuple[int, int], y: int, d: int) -> tuple[int, int]:
    a, b = sides
    do, op = growing.arithmetic, growing.nodes[b].op
    if isinstance(op, Number):
        rest = a if op.value == 2 else do("**", a, growing.number(op.value - 1))
        return do("*", d, do("*", b, rest)), d  # a number takes no gradient
    less = do("-", b, growing.number(1.0))
    base = do("*", d, do("*", b, do("**", a, less)))
    return base, do("*", d, do("*", y, growing.function("log", a)))


def _share(growing: Growing, lead: int, d: int) -> tuple[int, int]:
    """All of it for whoever leads, half each where nobody does."""
    zero = growing.number(0.0)
    half = growing.arithmetic("/", d, growing.number(2.0))
    behind = growing.function("negative", lead)
    first = growing.add(Where(), lead, d, growing.add(Where(), behind, zero, half))
    second = growing.add(Where(), behind, d, growing.add(Where(), lead, zero, half))
    return first, second


def function_slope(growing: Growing, node: Node, y: int, d: int) -> int:
    """What `y = f(x)` passes on to x of the gradient d of y."""
    assert isinstance(node.op, Function)
    x = node.inputs[0].node
    do, number = growing.arithmetic, growing.number
    zero, one = number(0.0), number(1.0)

    def where(above: int, a: int, b: int) -> int:
        return growing.add(Where(), above, a, b)

    match node.op.function:
        case "linear":
            return d
        case "negative":
            return growing.function("negative", d)
        case "sigmoid":
            return do("*", d, do("*", y, do("-", one, y)))
        case "tanh":
            return do("*", d, do("-", one, do("*", y, y)))
        case "relu":
            return where(x, d, zero)
        case "leaky_relu":
            return where(x, d, do("*", number(LEAK), d))
        case "elu":
            return where(x, d, do("*", d, growing.function("exp", x)))
        case "selu":
            scale = number(SELU_SCALE * SELU_ALPHA)
            below = do("*", scale, growing.function("exp", x))
            return where(x, do("*", number(SELU_SCALE), d), do("*", d, below))
        case "softplus":
            return do("*", d, growing.function("sigmoid", x))
        case "softsign":
            size = do("+", one, growing.function("abs", x))
            return do("/", d, do("*", size, size))
        case "silu":
            gate = growing.function("sigmoid", x)
            slope = do("+", gate, do("*", y, do("-", one, gate)))
            return do("*", d, slope)
        case "hard_sigmoid":
            sixth = do("/", d, number(6.0))
            return where(y, where(do("-", one, y), sixth, zero), zero)
        case "gelu":
            return _gelu(growing, x, d)
        case "gelu_tanh":
            return _gelu_tanh(growing, x, d)
        case "exp":
            return do("*", d, y)
        case "log":
            return do("/", d, x)
        case "sqrt":
            return do("/", d, do("*", number(2.0), y))
        case "abs":
            minus = growing.function("negative", d)
            return where(x, d, where(growing.function("negative", x), minus, zero))
        case "sin":
            return do("*", d, growing.function("cos", x))
        case "cos":
            return growing.function("negative", do("*", d, growing.function("sin", x)))


def softmax_slope(growing: Growing, y: int, d: int) -> int:
    """y (d - sum_j d_j y_j)."""
    mean = growing.add(Contraction("i,i->"), d, y)
    return growing.arithmetic("*", y, growing.arithmetic("-", d, mean))


def _gelu(growing: Growing, x: int, d: int) -> int:
    """Phi(x) + x phi(x), with the normal distribution Phi and its density phi."""
    do, number = growing.arithmetic, growing.number
    falling = growing.function("exp", do("/", do("*", x, x), number(-2.0)))
    density = do("*", falling, number(1 / math.sqrt(2 * math.pi)))
    return do("*", d, do("+", growing.add(Below(), x), do("*", x, density)))


def _gelu_tanh(growing: Growing, x: int, d: int) -> int:
    """t = tanh(s (x + c x^3)): (1 + t) / 2 + x (1 - t^2) s (1 + 3 c x^2) / 2."""
    do, number = growing.arithmetic, growing.number
    scale, cube, one = math.sqrt(2 / math.pi), 0.044715, number(1.0)
    square = do("*", x, x)
    grown = do("+", one, do("*", number(cube), square))
    t = growing.function("tanh", do("*", number(scale), do("*", x, grown)))
    inner = do("+", one, do("*", number(3 * cube), square))
    bend = do(
        "*", do("*", number(scale), x), do("*", inner, do("-", one, do("*", t, t)))
    )
    slope = do("/", do("+", do("+", one, t), bend), number(2.0))
    return do("*", d, slope)
