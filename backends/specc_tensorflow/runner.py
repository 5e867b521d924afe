"""Runs generated Keras models, in a child process that may hold TensorFlow."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeAlias

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Array: TypeAlias = npt.NDArray[Any]
Arrays: TypeAlias = dict[str, Array]
Tensors: TypeAlias = "list[tf.Tensor]"


class Program:
    """A module's model, with the functions that were traced for it."""

    def __init__(self, module: ModuleType, weights: Mapping[str, Array]) -> None:
        self.module = module
        self.model = module.build(variables=weights)
        self.inputs = self.model.inputs
        self.variables = self.model.trainable_variables
        self.trainable = self._trainable_names()
        self._traced: dict[tuple[str, ...], Callable[..., Any]] = {}

    def _trainable_names(self) -> list[str]:
        """The names in the spec of what training changes."""
        for variable in self.model.weights:
            variable.assign(np.zeros(variable.shape))
        for variable in self.variables:
            variable.assign(np.ones(variable.shape))
        found = self.module.get_variables(self.model)
        return [name for name, array in found.items() if array.all()]

    def fed(self, inputs: Mapping[str, Array]) -> Tensors:
        """The inputs in the model's order, in its dtypes."""
        return [
            tf.constant(inputs[spec_name(one.name, inputs)], one.dtype)
            for one in self.inputs
        ]

    def outputs(self, names: Sequence[str], inputs: Tensors) -> Tensors:
        """The outputs of these names; a single output has none in Keras."""
        given = inputs[0] if len(inputs) == 1 else inputs
        found = self.model(given, training=False)
        return [found[name] for name in names] if isinstance(found, dict) else [found]

    def run(self, names: tuple[str, ...], inputs: Tensors) -> Tensors:
        """The outputs, by a function that is traced once for all lengths."""
        key = ("run", *names)
        if key not in self._traced:
            self._traced[key] = tf.function(
                lambda given: self.outputs(names, given),
                input_signature=[specs(self.inputs)],
                autograph=False,
            )
        found: Tensors = self._traced[key](inputs)
        return found

    def gradients(
        self, names: tuple[str, ...], inputs: Tensors, cotangents: Tensors
    ) -> tuple[Tensors, Tensors]:
        """Gradients of sum(output * cotangent): of variables, and of float inputs."""
        key = ("gradients", *names)
        if key not in self._traced:
            found = self.outputs(names, inputs)
            self._traced[key] = tf.function(
                lambda given, factors: self._differentiate(names, given, factors),
                input_signature=[
                    specs(self.inputs),
                    [
                        tf.TensorSpec([None] * len(one.shape), keras.config.floatx())
                        for one in found
                    ],
                ],
            )
        result: tuple[Tensors, Tensors] = self._traced[key](inputs, cotangents)
        return result

    def _differentiate(
        self, names: tuple[str, ...], inputs: Tensors, cotangents: Tensors
    ) -> tuple[Tensors, Tensors]:
        floats = [one for one in inputs if one.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(floats)
            found = self.outputs(names, inputs)
            total = sum(
                tf.reduce_sum(tf.cast(output, cotangent.dtype) * cotangent)
                for output, cotangent in zip(found, cotangents, strict=True)
            )
        values = [variable.value for variable in self.variables]
        zero = tf.UnconnectedGradients.ZERO
        both = tape.gradient(total, [*values, *floats], unconnected_gradients=zero)
        dense = [tf.convert_to_tensor(gradient) for gradient in both]
        return dense[: len(values)], dense[len(values) :]

    def by_spec_name(self, gradients: Iterable[tf.Tensor]) -> Arrays:
        """Gradients of variables under the names, and in the shapes, of weights.

        They pass through the variables themselves, as the program reads those.
        """
        for variable, gradient in zip(self.variables, gradients, strict=True):
            variable.assign(gradient)
        found = self.module.get_variables(self.model)
        return {name: np.asarray(found[name]) for name in self.trainable}


_current: list[Program] = []
"""The program in use, if any: those before it are let go."""
_prepared = 0
KEPT = 40
"""After how many programs what they left is looked for."""


def prepare(precision: str) -> None:
    """Compute in `float32` or `float64` from now on; models made before are gone."""
    global _prepared
    _current.clear()
    _prepared += 1
    # Nothing that was traced is to be let go where nothing is traced.
    keras.backend.clear_session(free_memory=not tf.config.functions_run_eagerly())
    if _prepared % KEPT == 0:
        gc.collect()
    keras.config.set_floatx(precision)
    keras.config.set_dtype_policy(precision)


def hurry() -> None:
    """Run functions without tracing them from now on: they are called a few times."""
    if tf.config.functions_run_eagerly():
        return
    tf.config.run_functions_eagerly(True)
    # Looking for cycles among all that TensorFlow holds takes a tenth of the time.
    gc.freeze()
    gc.disable()


def deterministic() -> None:
    """From now on the same run gives the same bits; before anything is computed.

    TensorFlow raises where an op has no such form.
    """
    global _deterministic
    _deterministic = True
    tf.config.experimental.enable_op_determinism()
    # The sum of parts depends on how many threads there are.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


_deterministic = False


def describe() -> dict[str, str]:
    """Versions, the device, and the settings that may change numbers."""
    devices = tf.config.list_physical_devices("GPU")
    device = tf.config.experimental.get_device_details(devices[0]) if devices else {}
    settings = ("XLA_FLAGS", "TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS")
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "device": device.get("device_name", "GPU" if devices else "cpu"),
        "devices": str(len(devices) or 1),
        "op_determinism": str(_deterministic).lower(),
        "threads": str(tf.config.threading.get_intra_op_parallelism_threads()),
        **{name: os.environ.get(name, "") for name in settings},
    }


