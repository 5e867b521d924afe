"""Windows along time where Keras has none, or not for masks."""

# mypy: ignore-errors

import numpy as np
import tensorflow as tf
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


class AnyLength(layers.Layer):
    """Windows along time, of which a sequence may be too short to have any.

    Then there is no step after them. TensorFlow raises an error, stops the process in
    the gradient of a pool, or returns the input (all on CPU).
    """

    def call(self, x):
        lacking = ops.maximum(self.least_steps() - ops.shape(x)[1], 0)
        y = super().call(ops.pad(x, ((0, 0), (0, lacking), (0, 0))))
        # y[:, 1:] would copy, and its gradient too, even where nothing is cut off
        return tf.slice(y, [0, ops.minimum(lacking, 1), 0], [-1, -1, -1])

    def compute_mask(self, x, mask=None):
        return None

    def least_steps(self):
        """The steps that the shortest sequence with a window has."""
        if self.padding != "valid":
            return 1
        return (self.kernel_size[0] - 1) * self.dilation_rate[0] + 1


@register
class AnyLengthConv1D(AnyLength, layers.Conv1D):
    """A convolution of sequences of any length."""


@register
class AnyLengthDepthwiseConv1D(AnyLength, layers.DepthwiseConv1D):
    """A convolution of every feature on its own, of sequences of any length."""


@register
class AnyLengthSeparableConv1D(AnyLength, layers.SeparableConv1D):
    """A separable convolution of sequences of any length."""


@register
class StridedConv1D(layers.Conv1D):
    """A dilated convolution at every `step`-th place, which Keras has not."""

    def __init__(self, filters, kernel_size, step, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)
        self.step = step

    def call(self, x):
        return super().call(x)[:, :: self.step]

    def compute_output_shape(self, shape):
        batch, steps, filters = super().compute_output_shape(shape)
        return batch, steps and -(-steps // self.step), filters

    def get_config(self):
        return {**super().get_config(), "step": self.step}


@register
class AnyLengthStridedConv1D(AnyLength, StridedConv1D):
    """Such a convolution of sequences of any length."""


@register
class SamePadding(layers.Layer):
    """Zeros around a sequence, so that windows find ceil(T / stride) places."""

    def __init__(self, reach, stride, **kwargs):
        super().__init__(**kwargs)
        self.reach = reach
        self.stride = stride

    def call(self, x):
        steps = ops.shape(x)[1]
        left = (steps - 1) % self.stride
        lacking = ops.maximum(self.reach - 1 - left, 0)
        before = lacking // 2
        return ops.pad(x, ((0, 0), (before, lacking - before), (0, 0)))

    def compute_output_shape(self, shape):
        return shape[0], None, shape[2]

    def get_config(self):
        return {**super().get_config(), "reach": self.reach, "stride": self.stride}


class AnyLengthPooling(AnyLength):
    """The same where there are no weights."""

    def least_steps(self):
        """The steps that the shortest sequence with a window has."""
        return self.pool_size[0] if self.padding == "valid" else 1


@register
class AnyLengthMaxPooling1D(AnyLengthPooling, layers.MaxPooling1D):
    """The largest of each window, of sequences of any length."""


@register
class AnyLengthAveragePooling1D(AnyLengthPooling, layers.AveragePooling1D):
    """The mean of each window, of sequences of any length."""


@register
class MaskedMaxPooling1D(AnyLengthPooling, layers.MaxPooling1D):
    """The largest of the steps of a window that count; 0 where none does."""

    def call(self, x, mask):
        counts = ops.expand_dims(mask, -1)
        largest = super().call(ops.where(counts, x, -np.inf))
        any_counts = super().call(ops.cast(counts, x.dtype)) > 0
        return ops.where(any_counts, largest, 0)


@register
class MaskedAveragePooling1D(AnyLengthPooling, layers.AveragePooling1D):
    """The mean of the steps of a window that count; 0 where none does."""

    def call(self, x, mask):
        counts = ops.expand_dims(mask, -1)
        mean = super().call(ops.where(counts, x, 0))
        share = super().call(ops.cast(counts, x.dtype))
        return mean / ops.where(share > 0, share, 1)


@register
class WindowMask(layers.Layer):
    """The steps of which the whole window counts."""

    def __init__(self, size, stride, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.stride = stride

    def call(self, mask):
        total = ops.cumsum(ops.pad(ops.cast(mask, "int32"), ((0, 0), (1, 0))), axis=1)
        inside = total[:, self.size :] - total[:, : -self.size]
        return (inside == self.size)[:, :: self.stride]

    def get_config(self):
        return {**super().get_config(), "size": self.size, "stride": self.stride}
