"""`conv(filters, kernel)`: convolution along time or over an image."""

from __future__ import annotations

import math
from typing import ClassVar

from specc.diagnostics.codes import NOT_DIVISIBLE
from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, IllTyped, Op, Sight
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features
from specc.ops._window import Padding, slide, window_mask, window_sight
from specc.ops.function import Activation


class Conv(Affine):
    """y_t = act(sum_k x_{s t + d k - p} W_k + b)
    over an image: y_ij = act(sum_kl x_{s i + d k - p, s j + d l - q} W_kl + b)

    W: [kernel, in / groups, filters], over an image [kernel, kernel, in / groups,
    filters]; b: [filters]; s is the stride, d the dilation, p the padding at the start:
    0 for `valid`, half of what is missing (rounded down) for `same`, all of it for
    `causal`; a number puts so many zeros on either side. `groups` splits features and
    filters: every part sees its own. A number for `kernel` is the window's size, a word
    the initialiser.

    Mask: masked steps are read as zeros. A step of the result of a `valid` convolution
    counts where its whole window does, zeros around the input left out.
    Example: (x: float[T, 2] ragged) -> y: float[T - 2, 4] { x -> conv(4, 3, relu) }
    """

    uses_mask: ClassVar[bool] = True
    spelling: ClassVar[dict[str, str]] = {"kernel_size": "kernel"}

    filters: Count
    kernel_size: Count
    activation: Activation = "linear"
    stride: Count = 1
    dilation: Count = 1
    padding: Padding = "valid"
    groups: Count = 1

    def result(self, x: Type) -> Type:
        steps = slide(
            self, x, self.kernel_size, self.stride, self.dilation, self.padding
        )
        channels = fixed_features(self.name(), x)
        for count, what in ((channels, "input channels"), (self.filters, "filters")):
            if count % self.groups:
                raise IllTyped(
                    NOT_DIVISIBLE,
                    f"{count} {what} cannot be split into {self.groups} groups",
                    label=f"this is `{x}`",
                    help="`groups` divides both the channels and the filters",
                )
        return x.with_axes(*steps, features(self.filters))

    def weights(self, x: Type) -> tuple[Weight, ...]:
        window = (self.kernel_size,) * (x.rank - 1)
        channels = fixed_features(self.name(), x) // self.groups
        shape = (*window, channels, self.filters)
        taps = math.prod(window)
        fans = (taps * channels, taps * self.filters)
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", fans)
        return (kernel, *self.bias_weights(self.filters))

    def multiply_adds(self, x: Type) -> Amount:
        """A window of taps * in / groups numbers for each number of the result."""
        taps = math.prod((self.kernel_size,) * (x.rank - 1))
        window = taps * fixed_features(self.name(), x) // self.groups
        return elements(self.result(x)) * window

    def mask(self, x: Type) -> Op | None:
        return window_mask(self.kernel_size, self.stride, self.dilation, self.padding)

    def sees(self, place: int, output: int) -> Sight:
        return window_sight(self.kernel_size, self.stride, self.padding)