def program_of(module: ModuleType, weights: Mapping[str, Array]) -> Program:
    """The module's program, holding these weights."""
    if not _current or _current[0].module is not module:
        _current[:] = [Program(module, weights)]
    module.set_variables(_current[0].model, weights)
    return _current[0]


def initial(module: ModuleType, seed: int) -> Arrays:
    """The weights a fresh model of the program starts with."""
    found = module.get_variables(module.build(seed))
    return {name: np.asarray(array) for name, array in found.items()}


def run(
    module: ModuleType,
    weights: Mapping[str, Array],
    inputs: Mapping[str, Array],
    outputs: tuple[str, ...],
) -> Arrays:
    """The outputs by name, outside training."""
    program = program_of(module, weights)
    found = program.run(outputs, program.fed(inputs))
    return {name: one.numpy() for name, one in zip(outputs, found, strict=True)}


def gradients(
    module: ModuleType,
    weights: Mapping[str, Array],
    inputs: Mapping[str, Array],
    cotangents: Mapping[str, Array],
) -> Arrays:
    """Gradients of the sum of output * cotangent: of weights, and of float inputs."""
    program = program_of(module, weights)
    fed = program.fed(inputs)
    factors = [tf.constant(c, keras.config.floatx()) for c in cotangents.values()]
    of_variables, of_inputs = program.gradients(tuple(cotangents), fed, factors)
    floats = [one for one in program.inputs if one.dtype.startswith("float")]
    found = program.by_spec_name(of_variables)
    for one, gradient in zip(floats, of_inputs, strict=True):
        found[f"input:{spec_name(one.name, inputs)}"] = gradient.numpy()
    return found


def penalty(module: ModuleType, weights: Mapping[str, Array]) -> float:
    """The l1 and l2 penalty of all weights, also of those that are frozen."""
    model = program_of(module, weights).model
    penalized = [one for one in model.weights if one.regularizer is not None]
    return float(sum(one.regularizer(one) for one in penalized))


def specs(tensors: Iterable[Any]) -> list[tf.TensorSpec]:
    """What a function is traced for: any batch, any length where it is open."""
    return [tf.TensorSpec(one.shape, one.dtype) for one in tensors]


def spec_name(name: str, inputs: Mapping[str, Array]) -> str:
    """An input's name in the spec; Keras's may have underscores at the end."""
    while name not in inputs:
        assert name.endswith("_"), f"no input {name}"
        name = name[:-1]
    return name
