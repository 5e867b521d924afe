"""Functions of one number, by name, as the docstring of `Function` has them."""

from __future__ import annotations

import math
from collections.abc import Callable

from specc.ops.function import Elementwise
from specc.reference import elementwise as e
from specc.reference.tape import Value

LEAK = 0.2
SELU_SCALE = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


def apply_function(name: Elementwise, x: Value) -> Value:
    """The function of that name, element by element."""
    return FUNCTIONS[name](x)


def linear(x: Value) -> Value:
    """y = x."""
    return x


def gelu(x: Value) -> Value:
    """y = x Phi(x), Phi being the normal distribution's integral."""
    return x * (1 + e.erf(x / math.sqrt(2))) / 2


def gelu_tanh(x: Value) -> Value:
    """y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2."""
    return x * (1 + e.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))) / 2


def softsign(x: Value) -> Value:
    """y = x / (1 + |x|)."""
    return x / (1 + e.absolute(x))


def silu(x: Value) -> Value:
    """y = x sigmoid(x)."""
    return x * e.sigmoid(x)


def elu(x: Value) -> Value:
    """y = x above 0, else e^x - 1."""
    above = x.data.real > 0
    return e.where(above, x, e.expm1(e.where(above, 0.0, x)))


def selu(x: Value) -> Value:
    """y = scale x above 0, else scale alpha (e^x - 1)."""
    above = x.data.real > 0
    below = SELU_ALPHA * e.expm1(e.where(above, 0.0, x))
    return SELU_SCALE * e.where(above, x, below)


def leaky_relu(x: Value) -> Value:
    """y = x above 0, else 0.2 x."""
    return e.where(x.data.real > 0, x, LEAK * x)


def hard_sigmoid(x: Value) -> Value:
    """y = min(max(x / 6 + 1/2, 0), 1)."""
    return e.minimum(e.maximum(x / 6 + 0.5, 0.0), 1.0)


def negative(x: Value) -> Value:
    """y = -x."""
    return -x


FUNCTIONS: dict[Elementwise, Callable[[Value], Value]] = {
    "linear": linear,
    "sigmoid": e.sigmoid,
    "tanh": e.tanh,
    "relu": e.relu,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "softplus": e.softplus,
    "softsign": softsign,
    "silu": silu,
    "elu": elu,
    "selu": selu,
    "leaky_relu": leaky_relu,
    "hard_sigmoid": hard_sigmoid,
    "exp": e.exp,
    "log": e.log,
    "sqrt": e.sqrt,
    "abs": e.absolute,
    "sin": e.sin,
    "cos": e.cos,
    "negative": negative,
}
