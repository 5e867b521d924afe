"""Trains and runs the Flax models as the guide of Flax NNX does."""

from __future__ import annotations

import os
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from benchmarks.cases import Array, Arrays, Batch, Case
from benchmarks.peers.flax_models import MODELS
from benchmarks.programs import EPSILON, RATE


def threads() -> str:
    """XLA's pool has a thread for each core."""
    return f"{os.cpu_count()} threads, {len(jax.devices())} device"


def multiply(a: Array, b: Array) -> Any:
    """The product of two matrices."""
    return jax.block_until_ready(jax.jit(jnp.matmul)(a, b))


class FlaxProgram:
    """A module with an optimiser of optax; it gives logits."""

    def __init__(self, case: Case, weights: Arrays) -> None:
        self.model = MODELS[case.name](weights)
        adam = optax.adam(RATE, eps=EPSILON)
        self.optimizer = nnx.Optimizer(self.model, adam, wrt=nnx.Param)
        loss, output = LOSSES[case.loss], OUTPUTS[case.loss]

        @nnx.jit
        def train_step(model: Any, optimizer: Any, inputs: Any, targets: Any) -> Any:
            def mean_loss(model: Any) -> Any:
                return loss(model(*inputs), targets).mean() + model.penalty()

            value, gradients = nnx.value_and_grad(mean_loss)(model)
            optimizer.update(model, gradients)
            return value

        @nnx.jit
        def predict(model: Any, inputs: Any) -> Any:
            return output(model(*inputs))

        self.train_step = train_step
        self.predict = predict

    def place(self, batch: Batch) -> None:
        """Put everything on the device."""
        self.inputs = jax.device_put(tuple(batch.inputs.values()))
        self.targets = jax.device_put(batch.targets)

    def infer(self) -> Any:
        """The first output."""
        self.model.eval()
        return jax.block_until_ready(self.predict(self.model, self.inputs))

    def train(self, *, drop: bool) -> float:
        """One step; returns the loss before it."""
        if drop:
            self.model.train()
        else:
            self.model.eval()
        value = self.train_step(self.model, self.optimizer, self.inputs, self.targets)
        jax.block_until_ready(nnx.state(self.model))
        return float(value)


def make(case: Case, weights: Arrays) -> FlaxProgram:
    """The program of a case."""
    return FlaxProgram(case, weights)


OUTPUTS: Any = {
    "binary": nnx.sigmoid,
    "probabilities": nnx.softmax,
    "logits": lambda scores: scores,
}
LOSSES: Any = {
    "binary": optax.sigmoid_binary_cross_entropy,
    "probabilities": optax.softmax_cross_entropy_with_integer_labels,
    "logits": optax.softmax_cross_entropy_with_integer_labels,
}
