"""What a generated program does, as users of its framework see it: cheap things first.

A program is run without being compiled, as each is run a few times only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import pytest

from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.ir.graph import Model
from specc.passes import run_passes
from specc.verify.arrays import Array, Arrays
from specc.verify.sample import make_generator, sample_batches, sample_weights

BACKENDS = ("jax", "tensorflow")
NEAR = 1e-4
"""Of the largest number: float32 numbers that near to each other may be rounding."""


class Behaviour:
    """Everything about a program that an option could change."""

    def __init__(self, model: Model, backend: str) -> None:
        self.model = run_passes(model)
        loaded = load_backend(backend)
        self.runner = pytest.importorskip(loaded.runner)
        self.module = load_program(generate(self.model, loaded), "specc_generated")
        self.weights = dict(sample_weights(self.model, make_generator(0)))
        self.inputs = sample_batches(self.model, make_generator(1))[0].inputs

    def aspects(self) -> Iterator[tuple[str, Callable[[], Mapping[str, Array]]]]:
        yield "first weights", lambda: self.initial
        yield "penalty", lambda: self.penalty
        yield "outputs", lambda: self.outputs
        yield "gradients", lambda: self.gradients
        yield "outputs while training", lambda: self.trained[0]
        yield "weights after training", lambda: self.trained[1]

    @cached_property
    def initial(self) -> Arrays:
        return dict(self.runner.initial(self.module, 0))

    @cached_property
    def penalty(self) -> Arrays:
        return {"": np.float64(self.runner.penalty(self.module, self.weights))}

    @cached_property
    def outputs(self) -> Arrays:
        raise NotImplementedError

    @cached_property
    def gradients(self) -> Arrays:
        """Those of the sum of the outputs' squares, zero where nothing is learned."""
        raise NotImplementedError

    @cached_property
    def trained(self) -> tuple[Arrays, Arrays]:
        """Outputs while training, always with the same draws, and the weights then."""
        raise NotImplementedError


class InJax(Behaviour):
    @cached_property
    def outputs(self) -> Arrays:
        return _numbered(self.module.apply(self._nested, *self.inputs.values()))

    @cached_property
    def gradients(self) -> Arrays:
        import jax

        def total(variables: object) -> jax.Array:
            found = self.module.apply(variables, *self.inputs.values())
            return sum((y**2).sum() for y in jax.tree.leaves(found))

        return dict(self.runner._flat(jax.grad(total)(self._nested)))

    @cached_property
    def trained(self) -> tuple[Arrays, Arrays]:
        import jax

        update = getattr(self.module, "apply_and_update", None)
        draws = {"training": True, "rng": jax.random.key(0)}
        given = (self._nested, *self.inputs.values())
        if update is None:
            return _numbered(self.module.apply(*given, **draws)), {}
        found, after = update(*given, **draws)
        return _numbered(found), dict(self.runner._flat(after))

    @cached_property
    def _nested(self) -> dict[str, object]:
        import jax

        nested = self.runner._nested(self.weights)
        return dict(jax.tree.map(jax.numpy.asarray, nested))


class InKeras(Behaviour):
    @cached_property
    def outputs(self) -> Arrays:
        program = self.module.build(variables=self.weights)
        return _numbered(program(self._given, training=False))

    @cached_property
    def gradients(self) -> Arrays:
        import tensorflow as tf

        program = self.module.build(variables=self.weights)
        learned = program.trainable_variables
        with tf.GradientTape() as tape:
            found = tf.nest.flatten(program(self._given, training=False))
            total = sum(tf.reduce_sum(y**2) for y in found)
        zero = tf.UnconnectedGradients.ZERO
        values = [one.value for one in learned]
        made = tape.gradient(total, values, unconnected_gradients=zero)
        # They pass through the variables, as the program names those by the spec.
        for variable in program.weights:
            variable.assign(np.zeros(variable.shape))
        for variable, gradient in zip(learned, made, strict=True):
            variable.assign(tf.convert_to_tensor(gradient))
        return dict(self.module.get_variables(program))

    @cached_property
    def trained(self) -> tuple[Arrays, Arrays]:
        import keras

        keras.utils.set_random_seed(0)
        program = self.module.build(variables=self.weights)
        found = _numbered(program(self._given, training=True))
        return found, dict(self.module.get_variables(program))

    @cached_property
    def _given(self) -> object:
        given = list(self.inputs.values())
        return given if len(given) > 1 else given[0]


def behaviour(model: Model, backend: str) -> Behaviour:
    """A model's program in a backend."""
    return {"jax": InJax, "tensorflow": InKeras}[backend](model, backend)


def change(one: Behaviour, other: Behaviour) -> str:
    """The first thing that two programs do differently, or ""."""
    for (name, found), (_, also) in zip(one.aspects(), other.aspects(), strict=True):
        if _differ(found(), also()):
            return name
    return ""


def _differ(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    if one.keys() != other.keys():
        return True
    return any(
        np.shape(one[name]) != np.shape(other[name])
        or not _near(np.asarray(one[name]), np.asarray(other[name]))
        for name in one
    )


def _near(one: Array, other: Array) -> bool:
    """Whether they are the same but for rounding; what is no number is near nothing."""
    if one.dtype.kind != "f":
        return bool((one == other).all())
    size = max(1.0, np.abs(one).max(initial=0))
    return bool(np.abs(one - other).max(initial=0) <= NEAR * size)


def _numbered(found: object) -> Arrays:
    """Outputs by their place in the head, or by name."""
    if isinstance(found, Mapping):
        return {name: np.asarray(one) for name, one in found.items()}
    several = found if isinstance(found, tuple | list) else (found,)
    return {str(place): np.asarray(one) for place, one in enumerate(several)}


@contextmanager
def uncompiled(backend: str) -> Iterator[None]:
    """Programs of a backend run operation by operation in the meantime."""
    if backend == "jax":
        jax = pytest.importorskip("jax")
        with jax.disable_jit():
            yield
        return
    tf = pytest.importorskip("tensorflow")
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)
