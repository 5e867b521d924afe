"""Vectors for ids and places, and steps in another order."""

# mypy: ignore-errors

import numpy as np
import tensorflow as tf
from keras import layers, ops

from specc_tensorflow.snippets.embedding import CheckedEmbedding
from specc_tensorflow.snippets.registration import register


@register
class OneHot(layers.Layer):
    """A 1 at the place of the id; an id that is not below count gives NaN."""

    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count = count

    def call(self, ids):
        known = (ids >= 0) & (ids < self.count)
        safe = ops.where(known, ids, 0)
        ones = ops.one_hot(safe, self.count, dtype=self.compute_dtype)
        return ops.where(known[..., None], ones, np.nan)

    def get_config(self):
        return {**super().get_config(), "count": self.count}


@register
class LearnedPositions(CheckedEmbedding):
    """A learned vector for every step; a step beyond the table gives NaN."""

    def call(self, x):
        rows = super().call(ops.arange(ops.shape(x)[1]))
        return ops.broadcast_to(rows, (*ops.shape(x)[:2], self.output_dim))

    def compute_output_shape(self, shape):
        return *shape[:2], self.output_dim


@register
class SinusoidalPositions(layers.Layer):
    """For step t, sin(r t) and cos(r t) for dim / 2 rates r."""

    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim

    def call(self, x):
        batch, steps = ops.shape(x)[:2]
        rates = 10000.0 ** (-np.arange(0, self.dim, 2) / self.dim)
        places = ops.cast(ops.arange(steps), self.variable_dtype)
        angles = places[:, None] * ops.cast(rates, self.variable_dtype)
        waves = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)
        rows = ops.cast(ops.reshape(waves, (-1, self.dim)), self.compute_dtype)
        return ops.broadcast_to(rows, (batch, steps, self.dim))

    def compute_output_shape(self, shape):
        return *shape[:2], self.dim

    def get_config(self):
        return {**super().get_config(), "dim": self.dim}


@register
class MaskedReverse(layers.Layer):
    """The steps that count in reverse order; the others stay where they are."""

    def call(self, x, mask):
        count = ops.shape(x)[1]
        steps = ops.broadcast_to(ops.arange(count), ops.shape(mask))
        counting_first = ops.argsort(ops.where(mask, steps, count + steps))
        counted = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        from_end = ops.where(mask, counted[:, -1:] - counted, 0)
        sources = tf.gather(counting_first, from_end, batch_dims=1)
        return tf.gather(x, ops.where(mask, sources, steps), batch_dims=1)

    def compute_mask(self, x, mask=None):
        return None


@register
class Onset(layers.Layer):
    """A vector at the first of n steps, and zeros after it."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n

    def call(self, x):
        return ops.pad(x[:, None], ((0, 0), (0, self.n - 1), (0, 0)))

    def get_config(self):
        return {**super().get_config(), "n": self.n}
