"""`layernorm`: normalise the features of every step."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from specc.ir.amount import Amount
from specc.ir.op import Biased
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float


class Layernorm(Biased):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the last axis.

    gamma, beta: [features]; the variance is the biased one. Source: Ba et al. 2016.
    """

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
