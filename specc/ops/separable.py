"""`separable(filters, kernel)`: each feature convolved on its own, then all mixed."""

from __future__ import annotations

import math
from typing import ClassVar

from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, Op, Sight
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features
from specc.ops._window import Padding, slide, window_mask, window_sight
from specc.ops.function import Activation


class Separable(Affine):
    """u_{t, c m + n} = sum_k x_{s t + d k - p, c} D_kcn
    y_t = act(u_t P_0 + b)

    A `depthwise` convolution with D, then a `conv` of one step with P. D: [kernel, in,
    m], P: [1, in m, filters], b: [filters], m the multiplier; over an image D: [kernel,
    kernel, in, m], P: [1, 1, in m, filters]. Stride s, dilation d and padding are those
    of `conv`.

    Mask: as in `conv`: masked steps are read as zeros, and a step of a `valid` result
    counts where its whole window does.
    Source: Chollet 2017.
    Example: (x: float[T, 2] ragged) -> y: float[T, 4] { x -> separable(4, 3, same) }
    """

    uses_mask: ClassVar[bool] = True
    spelling: ClassVar[dict[str, str]] = {"kernel_size": "kernel"}

    filters: Count
    kernel_size: Count
    activation: Activation = "linear"
    multiplier: Count = 1
    stride: Count = 1
    dilation: Count = 1
    padding: Padding = "valid"

    def result(self, x: Type) -> Type:
        fixed_features(self.name(), x)
        steps = slide(
            self, x, self.kernel_size, self.stride, self.dilation, self.padding
        )
        return x.with_axes(*steps, features(self.filters))

    def weights(self, x: Type) -> tuple[Weight, ...]:
        channels = fixed_features(self.name(), x)
        window = (self.kernel_size,) * (x.rank - 1)
        taps, between = math.prod(window), channels * self.multiplier
        deep = self.weight(
            "D",
            (*window, channels, self.multiplier),
            "kernel",
            "glorot_uniform",
            (taps, taps * self.multiplier),
        )
        point = self.weight(
            "P",
            (*(1 for _ in window), between, self.filters),
            "kernel",
            "glorot_uniform",
            (between, self.filters),
        )
        return (deep, point, *self.bias_weights(self.filters))

    def multiply_adds(self, x: Type) -> Amount:
        """The depthwise windows, then the features of every step once more."""
        result = self.result(x)
        between = fixed_features(self.name(), x) * self.multiplier
        deep = elements(result.with_last(between))
        taps = math.prod((self.kernel_size,) * (x.rank - 1))
        return deep * taps + elements(result) * between

    def inner(self, x: Type) -> Amount:
        """What the depthwise convolution gives."""
        between = fixed_features(self.name(), x) * self.multiplier
        return elements(self.result(x).with_last(between))

    def mask(self, x: Type) -> Op | None:
        return window_mask(self.kernel_size, self.stride, self.dilation, self.padding)

    def sees(self, place: int, output: int) -> Sight:
        return window_sight(self.kernel_size, self.stride, self.padding)
