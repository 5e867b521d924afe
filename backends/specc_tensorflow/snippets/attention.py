"""Attention, with nothing for steps that do not count."""

# mypy: ignore-errors

import keras
import tensorflow as tf
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class MultiHeadAttention(layers.Layer):
    """Attention to a memory, or to the query itself, with several heads."""

    def __init__(
        self,
        heads,
        size,
        causal=False,
        dropout=0.0,
        use_bias=True,
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.heads = heads
        self.size = size
        self.causal = causal
        self.dropout = layers.Dropout(dropout)
        self.use_bias = use_bias
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, query_shape, memory_shape=None):
        wide, inner = query_shape[-1], self.heads * self.size
        deep = wide if memory_shape is None else memory_shape[-1]
        self.W_q, self.b_q = self.add_map("q", wide, inner, self.use_bias)
        self.W_k, self.b_k = self.add_map("k", deep, inner, self.use_bias)
        self.W_v, self.b_v = self.add_map("v", deep, inner, self.use_bias)
        self.W_o, self.b_o = self.add_map("o", inner, wide, self.use_bias)

    def add_map(self, name, wide, inner, use_bias):
        kernel = self.add_weight(
            (wide, inner), name=f"W_{name}", regularizer=self.kernel_regularizer
        )
        if not use_bias:
            return kernel, None
        return kernel, self.add_weight((inner,), name=f"b_{name}", initializer="zeros")

    def call(self, query, memory=None, mask=None, training=False, keys_and_values=None):
        memory = query if memory is None else memory
        q = self.split(query, self.W_q, self.b_q)
        k, v = keys_and_values or self.keys_and_values(memory)
        y = self.attend(q, k, v, mask, training)
        kernel = ops.reshape(self.W_o, (self.heads, self.size, -1))
        y = ops.einsum("bthd,hdo->bto", y, kernel)
        return y if self.b_o is None else y + self.b_o

    def keys_and_values(self, memory):
        k = self.split(memory, self.W_k, self.b_k)
        return k, self.split(memory, self.W_v, self.b_v)

    def split(self, x, kernel, bias):
        kernel = ops.reshape(kernel, (x.shape[-1], -1, self.size))
        y = ops.einsum("bti,ihd->bthd", x, kernel)
        return y if bias is None else y + ops.reshape(bias, (-1, self.size))

    def attend(self, q, k, v, mask, training):
        weights = self.weigh(self.scores(q, k), mask)
        weights = self.dropout(weights, training=training)
        return ops.einsum("bhts,bshd->bthd", weights, v)

    def scores(self, q, k):
        return ops.einsum("bthd,bshd->bhts", q, k) / self.size**0.5

    def weigh(self, scores, mask):
        return attention_weights(scores, mask, self.causal)

    def compute_mask(self, query, memory=None, mask=None):
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "heads": self.heads,
            "size": self.size,
            "causal": self.causal,
            "dropout": self.dropout.rate,
            "use_bias": self.use_bias,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


class Attention(layers.Layer):
    """The mean of a memory's steps, or of values for them, weighted by their scores."""

    def __init__(self, causal=False, kernel_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.causal = causal
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def call(self, query, memory, values=None, mask=None, keys=None):
        values = memory if values is None else values
        scores = self.scores(query, self.keys(memory) if keys is None else keys)
        return ops.matmul(attention_weights(scores, mask, self.causal), values)

    def keys(self, memory):
        return memory

    def compute_mask(self, query, memory, values=None, mask=None):
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "causal": self.causal,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


@register
class DotAttention(Attention):
    """Attention by the product q k, divided by the square root of their size."""

    def __init__(self, scaled=True, **kwargs):
        super().__init__(**kwargs)
        self.scaled = scaled

    def scores(self, query, keys):
        scores = ops.einsum("btd,bsd->bts", query, keys)
        return scores / keys.shape[-1] ** 0.5 if self.scaled else scores

    def get_config(self):
        return {**super().get_config(), "scaled": self.scaled}


@register
class GeneralAttention(Attention):
    """Attention by the product q W k."""

    def build(self, query_shape, memory_shape, values_shape=None):
        self.W = self.add_weight(
            (query_shape[-1], memory_shape[-1]),
            name="W",
            regularizer=self.kernel_regularizer,
        )

    def scores(self, query, keys):
        return ops.einsum("btd,bsd->bts", ops.matmul(query, self.W), keys)


@register
class AdditiveAttention(Attention):
    """Attention by v tanh(q W_q + k W_m + b)."""

    def __init__(self, units, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias

    def build(self, query_shape, memory_shape, values_shape=None):
        kernel = {"regularizer": self.kernel_regularizer}
        units = self.units
        self.W_q = self.add_weight((query_shape[-1], units), name="W_q", **kernel)
        self.W_m = self.add_weight((memory_shape[-1], units), name="W_m", **kernel)
        if self.use_bias:
            self.b = self.add_weight((units,), name="b", initializer="zeros")
        self.v = self.add_weight((units,), name="v", **kernel)

    def keys(self, memory):
        return ops.matmul(memory, self.W_m)

    def scores(self, query, keys):
        inner = ops.matmul(query, self.W_q)[:, :, None] + keys[:, None]
        if self.use_bias:
            inner = inner + self.b
        return ops.sum(self.v * ops.tanh(inner), axis=-1)

    def get_config(self):
        own = {"units": self.units, "use_bias": self.use_bias}
        return {**super().get_config(), **own}


def attention_weights(scores, mask, causal):
    """Take the softmax over the steps that count; zeros where none does.

    scores: [B, ..., T, S]; mask: [B, S] or None. If causal, later steps do not count.
    Keras's softmax warns where there is a single step.
    """
    if mask is None and not causal:
        return tf.nn.softmax(scores)
    counts = ops.ones_like(scores, "bool")
    if mask is not None:
        counts &= ops.expand_dims(mask, tuple(range(1, len(scores.shape) - 1)))
    if causal:
        counts = ops.tril(counts)
    return softmax_where(scores, counts)


def softmax_where(scores, counts):
    """Take the softmax over the steps that count; zeros where none does."""
    weights = tf.nn.softmax(ops.where(counts, scores, scores.dtype.min))
    return ops.where(counts, weights, 0)
