"""Keras models, ours and hand-written, used as Keras's guides use them."""

from __future__ import annotations

import os
from typing import Any

import keras
import numpy as np

from benchmarks.cases import Array, Batch, Case
from benchmarks.programs import EPSILON, RATE

LOSSES = {
    "binary": lambda: keras.losses.BinaryCrossentropy(),
    "probabilities": lambda: keras.losses.SparseCategoricalCrossentropy(),
    "logits": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
}


def threads() -> str:
    """TensorFlow's pools have a thread for each core unless told otherwise."""
    return f"{os.cpu_count()} threads"


def multiply(a: Array, b: Array) -> Any:
    """The product of two matrices."""
    return keras.ops.convert_to_numpy(keras.ops.matmul(a, b))


class KerasProgram:
    """A model with `compile`, `predict_on_batch` and `train_on_batch`."""

    def __init__(self, case: Case, model: Any) -> None:
        self.case = case
        self.model = model
        outputs = model.output
        self.first = next(iter(outputs)) if isinstance(outputs, dict) else None
        self.rates = {layer: layer.rate for layer in _dropouts(model)}
        self._compile(drop=True)

    def place(self, batch: Batch) -> None:
        """Keep the batch as arrays: the methods take it from there."""
        given = list(batch.inputs.values())
        self.inputs = given[0] if len(given) == 1 else given
        self.targets = self._of_first(batch.targets)

    def infer(self) -> Any:
        """The first output."""
        found = self.model.predict_on_batch(self.inputs)
        return found if self.first is None else found[self.first]

    def train(self, *, drop: bool) -> float:
        """One step; returns the loss before it."""
        if drop != self.drop:
            self._compile(drop=drop)
        return float(np.ravel(self.model.train_on_batch(self.inputs, self.targets))[0])

    def _compile(self, *, drop: bool) -> None:
        self.drop = drop
        for layer, rate in self.rates.items():
            layer.rate = rate if drop else 0
        loss = self._of_first(LOSSES[self.case.loss]())
        optimizer = keras.optimizers.Adam(RATE, epsilon=EPSILON)
        self.model.compile(optimizer=optimizer, loss=loss)

    def _of_first(self, value: Any) -> Any:
        """Something for the first output alone; models of one output need no name."""
        return value if self.first is None else {self.first: value}


def _dropouts(model: Any) -> list[Any]:
    return [one for one in model.layers if isinstance(one, keras.layers.Dropout)]
