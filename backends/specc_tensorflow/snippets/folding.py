"""Steps that are rows for a while."""

# mypy: ignore-errors

import keras
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class StepsToRows(layers.Layer):
    """Every step becomes a row of its own: [B, T, ...] to [B * T, ...]."""

    def call(self, x):
        return ops.reshape(x, (-1, *ops.shape(x)[2:]))

    def compute_output_spec(self, x):
        return keras.KerasTensor((None, *x.shape[2:]), x.dtype)

    def compute_mask(self, x, mask=None):
        return None


@register
class RowsToSteps(layers.Layer):
    """The rows go back to their steps; `before` is what was folded."""

    def call(self, x, before):
        return ops.reshape(x, (*ops.shape(before)[:2], *ops.shape(x)[1:]))

    def compute_output_spec(self, x, before):
        return keras.KerasTensor((*before.shape[:2], *x.shape[1:]), x.dtype)

    def compute_mask(self, x, mask=None):
        return None
