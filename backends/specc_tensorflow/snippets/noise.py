"""Noise beyond what Keras's layer takes."""

# mypy: ignore-errors

from keras import layers

from specc_tensorflow.snippets.registration import register


@register
class GaussianNoise(layers.GaussianNoise):
    """Normal numbers added while training; Keras's own are of a size below one."""

    def __init__(self, stddev, **kwargs):
        super().__init__(1, **kwargs)
        self.stddev = stddev
