"""Masks of values that have several axes of steps."""

# mypy: ignore-errors

import tensorflow as tf
from keras import layers, ops

from specc_tensorflow.snippets.reductions import counting
from specc_tensorflow.snippets.registration import register


@register
class SpreadMask(layers.Layer):
    """A mask that is the same along some axes of x: [B, S] to [B, T, S]."""

    def __init__(self, axes, **kwargs):
        super().__init__(**kwargs)
        self.axes = axes

    def call(self, x, mask):
        mask = ops.expand_dims(mask, self.axes)
        return ops.broadcast_to(mask, ops.shape(x)[: len(mask.shape)])

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "axes": self.axes}


@register
class MaskedSoftmax(layers.Layer):
    """The softmax along an axis, of the steps that count; zeros where none does."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x, mask=None):
        counts = counting(mask, x)
        return ops.where(counts, self.weigh(ops.where(counts, x, x.dtype.min)), 0)

    def weigh(self, x):
        return tf.nn.softmax(x, self.axis)

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "axis": self.axis}


@register
class MaskedLogSoftmax(MaskedSoftmax):
    """The logarithm of the softmax of the steps that count; 0 at all others."""

    def weigh(self, x):
        return tf.nn.log_softmax(x, self.axis)
