"""Penalties of weights; Keras's own round their factors to float32."""

# mypy: ignore-errors

import keras
from keras import ops

from specc_tensorflow.snippets.registration import register


@register
class L1(keras.regularizers.Regularizer):
    """The penalty l1 * sum |w|, in full precision also where w is float64."""

    def __init__(self, l1):
        self.l1 = l1

    def __call__(self, w):
        return self.l1 * ops.sum(ops.abs(w))

    def get_config(self):
        return {"l1": self.l1}


@register
class L2(keras.regularizers.Regularizer):
    """The penalty l2 * sum w^2, in full precision also where w is float64."""

    def __init__(self, l2):
        self.l2 = l2

    def __call__(self, w):
        return self.l2 * ops.sum(ops.square(w))

    def get_config(self):
        return {"l2": self.l2}


@register
class L1L2(keras.regularizers.Regularizer):
    """The penalty l1 * sum |w| + l2 * sum w^2, also in float64."""

    def __init__(self, l1, l2):
        self.l1 = l1
        self.l2 = l2

    def __call__(self, w):
        return self.l1 * ops.sum(ops.abs(w)) + self.l2 * ops.sum(ops.square(w))

    def get_config(self):
        return {"l1": self.l1, "l2": self.l2}
