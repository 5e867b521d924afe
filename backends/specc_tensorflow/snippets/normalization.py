"""Features normalised by their mean and variance, where Keras knows no masks."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class MaskedBatchNormalization(layers.BatchNormalization):
    """Features normalised by the steps that count; others do not move the statistics.

    Keras's own takes what stands at masked steps for zeros.
    """

    def call(self, x, mask, training=False):
        if not training or not self.trainable:
            return super().call(x, training=False)
        axes = tuple(range(len(x.shape) - 1))
        valid = ops.expand_dims(mask, tuple(range(len(mask.shape), len(x.shape))))
        counts = ops.cast(ops.broadcast_to(valid, ops.shape(x)), x.dtype)
        count = ops.sum(counts, axes)
        share = ops.maximum(count, 1)
        mean = ops.sum(ops.where(valid, x, 0), axes) / share
        squares = ops.where(valid, ops.square(x - mean), 0)
        variance = ops.sum(squares, axes) / share
        self.move(self.moving_mean, mean, count)
        self.move(self.moving_variance, variance, count)
        y = self.gamma * ((x - mean) / ops.sqrt(variance + self.epsilon))
        return y + self.beta if self.center else y

    def move(self, moving, batch, count):
        moved = self.momentum * moving + (1 - self.momentum) * batch
        moving.assign(ops.where(count > 0, moved, moving))

    def compute_mask(self, x, mask=None):
        return None
