"""Recurrent layers where Keras's own differ."""

# mypy: ignore-errors

import keras
from keras import layers, ops

from specc_tensorflow.snippets.registration import register


@register
class RepeatingBidirectional(layers.Bidirectional):
    """Both directions; a masked step repeats the output before it, instead of zeros."""

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False


@register
class ConditionedRNN(layers.RNN):
    """A loop over a cell that sees the same values, `outside`, at every step."""

    def build(self, sequences_shape, outside_shape=None, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, outside, initial_state=None, mask=None, training=False):
        self.cell.see(*outside)
        return super().call(sequences, initial_state, mask, training)

    def compute_output_shape(
        self, sequences_shape, outside_shape=None, initial_state_shape=None
    ):
        return super().compute_output_shape(sequences_shape, initial_state_shape)


@register
class DropoutRNN(layers.RNN):
    """A loop over a cell that drops while training, by one draw for all steps.

    dropout: the share of the input that is zeroed; recurrent_dropout: that of a state
    where a matrix multiplies it; weight_dropout: that of these matrices.
    """

    def __init__(
        self, cell, dropout=0, recurrent_dropout=0, weight_dropout=0, **kwargs
    ):
        super().__init__(cell, **kwargs)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.weight_dropout = weight_dropout
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if training and self.dropout:
            keep = self.drop(ops.ones_like(sequences[:, :1]), self.dropout)
            sequences = sequences * keep
        if self.recurrent_dropout:
            rate = self.recurrent_dropout if training else 0
            states = self.get_initial_state(ops.shape(sequences)[0])
            self.cell.kept = [self.drop(ops.ones_like(h), rate) for h in states]
        if self.weight_dropout:
            rate = self.weight_dropout if training else 0
            kernels = self.cell.recurrent_kernels
            self.cell.kernels = [self.drop(kernel, rate) for kernel in kernels]
        return super().call(sequences, initial_state, mask, training)

    def drop(self, x, rate):
        """Zero numbers at random and scale the others by 1 / (1 - rate)."""
        return keras.random.dropout(x, rate, seed=self.seed_generator) if rate else x

    def get_config(self):
        rates = {
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "weight_dropout": self.weight_dropout,
        }
        return {**super().get_config(), **rates}


@register
class ConditionedDropoutRNN(ConditionedRNN, DropoutRNN):
    """Both: a loop over a cell that sees values, and that drops while training."""


@register
class ConditionedBidirectional(RepeatingBidirectional):
    """Both directions over cells that see the same values, `outside`, at every step."""

    def build(self, sequences_shape, outside_shape=None, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, outside, initial_state=None, mask=None, training=False):
        self.forward_layer.cell.see(*outside)
        self.backward_layer.cell.see(*outside)
        return super().call(sequences, initial_state, mask, training)

    def compute_output_shape(
        self, sequences_shape, outside_shape=None, initial_state_shape=None
    ):
        return super().compute_output_shape(sequences_shape, initial_state_shape)


@register
class TensorRNN(layers.RNN):
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
class ConditionedTensorRNN(ConditionedRNN, TensorRNN):
    """Such a loop over a cell that sees the same values, `outside`, at every step."""


@register
class DropoutTensorRNN(DropoutRNN, TensorRNN):
    """A loop that drops, over a cell with such states."""


@register
class ConditionedDropoutTensorRNN(ConditionedRNN, DropoutRNN, TensorRNN):
    """All three."""


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
