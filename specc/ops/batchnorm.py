"""`batchnorm`: normalise every feature by its mean and variance over the batch."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta
from msgspec.structs import replace

from specc.ir.amount import Amount
from specc.ir.op import Biased, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float


class Batchnorm(Biased):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, per feature.

    gamma, beta, moving_mean, moving_variance: [features]. Outside training, mean and
    variance are the moving ones. While training, and where the layer is not frozen,
    they are those of the batch over all rows and steps that count, the variance the
    biased one, and moving' = momentum * moving + (1 - momentum) * batch; a batch in
    which no step counts changes nothing.

    Mask: kept; masked steps do not count in the statistics of a batch.
    Source: Ioffe and Szegedy 2015.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> batchnorm }
    """

    uses_mask: ClassVar[bool] = True
    sight: ClassVar[Sight] = "number"

    momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.99
    epsilon: Annotated[float, Meta(gt=0, le=1)] = 1e-3

    def result(self, x: Type) -> Type:
        need_float(self.name(), x)
        fixed_features(self.name(), x)
        return x

    def multiply_adds(self, x: Type) -> Amount:
        """None: all of it is done element by element."""
        return Amount()

    def weights(self, x: Type) -> tuple[Weight, ...]:
        size = fixed_features(self.name(), x)
        shape, fans = (size,), (size, size)
        gamma = self.weight("gamma", shape, "scale", "ones", fans)
        mean = self.weight("moving_mean", shape, "mean", "zeros", fans)
        variance = self.weight("moving_variance", shape, "variance", "ones", fans)
        moving = [replace(w, trainable=False) for w in (mean, variance)]
        return (gamma, *self.bias_weights(size, "beta"), *moving)
