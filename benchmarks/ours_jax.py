"""Our JAX programs, on one device or with the batch spread over several."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from benchmarks.cases import Array, Arrays, Batch, Case
from benchmarks.programs import EPSILON, RATE
from specc.codegen.build import load_program


def prepare(devices: int) -> None:
    """Split the processor into so many devices, before anything is computed."""
    jax.config.update("jax_num_cpu_devices", devices)


def threads() -> str:
    """XLA's pool has a thread for each core, whatever the number of devices."""
    devices = len(jax.devices())
    return f"{os.cpu_count()} threads, {devices} device{'s' if devices > 1 else ''}"


def multiply(a: Array, b: Array) -> Any:
    """The product of two matrices."""
    return jax.block_until_ready(_product(a, b))


@jax.jit
def _product(a: jax.Array, b: jax.Array) -> jax.Array:
    return jnp.matmul(a, b, precision="highest")


class OurJax:
    """A generated program with a loss and Adam around it."""

    def __init__(self, case: Case, weights: Arrays, text: str) -> None:
        module = load_program(text, case.name)
        mesh = Mesh(np.array(jax.devices()), ("batch",))
        self.whole = NamedSharding(mesh, PartitionSpec())
        self.by_rows = NamedSharding(mesh, PartitionSpec("batch"))
        self.variables = jax.device_put(_nested(weights), self.whole)
        zeros = jax.tree.map(jnp.zeros_like, self.variables)
        self.moments = zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros((), jnp.int32)
        self.moments = jax.device_put(self.moments, self.whole)
        self.key = jax.random.key(0)

        def first_output(variables: Any, inputs: Any, **options: Any) -> jax.Array:
            found = module.apply(variables, *inputs, **options)
            first: jax.Array = found[0] if isinstance(found, tuple) else found
            return first

        def loss(
            variables: Any, inputs: Any, targets: jax.Array, drop: bool, key: Any
        ) -> jax.Array:
            found = first_output(variables, inputs, training=drop, rng=key)
            error = LOSSES[case.loss](found, targets) + module.penalty(variables)
            return jnp.asarray(error)

        def step(
            variables: Any,
            moments: Any,
            inputs: Any,
            targets: Any,
            drop: bool,
            key: Any,
        ) -> Any:
            value, gradients = jax.value_and_grad(loss)(
                variables, inputs, targets, drop, key
            )
            variables, moments = adam(variables, gradients, moments)
            return value, variables, moments

        self.apply = jax.jit(first_output)
        self.step = jax.jit(
            step,
            static_argnums=4,
            donate_argnums=(0, 1),
            out_shardings=(self.whole, self.whole, self.whole),
        )

    def place(self, batch: Batch) -> None:
        """Lay the rows out over the devices."""
        self.inputs = jax.device_put(tuple(batch.inputs.values()), self.by_rows)
        self.targets = jax.device_put(batch.targets, self.by_rows)

    def infer(self) -> Any:
        """The first output."""
        return jax.block_until_ready(self.apply(self.variables, self.inputs))

    def train(self, *, drop: bool) -> float:
        """One step; returns the loss before it."""
        if drop:
            self.key, key = jax.random.split(self.key)
        else:
            key = self.key
        value, self.variables, self.moments = self.step(
            self.variables, self.moments, self.inputs, self.targets, drop, key
        )
        jax.block_until_ready(self.variables)
        return float(value)


def make(case: Case, weights: Arrays, program: Path) -> OurJax:
    """The program that specc wrote for a case."""
    return OurJax(case, weights, program.read_text())


def adam(variables: Any, gradients: Any, moments: Any) -> tuple[Any, Any]:
    """Kingma and Ba 2015, with the powers of the decays taken into the rate."""
    first, second, count = moments
    count = count + 1
    rate = RATE * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, second, gradients)
    variables = jax.tree.map(
        lambda w, m, s: w - rate * m / (jnp.sqrt(s) + EPSILON), variables, first, second
    )
    return variables, (first, second, count)


def binary(chance: jax.Array, targets: jax.Array) -> jax.Array:
    """Cross-entropy of probabilities [B, 1]."""
    right = jnp.where(targets == 1, chance, 1 - chance)
    return -jnp.mean(jnp.log(right))


def probabilities(chances: jax.Array, targets: jax.Array) -> jax.Array:
    """Cross-entropy of probabilities of classes."""
    right = jnp.take_along_axis(chances, targets[..., None], axis=-1)
    return -jnp.mean(jnp.log(right))


def logits(scores: jax.Array, targets: jax.Array) -> jax.Array:
    """Cross-entropy of logits."""
    right = jnp.take_along_axis(scores, targets[..., None], axis=-1)[..., 0]
    return jnp.mean(jax.nn.logsumexp(scores, axis=-1) - right)


LOSSES = {"binary": binary, "probabilities": probabilities, "logits": logits}


def _nested(weights: Arrays) -> Any:
    """`{"bi_lstm.forward.W_i": w}` as `{"bi_lstm": {"forward": {"W_i": w}}}`."""
    tree: Any = {}
    for name, weight in weights.items():
        *outer, last = name.split(".")
        place = tree
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = weight
    return tree
