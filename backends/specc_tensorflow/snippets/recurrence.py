"""Recurrent layers where Keras's own differ."""

# mypy: ignore-errors

from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class Bidirectional(layers.Bidirectional):
    """Both directions; a masked step repeats the output before it, instead of zeros."""

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False


@register
class Full(layers.Layer):
    """A state [B, units] with one number everywhere, for a batch as large as x."""

    def __init__(self, units, value, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.value = value

    def call(self, x):
        return ops.full((ops.shape(x)[0], self.units), self.value, x.dtype)

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "units": self.units, "value": self.value}
