"""What the oracle says of a model on shared random numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from specc.ir.graph import Model
from specc.reference import gradients, run
from specc.reference.elementwise import library_rounding
from specc.verify.arrays import Array, Arrays, Flags, Precision, in_precision
from specc.verify.compare import Kind, Tally, is_nothing, largest
from specc.verify.descent import descend
from specc.verify.sample import Batch, Float32s, make_generator, spread

STEPS = 10
STRIDE = 2.0**-7
LEAST_GRADIENT = 2.0**-40
"""A gradient below this is not brought to one; nor is one below this share of the
largest, such as that of the keys' bias in attention: it is nothing but rounding."""


class Truth(Struct, frozen=True, eq=False):
    """The oracle's float64 results for one batch, by name.

    `masks` are those of the outputs, None where every step counts. Cotangents are
    random at steps that count and zero at others, and for outputs that are ids.
    """

    batch: Batch
    outputs: Mapping[str, Array]
    masks: Mapping[str, Flags | None]
    cotangents: Mapping[str, Float32s]
    gradients: Mapping[str, Array]


class Expected(Struct, frozen=True, eq=False):
    """The oracle's results for a model with one set of weights.

    `rounded` tells, per kind and tensor, how far the oracle run in float32 is from the
    oracle in float64: what float32 must lose.
    """

    model: Model
    seed: int
    weights: Mapping[str, Float32s]
    truths: tuple[Truth, ...]
    rounded: Mapping[tuple[Kind, str], Tally]

    def lost(self, kind: Kind, name: str) -> Tally | None:
        """What float32 must lose of what a row is about, if that is a tensor.

        The name of an invariance is that of an output and a few words.
        """
        of: Kind = "forward" if kind == "invariance" else kind
        return self.rounded.get((of, name.partition(", ")[0]))


def expect(
    model: Model, weights: Mapping[str, Float32s], batches: Sequence[Batch], seed: int
) -> Expected:
    """Run the oracle forward and backward in both precisions."""
    return extend(Expected(model, seed, weights, (), {}), batches)


def extend(expected: Expected, batches: Sequence[Batch]) -> Expected:
    """Run the oracle on more batches."""
    model, seed, weights = expected.model, expected.seed, expected.weights
    truths = list(expected.truths)
    rounded = defaultdict(Tally, {k: replace(t) for k, t in expected.rounded.items()})
    for batch in batches:
        generator = make_generator(seed, 2, len(truths))
        truths.append(_truth(model, weights, batch, generator))
        _add_rounded(rounded, model, weights, truths[-1])
    return Expected(model, seed, weights, tuple(truths), rounded)


def _truth(
    model: Model,
    weights: Mapping[str, Float32s],
    batch: Batch,
    generator: np.random.Generator,
) -> Truth:
    found = run(model, weights, batch.inputs)
    cotangents = {
        name: _cotangent(output, found.masks[name], generator)
        for name, output in found.outputs.items()
    }
    slopes = oracle_gradients(model, weights, batch, cotangents, "float64")
    factor = _magnification(slopes)
    return Truth(
        batch=batch,
        outputs=found.outputs,
        masks=found.masks,
        cotangents={n: np.float32(factor) * c for n, c in cotangents.items()},
        gradients={n: np.multiply(s, factor) for n, s in slopes.items()},
    )


def _magnification(slopes: Mapping[str, Array]) -> float:
    """A power of two that brings the smallest gradient to one or more.

    Gradients are linear in the cotangents. A limit on max|a - b| / max(1, max|b|) is
    one on the relative difference only where max|b| is at least one.
    """
    sizes = list(map(largest, slopes.values()))
    rounding = LEAST_GRADIENT * max(sizes, default=0.0)
    above = [size for size in sizes if size > rounding]
    weakest = max(min(above, default=1.0), LEAST_GRADIENT)
    return 2.0 ** max(0, math.ceil(-math.log2(weakest)))


def _cotangent(
    output: Array, mask: Flags | None, generator: np.random.Generator
) -> Float32s:
    """A random number for each number of an output, 0 where it does not count."""
    if output.dtype.kind != "f":
        return np.zeros(output.shape, np.float32)
    cotangent = generator.standard_normal(output.shape, np.float32)
    if mask is not None:
        cotangent *= spread(mask, output.ndim)
    return cotangent


def oracle_gradients(
    model: Model,
    weights: Mapping[str, Array],
    batch: Batch,
    cotangents: Mapping[str, Float32s],
    precision: Precision,
) -> Arrays:
    """Gradients of the sum of output * cotangent over the outputs that are numbers."""
    outputs = dict(zip(model.output_names, model.outputs, strict=True))
    numbers = {
        name: cotangent
        for name, cotangent in cotangents.items()
        if model.type_of(outputs[name].ref).dtype == "float"
    }
    dtype = np.dtype(precision)
    return dict(gradients(model, weights, batch.inputs, numbers, dtype))


def _add_rounded(
    rounded: dict[tuple[Kind, str], Tally],
    model: Model,
    weights: Mapping[str, Float32s],
    truth: Truth,
) -> None:
    """Take in what the oracle loses when it runs in float32.

    It runs with NumPy's functions, then with some as inexact as a framework's.
    """
    _add_run(rounded, model, weights, truth)
    with library_rounding(make_generator(0, 3)):
        _add_run(rounded, model, weights, truth)


def _add_run(
    rounded: dict[tuple[Kind, str], Tally],
    model: Model,
    weights: Mapping[str, Float32s],
    truth: Truth,
) -> None:
    batch = truth.batch
    outputs = run(model, weights, batch.inputs, np.float32).outputs
    for tensor, expected in truth.outputs.items():
        mask = truth.masks[tensor]
        rounded["forward", tensor].add(outputs[tensor], expected, batch.name, mask)
    found = oracle_gradients(model, weights, batch, truth.cotangents, "float32")
    for tensor, expected in truth.gradients.items():
        rounded["gradient", tensor].add(found[tensor], expected, batch.name)


class Descent(Struct, frozen=True, eq=False):
    """Gradient descent on the first batch: how far, and the oracle's weights then."""

    steps: int
    rate: float
    trained: Arrays


def oracle_descent(expected: Expected) -> Descent:
    """A descent in float64 whose first step moves no weight by more than `STRIDE`.

    A fixed rate would leave one model where it is and throw another out of its numbers.
    """
    model, truth = expected.model, expected.truths[0]
    weights = in_precision(expected.weights, "float64")
    # A slope that is nothing but rounding leads nowhere, by another way each time.
    slopes = [
        truth.gradients[name]
        for name in truth.gradients.keys() & weights.keys()
        if not is_nothing(expected.rounded["gradient", name])
    ]
    steepest = max(map(largest, slopes), default=0.0)
    rate = STRIDE / (steepest or 1.0) if slopes else 0.0

    def gradients_at(weights: Arrays) -> Arrays:
        cotangents = truth.cotangents
        return oracle_gradients(model, weights, truth.batch, cotangents, "float64")

    return Descent(STEPS, rate, descend(gradients_at, weights, STEPS, rate))
