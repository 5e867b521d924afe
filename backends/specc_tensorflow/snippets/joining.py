"""Sequences one after the other."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class JoinSteps(layers.Layer):
    """Sequences of which each begins where the one before ends in its row.

    A sequence ends after its last valid step; what was padding there comes last.
    """

    def call(self, parts, masks):
        ends = ops.concatenate([after_the_end(mask) for mask in masks], axis=1)
        steps = ops.cumsum(ops.ones_like(ends, dtype="int32"), axis=1)
        order = ops.argsort(ops.where(ends, steps + ops.shape(ends)[1], steps), axis=1)
        x = ops.concatenate(parts, axis=1)
        for _ in range(len(x.shape) - 2):
            order = ops.expand_dims(order, -1)
        return ops.take_along_axis(x, order, axis=1)

    def compute_mask(self, parts, masks=None):
        return None


def after_the_end(mask):
    """Tell the steps that no valid one follows.  mask: [B, T] or [B, T, C]."""
    while len(mask.shape) > 2:
        mask = ops.any(mask, axis=-1)
    valid = ops.cast(mask, "int32")
    return ops.flip(ops.cumsum(ops.flip(valid, axis=1), axis=1), axis=1) == 0
