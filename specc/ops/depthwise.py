"""`depthwise(kernel)`: every feature convolved on its own."""

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


class Depthwise(Affine):
    """y_{t, c m + n} = act(sum_k x_{s t + d k - p, c} W_kcn + b_{c m + n})

    W: [kernel, in, m], over an image [kernel, kernel, in, m]; b: [in m]; m is the
    multiplier. Stride s, dilation d and padding are those of `conv`.

    Mask: as in `conv`: masked steps are read as zeros, and a step of a `valid` result
    counts where its whole window does.
    Example: (x: float[T, 2] ragged) -> y: float[T, 2] { x -> depthwise(3, same) }
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

    def sees(self, place: int, output: int) -> Sight:
        return window_sight(self.kernel_size, self.stride, self.padding)
