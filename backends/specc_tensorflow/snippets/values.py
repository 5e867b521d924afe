"""Values to values, step by step."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Normalize(layers.Layer):
    """Vectors of length one."""

    def call(self, x):
        squares = ops.sum(x * x, axis=-1, keepdims=True)
        return x / ops.sqrt(ops.maximum(squares, 1e-12))

    def compute_mask(self, x, mask=None):
        return mask


@register
class Dot(layers.Layer):
    """The inner product over the last axis."""

    def call(self, a, b):
        return ops.sum(a * b, axis=-1)

    def compute_mask(self, a, mask=None):
        return mask


@register
class Shift(layers.Layer):
    """Every step moves later by n; zeros come in at the start."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n

    def call(self, x):
        start = ((0, 0), (self.n, 0), *((0, 0) for _ in x.shape[2:]))
        return ops.pad(x, start)[:, : -self.n]

    def get_config(self):
        return {**super().get_config(), "n": self.n}
