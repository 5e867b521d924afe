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
class Seeing(layers.RNN):
    """A loop over a cell that sees the same values, `outside`, at every step."""

    def build(self, sequences_shape, outside_shape=None, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, outside, initial_state=None, mask=None, training=False):
        self.cell.outside = outside
        return super().call(sequences, initial_state, mask, training)

    def compute_output_shape(
        self, sequences_shape, outside_shape=None, initial_state_shape=None
    ):
        return super().compute_output_shape(sequences_shape, initial_state_shape)


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
