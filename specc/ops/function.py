"""`sigmoid`, `tanh`, `relu`, ...: functions of one number, element by element."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from specc.ir.op import Op, Sight
from specc.ir.types import Type
from specc.ops._sequence import need_float

Activation = Literal[
    "linear",
    "sigmoid",
    "tanh",
    "relu",
    "gelu",
    "gelu_tanh",
    "softplus",
    "softsign",
    "silu",
    "elu",
    "selu",
    "leaky_relu",
    "hard_sigmoid",
    "exp",
]
Elementwise = Literal[Activation, "log", "sqrt", "abs", "sin", "cos", "negative"]


class Function(Op):
    """y = f(x), element by element.

    linear x; sigmoid 1 / (1 + e^-x); relu max(x, 0); gelu x Phi(x), the exact form
    (Hendrycks and Gimpel 2016); gelu_tanh its tanh approximation; softplus log(1 +
    e^x); softsign x / (1 + |x|); silu x sigmoid(x); elu e^x - 1 below 0; selu
    (Klambauer et al. 2017); leaky_relu 0.2 x below 0; hard_sigmoid min(max(x / 6 + 1/2,
    0), 1); exp, log, sqrt, abs, sin and cos are what they are called. They stand in
    equations and arithmetic as well, as in `relu(h)`.

    Mask: kept.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> sigmoid }
    """

    sight: ClassVar[Sight] = "number"
    takes_unbatched: ClassVar[bool] = True

    internal: ClassVar[bool] = True

    function: Elementwise

    def result(self, x: Type) -> Type:
        need_float(self.function, x)
        return x

    def word(self) -> str:
        return self.function


FUNCTIONS: tuple[str, ...] = get_args(Elementwise)
"""Every function of one number, usable as a layer and in equations."""
