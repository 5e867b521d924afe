"""`conv(filters, kernel)`: convolution along time."""

from __future__ import annotations

from typing import ClassVar

from specc.diagnostics.codes import NOT_DIVISIBLE
from specc.ir.amount import Amount, elements
from specc.ir.op import Biased, Count, IllTyped, Kerneled, Op
from specc.ir.types import Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_steps
from specc.ops._window import Padding, windowed
from specc.ops.function import Activation
from specc.ops.window_mask import WindowMask


class Conv(Kerneled, Biased):
    """Convolution along time.  y_t = act(sum_k x_{s t + d k - p} W_k + b).

    W: [kernel, in / groups, filters], b: [filters]; s is the stride, d the dilation, p
    the padding at the start: 0 for `valid`, half of what is missing (rounded down) for
    `same`, all of it for `causal`. Masked steps are read as zeros. A step of the result
    of a `valid` convolution counts where its whole window does.
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
        need_steps(self.name(), x)
        channels = fixed_features(self.name(), x)
        for count, what in ((channels, "input channels"), (self.filters, "filters")):
            if count % self.groups:
                raise IllTyped(
                    NOT_DIVISIBLE,
                    f"{count} {what} cannot be split into {self.groups} groups",
                    label=f"this is `{x}`",
                    help="`groups` divides both the channels and the filters",
                )
        time = windowed(
            self,
            x.axes[0],
            self.kernel_size,
            self.stride,
            self.dilation,
            self.padding,
        )
        return x.with_axes(time, features(self.filters))

    def weights(self, x: Type) -> tuple[Weight, ...]:
        shape = (
            self.kernel_size,
            fixed_features(self.name(), x) // self.groups,
            self.filters,
        )
        fans = (shape[0] * shape[1], shape[0] * shape[2])
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", fans)
        return (kernel, *self.bias_weights(self.filters))

    def multiply_adds(self, x: Type) -> Amount:
        """A window of `kernel * in / groups` numbers for each number of the result."""
        window = self.kernel_size * fixed_features(self.name(), x) // self.groups
        return elements(self.result(x)) * window

    def mask(self, x: Type) -> Op | None:
        if self.padding == "valid":
            reach = (self.kernel_size - 1) * self.dilation + 1
            return WindowMask(kernel=reach, stride=self.stride)
        return WindowMask(kernel=1, stride=self.stride) if self.stride > 1 else None
