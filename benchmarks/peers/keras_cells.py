"""Cells that Keras lacks, as its guide on RNNs writes a custom cell."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class MinGRUCell(keras.layers.Layer):
    """A GRU linear in its state."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.state_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], 2 * self.units))
        self.bias = self.add_weight(shape=(2 * self.units,))

    def call(self, inputs: Any, states: Any) -> Any:
        gate, new = ops.split(ops.matmul(inputs, self.kernel) + self.bias, 2, axis=-1)
        gate = ops.sigmoid(gate)
        h = (1 - gate) * states[0] + gate * new
        return h, [h]


class LRUCell(keras.layers.Layer):
    """A linear recurrent unit in real arithmetic."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape: Any) -> None:
        width = input_shape[-1]
        self.nu_log = self.add_weight(shape=(self.units,))
        self.theta_log = self.add_weight(shape=(self.units,))
        self.gamma_log = self.add_weight(shape=(self.units,))
        self.skip = self.add_weight(shape=(width,))
        self.kernel = self.add_weight(shape=(width, 2 * self.units))
        self.readout = self.add_weight(shape=(self.units, 2 * width))

    def call(self, inputs: Any, states: Any) -> Any:
        re, im = states
        decay = ops.exp(-ops.exp(self.nu_log))
        real = decay * ops.cos(ops.exp(self.theta_log))
        imaginary = decay * ops.sin(ops.exp(self.theta_log))
        gamma = ops.exp(self.gamma_log)
        b_re, b_im = ops.split(ops.matmul(inputs, self.kernel), 2, axis=-1)
        new_re = real * re - imaginary * im + gamma * b_re
        new_im = real * im + imaginary * re + gamma * b_im
        c_re, c_im = ops.split(self.readout, 2, axis=-1)
        out = ops.matmul(new_re, c_re) - ops.matmul(new_im, c_im) + self.skip * inputs
        return out, [new_re, new_im]
