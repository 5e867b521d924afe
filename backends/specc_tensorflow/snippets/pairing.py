"""Every step of one sequence beside every step of another."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Pair(layers.Layer):
    """Both laid out over the steps of both: [B, T, d], [B, S, e] to [B, T, S, ...]."""

    def call(self, h, u):
        h_shape, u_shape = ops.shape(h), ops.shape(u)
        steps = (*h_shape[:2], u_shape[1])
        return (
            ops.broadcast_to(ops.expand_dims(h, 2), (*steps, *h_shape[2:])),
            ops.broadcast_to(ops.expand_dims(u, 1), (*steps, *u_shape[2:])),
        )

    def compute_output_shape(self, h_shape, u_shape):
        steps = (*h_shape[:2], u_shape[1])
        return (*steps, *h_shape[2:]), (*steps, *u_shape[2:])

    def compute_mask(self, h, u=None, mask=None):
        return None
