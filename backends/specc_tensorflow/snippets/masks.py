"""Masks of values that have several axes of steps."""

# mypy: ignore-errors

from keras import layers, ops

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
