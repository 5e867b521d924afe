"""Primitives that act element by element.

Where a derivative does not exist: relu and abs have 0 at 0; `maximum` and `minimum`
share the gradient of a tie equally. In complex128, comparisons look at the real part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from specc.reference.tape import Flags, Floats, Operand, Value, made, operand

SLACK = 1
"""By how many units in the last place a function of a math library is often off."""
_slack: ContextVar[np.random.Generator | None] = ContextVar("slack", default=None)


@contextmanager
def library_rounding(generator: np.random.Generator) -> Iterator[None]:
    """Inside, float32 results of exp, tanh and the like are off at random.

    NumPy rounds them to half a unit in the last place. Libraries that trade that for
    speed, as those of frameworks do, are often off by one: float32 must lose more
    than NumPy loses.
    """
    token = _slack.set(generator)
    yield
    _slack.reset(token)


def _rounded(y: Floats) -> Floats:
    generator = _slack.get()
    if generator is None or y.dtype != np.float32:
        return y
    units = generator.integers(-SLACK, SLACK + 1, y.shape).astype(np.float32)
    return y + y * units * np.float32(2**-23)


def exp(x: Value) -> Value:
    """e^x."""
    y = _rounded(np.exp(x.data))
    return made(y, (x, lambda g: g * y))


def expm1(x: Value) -> Value:
    """e^x - 1, exact near 0."""
    return made(_rounded(np.expm1(x.data)), (x, lambda g: g * np.exp(x.data)))


def log(x: Value) -> Value:
    """The natural logarithm."""
    return made(_rounded(np.log(x.data)), (x, lambda g: g / x.data))


def sqrt(x: Value) -> Value:
    """The square root."""
    y = np.sqrt(x.data)
    return made(y, (x, lambda g: g / (2 * y)))


def absolute(x: Value) -> Value:
    """|x|."""
    sign = np.sign(x.data.real).astype(x.dtype)
    return made(x.data * sign, (x, lambda g: g * sign))


def sin(x: Value) -> Value:
    """The sine."""
    return made(_rounded(np.sin(x.data)), (x, lambda g: g * np.cos(x.data)))


def cos(x: Value) -> Value:
    """The cosine."""
    return made(_rounded(np.cos(x.data)), (x, lambda g: -g * np.sin(x.data)))


def tanh(x: Value) -> Value:
    """The hyperbolic tangent."""
    y = _rounded(np.tanh(x.data))
    return made(y, (x, lambda g: g * (1 - y * y)))


def sigmoid(x: Value) -> Value:
    """1 / (1 + e^-x), in a form that never overflows."""
    y = _rounded(_sigmoid(x.data))
    return made(y, (x, lambda g: g * y * (1 - y)))


def _sigmoid(x: Floats) -> Floats:
    small = np.exp(_minus_absolute(x))
    return np.where(x.real >= 0, 1 / (1 + small), small / (1 + small))


def softplus(x: Value) -> Value:
    """log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)."""
    above = np.where(x.data.real > 0, x.data, np.zeros_like(x.data))
    y = _rounded(above + np.log1p(np.exp(_minus_absolute(x.data))))
    return made(y, (x, lambda g: g * _sigmoid(x.data)))


def _minus_absolute(x: Floats) -> Floats:
    return np.where(x.real >= 0, -x, x)


def erf(x: Value) -> Value:
    """2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x."""
    return made(_rounded(_erf(x.data)), (x, lambda g: g * _erf_slope(x.data)))


def _erf(x: Floats) -> Floats:
    real = np.asarray(np.frompyfunc(math.erf, 1, 1)(x.real)).astype(x.dtype)
    if not np.iscomplexobj(x):
        return real
    # To first order in the imaginary part, which is all that complex-step uses.
    return real + 1j * x.imag * _erf_slope(x.real)


def _erf_slope(x: Floats) -> Floats:
    slope: Floats = 2 / math.sqrt(math.pi) * np.exp(-x * x)
    return slope


def where(flags: Flags, a: Operand, b: Operand) -> Value:
    """`a` where the flag is set, else `b`; one of the two must be a value."""
    typed = a if isinstance(a, Value) else b
    assert isinstance(typed, Value), "one side says the dtype"
    a, b = operand(a, typed.dtype), operand(b, typed.dtype)
    return made(
        np.where(flags, a.data, b.data),
        (a, lambda g: np.where(flags, g, np.zeros_like(g))),
        (b, lambda g: np.where(flags, np.zeros_like(g), g)),
    )


def relu(x: Value) -> Value:
    """max(x, 0), with slope 0 at 0."""
    return where(x.data.real > 0, x, 0.0)


def maximum(a: Value, b: Operand) -> Value:
    """The larger of the two."""
    b = operand(b, a.dtype)
    return _chosen(a, b, a.data.real - b.data.real)


def minimum(a: Value, b: Operand) -> Value:
    """The smaller of the two."""
    b = operand(b, a.dtype)
    return _chosen(a, b, b.data.real - a.data.real)


def _chosen(a: Value, b: Value, lead: Floats) -> Value:
    """`a` where it leads, `b` where it trails."""
    share = np.heaviside(lead, 0.5).astype(a.dtype)
    return made(
        np.where(lead >= 0, a.data, b.data),
        (a, lambda g: g * share),
        (b, lambda g: g * (1 - share)),
    )
