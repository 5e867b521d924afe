"""`dense(units, activation)`: an affine map of the last axis."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import USELESS_SOFTMAX
from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, IllTyped, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float
from specc.ops.function import Activation


class Dense(Affine):
    """y = act(x W + b)

    x: [.., in], W: [in, units], b: [units], y: [.., units].

    Mask: kept; every step is mapped by itself.
    Example: (x: float[T, 3] ragged) -> y: float[T, 4] { x -> dense(4, relu) }
    """

    sight: ClassVar[Sight] = "step"

    units: Count
    activation: Literal[Activation, "softmax", "log_softmax"] = "linear"

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        fixed_features(self.name(), x)
        if self.units == 1 and self.activation in ("softmax", "log_softmax"):
            raise IllTyped(
                USELESS_SOFTMAX,
                f"`{self.activation}` over one unit is the same for every input",
                help="use `sigmoid` for one probability",
            )
        return x.with_last(self.units)

    def weights(self, x: Type) -> tuple[Weight, ...]:
        shape = (fixed_features(self.name(), x), self.units)
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", shape)
        return (kernel, *self.bias_weights(self.units))

    def multiply_adds(self, x: Type) -> Amount:
        """Each of the inputs into each of the units: [.., in] to [.., units]."""
        return elements(x) * self.units
