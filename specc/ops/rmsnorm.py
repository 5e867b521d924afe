"""`rmsnorm`: the features of every step brought to one size."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from specc.ir.amount import Amount
from specc.ir.op import Sight, Weighted
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float


class Rmsnorm(Weighted):
    """y = gamma x / sqrt(mean_i x_i^2 + epsilon), over the last axis.

    gamma: [features].

    Mask: kept; every step is normalised by itself.
    Source: Zhang and Sennrich 2019.
    Example: (x: float[T, 4] ragged) -> y: float[T, 4] { x -> rmsnorm }
    """

    sight: ClassVar[Sight] = "step"

    epsilon: Annotated[float, Meta(gt=0, le=1)] = 1e-6

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        fixed_features(self.name(), x)
        return x

    def weights(self, x: Type) -> tuple[Weight, ...]:
        size = fixed_features(self.name(), x)
        return (self.weight("gamma", (size,), "scale", "ones", (size, size)),)

    def multiply_adds(self, x: Type) -> Amount:
        """None: all of it is done element by element."""
        return Amount()
