"""`layernorm`: normalise the features of every step."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from specc.ir.amount import Amount
from specc.ir.op import Biased, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float


class Layernorm(Biased):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the last axis.

    gamma, beta: [features]; the variance is the biased one. `bias = none` leaves beta
    out.

    Mask: kept; every step is normalised by itself.
    Source: Ba et al. 2016.
    Example: (x: float[T, 4] ragged) -> y: float[T, 4] { x -> layernorm }
    """

    sight: ClassVar[Sight] = "step"

    epsilon: Annotated[float, Meta(gt=0, le=1)] = 1e-5

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        fixed_features(self.name(), x)
        return x

    def weights(self, x: Type) -> tuple[Weight, ...]:
        size = fixed_features(self.name(), x)
        gamma = self.weight("gamma", (size,), "scale", "ones", (size, size))
        return (gamma, *self.bias_weights(size, "beta"))

    def multiply_adds(self, x: Type) -> Amount:
        """None: all of it is done element by element."""
        return Amount()
