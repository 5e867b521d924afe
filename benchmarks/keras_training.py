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
        self.rates = {layer: layer.rate for layer in _dropouts(model)}
        self._compile(drop=True)

    def place(self, batch: Batch) -> None:
        """Keep the batch as arrays: the methods take it from there."""
        given = list(batch.inputs.values())
        self.inputs = given[0] if len(given) == 1 else given
        self.targets: Any = batch.targets
        if isinstance(self.model.output, dict):
            self.targets = {next(iter(self.model.output)): batch.targets}

    def infer(self) -> Any:
        """The first output."""
        found = self.model.predict_on_batch(self.inputs)
        return next(iter(found.values())) if isinstance(found, dict) else found

    def train(self, *, drop: bool) -> float:
        """One step; returns the loss before it."""
        if drop != self.drop:
            self._compile(drop=drop)
        return float(np.ravel(self.model.train_on_batch(self.inputs, self.targets))[0])

    def _compile(self, *, drop: bool) -> None:
        self.drop = drop
        for layer, rate in self.rates.items():
            layer.rate = rate if drop else 0
        loss: Any = LOSSES[self.case.loss]()
        if isinstance(self.model.output, dict):
            loss = {next(iter(self.model.output)): loss}
        optimizer = keras.optimizers.Adam(RATE, epsilon=EPSILON)
        self.model.compile(optimizer=optimizer, loss=loss)


def _dropouts(model: Any) -> list[Any]:
    return [one for one in model.layers if isinstance(one, keras.layers.Dropout)]
