"""The oracle's door: a model's outputs, its gradients, and its penalty."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from specc.diagnostics import Sink
from specc.ir.graph import Model, Ref
from specc.reference.arguments import (
    Arguments,
    Arrays,
    check_arguments,
    check_cotangents,
    check_weights,
    model_inputs,
    model_weights,
    run_dtype,
)
from specc.reference.evaluate import Results, evaluate, flags_at, number_at
from specc.reference.tape import Dtype, Flags, Floats, Ids, Tape, Value


class Run(Struct, frozen=True):
    """What a model computed.

    `outputs` and `masks` go by output name; a mask is [B, T] or None. `values` are the
    results of every node, by its number.
    """

    outputs: dict[str, Floats | Ids | Flags]
    masks: dict[str, Flags | None]
    values: tuple[tuple[Floats | Ids | Flags, ...], ...]


def run(
    model: Model,
    weights: Arrays,
    inputs: Arrays,
    dtype: npt.DTypeLike = np.float64,
) -> Run:
    """Run a model outside training, in float64, float32 or complex128.

    `weights`: every weight by canonical name (`bi_lstm.forward.W_i`). `inputs`: every
    input by name, with the batch axis first, and `<input>_mask` where a mask is given
    at call time. Raises `Failure` (SPC701-710) where these do not fit the model.
    """
    arguments = check_arguments(model, weights, inputs, run_dtype(dtype))
    values = _evaluate(
        model,
        arguments,
        {name: Value(weight) for name, weight in arguments.weights.items()},
        {number: Value(given) for number, given in arguments.floats.items()},
        run_dtype(dtype),
    )
    return _run_of(model, values)


def gradients(
    model: Model,
    weights: Arrays,
    inputs: Arrays,
    cotangents: Arrays,
    dtype: npt.DTypeLike = np.float64,
) -> dict[str, Floats]:
    """Gradients of the sum of output * cotangent over all outputs.

    One for each trainable weight, by canonical name, and one for each float input, as
    `input:<name>`. An output without a cotangent does not count. Raises `Failure` as
    `run` does, and (SPC711, SPC712) for a cotangent that fits no output.
    """
    arguments = check_arguments(model, weights, inputs, run_dtype(dtype))
    tape = Tape()
    trainable = [name for name, (w, _) in model_weights(model).items() if w.trainable]
    weight_values = {
        name: tape.watch(weight) if name in trainable else Value(weight)
        for name, weight in arguments.weights.items()
    }
    input_values = {n: tape.watch(given) for n, given in arguments.floats.items()}
    values = _evaluate(model, arguments, weight_values, input_values, run_dtype(dtype))
    check_cotangents(model, _run_of(model, values).outputs, cotangents)
    ends = [
        (number_at(values, output.ref), cotangents[name].astype(dtype))
        for name, output in zip(model.output_names, model.outputs, strict=True)
        if name in cotangents
    ]
    watched = {name: weight_values[name] for name in trainable}
    for name, number in model_inputs(model).items():
        if number in input_values:
            watched[f"input:{name}"] = input_values[number]
    with np.errstate(all="ignore"):
        found = tape.gradients(ends, list(watched.values()))
    return dict(zip(watched, found, strict=True))


def penalty(model: Model, weights: Arrays) -> float:
    """The sum over weights of l1 * sum|w| + l2 * sum(w^2), each weight once."""
    sink = Sink()
    check_weights(model, weights, run_dtype(np.float64), sink)
    sink.stop_on_errors()
    total = 0.0
    for name, (weight, _) in model_weights(model).items():
        if weight.l1 or weight.l2:
            w = weights[name].astype(np.float64)
            total += weight.l1 * float(np.abs(w).sum())
            total += weight.l2 * float((w * w).sum())
    return total


def _evaluate(
    model: Model,
    arguments: Arguments,
    weights: Mapping[str, Value],
    floats: Mapping[int, Value],
    dtype: Dtype,
) -> list[Results]:
    """The results of every node, checked against the types the model declares."""
    with np.errstate(all="ignore"):  # NaN and inf are results like any other
        values = evaluate(model, {**floats, **arguments.others}, weights, dtype)
    for number, results in enumerate(values):
        for place, item in enumerate(results):
            _check_shape(model, Ref(number, place), item.shape, arguments)
            if isinstance(item, Value):
                assert item.dtype == dtype, f"node {number} is {item.dtype}"
    return values


def _check_shape(
    model: Model, ref: Ref, found: tuple[int, ...], arguments: Arguments
) -> None:
    axes = model.type_of(ref).axes
    sizes = [axis.size.at(arguments.lengths) for axis in axes]
    # Where a window found no room, a formula may count from below no step.
    fits = all(n == size or size < 1 for n, size in zip(found[1:], sizes, strict=True))
    rows = found[0] == 1 or found[0] % arguments.batch == 0  # steps may be rows
    assert rows and fits, (
        f"node {ref.node} has shape {found}, its type is {model.type_of(ref)}"
    )


def _run_of(model: Model, values: list[Results]) -> Run:
    arrays = tuple(
        tuple(item.data if isinstance(item, Value) else item for item in results)
        for results in values
    )
    outputs: dict[str, Floats | Ids | Flags] = {}
    masks: dict[str, Flags | None] = {}
    for name, output in zip(model.output_names, model.outputs, strict=True):
        outputs[name] = arrays[output.ref.node][output.ref.output]
        mask = model.mask(output.ref)
        masks[name] = None if mask is None else flags_at(values, mask)
    return Run(outputs, masks, arrays)
