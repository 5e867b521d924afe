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
class BidirectionalSeeing(Bidirectional):
    """Both directions over cells that see the same values, `outside`, at every step."""

    def build(self, sequences_shape, outside_shape=None, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, outside, initial_state=None, mask=None, training=False):
        self.forward_layer.cell.outside = outside
        self.backward_layer.cell.outside = outside
        return super().call(sequences, initial_state, mask, training)

    def compute_output_shape(
        self, sequences_shape, outside_shape=None, initial_state_shape=None
    ):
        return super().compute_output_shape(sequences_shape, initial_state_shape)


@register
class Shaped(layers.RNN):
    """A loop over a cell whose states are images, matrices or the like."""

    def get_initial_state(self, batch_size):
        shapes = self.cell.state_size
        kind = self.cell.compute_dtype
        return [ops.zeros((batch_size, *shape), kind) for shape in shapes]

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        batch, steps = sequences_shape[:2]
        output = (batch, steps) if self.return_sequences else (batch,)
        output = (*output, *self.cell.output_size)
        if not self.return_state:
            return output
        return output, *((batch, *shape) for shape in self.cell.state_size)


@register
class SeeingShaped(Seeing, Shaped):
    """Such a loop over a cell that sees the same values, `outside`, at every step."""


@register
class Full(layers.Layer):
    """A state with one number everywhere, for a batch as large as x."""

    def __init__(self, sizes, value, **kwargs):
        super().__init__(**kwargs)
        self.sizes = sizes
        self.value = value

    def call(self, x):
        return ops.full((ops.shape(x)[0], *self.sizes), self.value, x.dtype)

    def compute_mask(self, x, mask=None):
        return None

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes, "value": self.value}
