"""`depthwise(kernel)`: every feature convolved on its own."""

from __future__ import annotations

import math
from typing import ClassVar

from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, Op
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features
from specc.ops._window import Padding, slide, window_mask
from specc.ops.function import Activation


class Depthwise(Affine):
    """Convolution of each feature alone, which gives `multiplier` features.

    y_{t, c m + n} = act(sum_k x_{s t + d k - p, c} W_kcn + b_{c m + n}), with
    W: [kernel, in, m], b: [in m], and [kernel, kernel, in, m] over an image. Stride s,
    dilation d, padding and masks are those of `conv`.
    """

    uses_mask: ClassVar[bool] = True
    spelling: ClassVar[dict[str, str]] = {"kernel_size": "kernel"}

    kernel_size: Count
    multiplier: Count = 1
    activation: Activation = "linear"
    stride: Count = 1
    dilation: Count = 1
    padding: Padding = "valid"

    def result(self, x: Type) -> Type:
        steps = slide(
            self, x, self.kernel_size, self.stride, self.dilation, self.padding
        )
        made = fixed_features(self.name(), x) * self.multiplier
        return x.with_axes(*steps, features(made))

    def weights(self, x: Type) -> tuple[Weight, ...]:
        channels = fixed_features(self.name(), x)
        window = (self.kernel_size,) * (x.rank - 1)
        taps = math.prod(window)
        shape = (*window, channels, self.multiplier)
        fans = (taps, taps * self.multiplier)
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", fans)
        return (kernel, *self.bias_weights(channels * self.multiplier))

    def multiply_adds(self, x: Type) -> Amount:
        """A window of one channel for each number of the result."""
        return elements(self.result(x)) * math.prod((self.kernel_size,) * (x.rank - 1))

    def mask(self, x: Type) -> Op | None:
        return window_mask(self.kernel_size, self.stride, self.dilation, self.padding)
