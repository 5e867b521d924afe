"""Ids to vectors."""

# mypy: ignore-errors

import keras
import numpy as np
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class CheckedEmbedding(layers.Embedding):
    """Look ids up; an id outside the table gives NaN, on every device."""

    def call(self, ids):
        known = (ids >= 0) & (ids < self.input_dim)
        rows = super().call(ops.where(known, ids, 0))
        return ops.where(known[..., None], rows, np.nan)


@register
class TiedEmbedding(CheckedEmbedding):
    """An embedding whose table serves as output projection too."""

    def call(self, x, reverse=False):
        if not reverse:
            return super().call(x)
        return ops.matmul(x, ops.cast(ops.transpose(self.embeddings), x.dtype))

    def compute_output_spec(self, x, reverse=False):
        shape = (*x.shape, self.output_dim)
        if reverse:
            shape = (*x.shape[:-1], self.input_dim)
        return keras.KerasTensor(shape, self.compute_dtype)
