"""Attention whose heads share keys and values, or that goes by the places of steps."""

# mypy: ignore-errors

import numpy as np
from keras import ops

from specc_tensorflow.snippets.attention import MultiHeadAttention, softmax_where
from specc_tensorflow.snippets.registration import register


@register
class GroupedQueryAttention(MultiHeadAttention):
    """Multi-head attention whose heads may share keys and values, or go by places.

    kv_heads: how many heads of keys and values there are. biases: the projections that
    have one if not all, as in "qvo". rotary: the base of rotary positions. window: how
    many steps away a step still counts; if causal, the last ones, itself included.
    alibi: whether scores fall with distance.
    """

    def __init__(
        self,
        heads,
        size,
        kv_heads=None,
        biases=None,
        scaled=True,
        rotary=None,
        window=None,
        alibi=False,
        **kwargs,
    ):
        super().__init__(heads, size, **kwargs)
        self.kv_heads = kv_heads or heads
        self.biases = biases or "qkvo" * self.use_bias
        self.scaled = scaled
        self.rotary = rotary
        self.window = window
        self.alibi = alibi

    def build(self, query_shape, memory_shape=None):
        wide, inner = query_shape[-1], self.heads * self.size
        deep = wide if memory_shape is None else memory_shape[-1]
        shared = self.kv_heads * self.size
        self.W_q, self.b_q = self.add_map("q", wide, inner, "q" in self.biases)
        self.W_k, self.b_k = self.add_map("k", deep, shared, "k" in self.biases)
        self.W_v, self.b_v = self.add_map("v", deep, shared, "v" in self.biases)
        self.W_o, self.b_o = self.add_map("o", inner, wide, "o" in self.biases)

    def attend(self, q, k, v, mask, training):
        if self.rotary is not None:
            q, k = self.turn_pairs(q), self.turn_pairs(k)
        if self.kv_heads < self.heads:
            groups = self.heads // self.kv_heads
            k, v = ops.repeat(k, groups, axis=2), ops.repeat(v, groups, axis=2)
        return super().attend(q, k, v, mask, training)

    def scores(self, q, k):
        if self.scaled:
            scores = super().scores(q, k)
        else:
            scores = ops.einsum("bthd,bshd->bhts", q, k)
        if not self.alibi:
            return scores
        slopes = ops.cast(alibi_slopes(self.heads), scores.dtype)
        apart = ops.cast(ops.abs(steps_back(scores)), scores.dtype)
        return scores - slopes[:, None, None] * apart

    def weigh(self, scores, mask):
        if self.window is None:
            return super().weigh(scores, mask)
        apart = steps_back(scores)
        if self.causal:
            counts = (apart >= 0) & (apart < self.window)
        else:
            counts = ops.abs(apart) <= self.window
        if mask is not None:
            counts &= mask[:, None, None]
        return softmax_where(scores, counts)

    def turn_pairs(self, x):
        """Turn the numbers i and i + size / 2 of step t by t rotary^(-2i / size)."""
        half = self.size // 2
        rates = self.rotary ** (-np.arange(half) / half)
        places = ops.cast(ops.arange(ops.shape(x)[1]), self.variable_dtype)
        angles = places[:, None] * ops.cast(rates, self.variable_dtype)
        waves = ops.cos(angles)[:, None], ops.sin(angles)[:, None]
        cos, sin = (ops.cast(wave, x.dtype) for wave in waves)
        a, b = x[..., :half], x[..., half:]
        return ops.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "kv_heads": self.kv_heads,
            "biases": self.biases,
            "scaled": self.scaled,
            "rotary": self.rotary,
            "window": self.window,
            "alibi": self.alibi,
        }


def steps_back(scores):
    """How far each step is behind a query: [T, T].  scores: [..., T, T]."""
    places = ops.arange(ops.shape(scores)[-1])
    return places[:, None] - places


def alibi_slopes(heads):
    """2^(-8 i / n) for n heads; past a power of two, odd i of the next power."""
    power = 2 ** (heads.bit_length() - 1)
    slopes = 2.0 ** (-8 * np.arange(1, power + 1) / power)
    more = 2.0 ** (-8 * np.arange(1, 2 * power, 2) / (2 * power))
    return np.concatenate([slopes, more])[:heads]
