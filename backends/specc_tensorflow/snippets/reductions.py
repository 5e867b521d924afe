"""All steps to one: where Keras has no layer, or not for masks."""

# mypy: ignore-errors

import numpy as np
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Mean(layers.Layer):
    """The mean over time."""

    def call(self, x):
        return ops.mean(x, axis=1)


@register
class MaskedMean(layers.Layer):
    """The mean of the steps that count; 0 where none does."""

    def call(self, x, mask):
        counts = with_features(mask, x)
        total = ops.sum(ops.where(counts, x, 0), axis=1)
        return total / ops.maximum(ops.sum(ops.cast(counts, x.dtype), axis=1), 1)

    def compute_mask(self, x, mask=None):
        return None


@register
class Max(layers.Layer):
    """The largest over time."""

    def call(self, x):
        return ops.max(x, axis=1)


@register
class MaskedMax(layers.Layer):
    """The largest of the steps that count; 0 where none does."""

    def call(self, x, mask):
        counts = with_features(mask, x)
        largest = ops.max(ops.where(counts, x, -np.inf), axis=1, initial=-np.inf)
        return ops.where(ops.any(counts, axis=1), largest, 0)

    def compute_mask(self, x, mask=None):
        return None


@register
class Sum(layers.Layer):
    """The sum over time."""

    def call(self, x):
        return ops.sum(x, axis=1)


@register
class ImageSum(layers.Layer):
    """The sum over an image."""

    def call(self, x):
        return ops.sum(x, axis=(1, 2))


@register
class MaskedSum(layers.Layer):
    """The sum of the steps that count."""

    def call(self, x, mask):
        return ops.sum(ops.where(with_features(mask, x), x, 0), axis=1)

    def compute_mask(self, x, mask=None):
        return None


@register
class First(layers.Layer):
    """The first step."""

    def call(self, x):
        return x[:, 0]


@register
class MaskedFirst(layers.Layer):
    """The first step that counts; 0 where none does."""

    def call(self, x, mask):
        count = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        first = mask & (count == 1)
        return ops.sum(ops.where(with_features(first, x), x, 0), axis=1)

    def compute_mask(self, x, mask=None):
        return None


@register
class Last(layers.Layer):
    """The last step."""

    def call(self, x):
        return x[:, -1]


@register
class MaskedLast(layers.Layer):
    """The last step that counts; 0 where none does."""

    def call(self, x, mask):
        count = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        last = mask & (count == count[:, -1:])
        return ops.sum(ops.where(with_features(last, x), x, 0), axis=1)

    def compute_mask(self, x, mask=None):
        return None


def with_features(mask, x):
    """Give a mask [B, T] as many axes as x has."""
    return ops.expand_dims(mask, tuple(range(2, len(x.shape))))


class Along(layers.Layer):
    """A reduction along one axis, of the steps that count."""

    def __init__(self, axis, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "axis": self.axis}


@register
class SumAlong(Along):
    """The sum along an axis."""

    def call(self, x, mask=None):
        return ops.sum(ops.where(counting(mask, x), x, 0), self.axis)


@register
class MeanAlong(Along):
    """The mean along an axis; 0 where no step counts."""

    def call(self, x, mask=None):
        counts = counting(mask, x)
        total = ops.sum(ops.where(counts, x, 0), self.axis)
        return total / ops.maximum(ops.sum(ops.cast(counts, x.dtype), self.axis), 1)


@register
class MaxAlong(Along):
    """The largest along an axis; 0 where no step counts."""

    def call(self, x, mask=None):
        counts = counting(mask, x)
        largest = ops.max(ops.where(counts, x, -np.inf), self.axis, initial=-np.inf)
        return ops.where(ops.any(counts, self.axis), largest, 0)


def counting(mask, x):
    """Give a mask the shape of x; without one, everything counts."""
    counts = ops.ones_like(x, "bool")
    if mask is None:
        return counts
    return counts & ops.expand_dims(mask, tuple(range(len(mask.shape), len(x.shape))))
