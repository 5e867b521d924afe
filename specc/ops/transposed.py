"""`transposed(filters, kernel, stride)`: a convolution the other way round."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from specc.diagnostics.codes import LOST_MASK, TOO_LARGE
from specc.ir.amount import Amount, elements
from specc.ir.op import UNIT_LIMIT, Affine, Count, IllTyped
from specc.ir.types import Axis, Type, features
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_steps_or_image
from specc.ops.function import Activation


class Transposed(Affine):
    """y_u = act(sum over t, k with s t + k - p = u of W_k x_t + b)

    The transpose of a convolution: every step is spread over a window. W: [kernel,
    filters, in], b: [filters], s the stride. `valid` gives (T - 1) s + max(kernel, s)
    steps with p = 0; `same` gives T s steps with p = max(kernel - s, 0) // 2. Over an
    image both axes go so, with W: [kernel, kernel, filters, in].

    Mask: refused. Windows overlap where the kernel is longer than the stride, so steps
    of the result are not steps of the input.
    Source: Dumoulin and Visin 2016; Keras's Conv1DTranspose and Conv2DTranspose are the
    same.
    Example: (x: float[T, 2]) -> y: float[2 * T, 4] { x -> transposed(4, 2, 2) }
    """

    spelling: ClassVar[dict[str, str]] = {"kernel_size": "kernel"}

    filters: Count
    kernel_size: Count
    stride: Count = 1
    activation: Activation = "linear"
    padding: Literal["valid", "same"] = "valid"

    def result(self, x: Type) -> Type:
        need_steps_or_image(self.name(), x)
        fixed_features(self.name(), x)
        if x.ragged:
            raise IllTyped(
                LOST_MASK,
                f"`transposed` lays windows over each other, so the mask of `{x}` "
                "would be lost",
                label=f"this is `{x}`",
                help="use an input without padding",
            )
        steps = [self._spread(axis) for axis in x.axes[:-1]]
        return x.with_axes(*steps, features(self.filters))

    def _spread(self, axis: Axis) -> Axis:
        """The axis after the layer."""
        size = axis.size * self.stride
        if self.padding == "valid":
            size = size + max(self.kernel_size - self.stride, 0)
        if size.at({name: 1 for name in size.names}) > UNIT_LIMIT:
            raise IllTyped(
                TOO_LARGE,
                f"`transposed` makes at most {UNIT_LIMIT:,} steps of one",
            )
        return features(size)

    def multiply_adds(self, x: Type) -> Amount:
        """Every number of the input is laid out as a window of all filters."""
        return (
            elements(x) * math.prod((self.kernel_size,) * (x.rank - 1)) * self.filters
        )

    def weights(self, x: Type) -> tuple[Weight, ...]:
        channels = fixed_features(self.name(), x)
        window = (self.kernel_size,) * (x.rank - 1)
        taps = math.prod(window)
        shape = (*window, self.filters, channels)
        fans = (taps * channels, taps * self.filters)
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", fans)
        return (kernel, *self.bias_weights(self.filters))
