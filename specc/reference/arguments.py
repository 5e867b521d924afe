"""What a caller hands in, checked against the model before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from specc.diagnostics import Code, Sink, did_you_mean
from specc.diagnostics.codes import (
    BATCH_CLASH,
    COTANGENT_MISMATCH,
    INPUT_DTYPE,
    INPUT_SHAPE,
    LENGTH_CLASH,
    MISSING_INPUT,
    MISSING_WEIGHT,
    UNKNOWN_INPUT,
    UNKNOWN_OUTPUT,
    UNKNOWN_WEIGHT,
    WEIGHT_DTYPE,
    WEIGHT_SHAPE,
)
from specc.ir.graph import Model, Node
from specc.ir.weights import Weight
from specc.ops.input import Input
from specc.reference.tape import Dtype, Flags, Floats, Ids
from specc.text import Span

Array: TypeAlias = npt.NDArray[np.generic]
Arrays: TypeAlias = Mapping[str, Array]

DTYPES: dict[str, Dtype] = {
    "float64": np.dtype(np.float64),
    "float32": np.dtype(np.float32),
    "complex128": np.dtype(np.complex128),
}
KINDS = {"int": "iu", "float": "f", "bool": "b"}


class Arguments(Struct, frozen=True):
    """Weights by canonical name, inputs by node; the sizes they settle."""

    weights: dict[str, Floats]
    floats: dict[int, Floats]
    others: dict[int, Ids | Flags]
    batch: int
    lengths: dict[str, int]


def run_dtype(dtype: npt.DTypeLike) -> Dtype:
    """The dtype of a run."""
    name = np.dtype(dtype).name
    assert name in DTYPES, f"the oracle does not run in {name}"
    return DTYPES[name]


def model_weights(model: Model) -> dict[str, tuple[Weight, Span]]:
    """Every weight by canonical name, with the place that first uses it."""
    found: dict[str, tuple[Weight, Span]] = {}
    for node in model.nodes:
        for weight in node.weights:
            found.setdefault(f"{node.name}.{weight.name}", (weight, node.span))
    return found


def model_inputs(model: Model) -> dict[str, int]:
    """Every input by name, masks included: the number of its node."""
    return {
        node.name: number
        for number, node in enumerate(model.nodes)
        if isinstance(node.op, Input)
    }


def check_arguments(
    model: Model, weights: Arrays, inputs: Arrays, dtype: Dtype
) -> Arguments:
    """Weights and inputs in the dtype of the run, or `Failure` with all mistakes."""
    sink = Sink()
    check_weights(model, weights, dtype, sink)
    batch, lengths = _check_inputs(model, inputs, dtype, sink)
    sink.stop_on_errors()
    floats: dict[int, Floats] = {}
    others: dict[int, Ids | Flags] = {}
    for name, number in model_inputs(model).items():
        kind = model.nodes[number].type.dtype
        if kind == "float":
            floats[number] = inputs[name].astype(dtype)
        elif kind == "int":
            others[number] = inputs[name].astype(np.int64)
        else:
            others[number] = inputs[name].astype(np.bool_)
    cast = {name: weights[name].astype(dtype) for name in model_weights(model)}
    return Arguments(cast, floats, others, batch, lengths)


def check_weights(model: Model, weights: Arrays, dtype: Dtype, sink: Sink) -> None:
    """Report weights that are missing, unknown, or not what the model needs."""
    expected = model_weights(model)
    for name in sorted(weights.keys() - expected.keys()):
        _report_unknown(sink, UNKNOWN_WEIGHT, model, "weight", name, expected)
    for name, (weight, span) in expected.items():
        if name not in weights:
            message = f"the weight `{name}` of shape {weight.shape} is missing"
            sink.report(MISSING_WEIGHT, span, message)
            continue
        found = weights[name]
        if found.shape != weight.shape:
            sink.report(
                WEIGHT_SHAPE,
                span,
                f"the weight `{name}` has shape {weight.shape}, found {found.shape}",
            )
        if not _fits(found, "float", dtype):
            sink.report(
                WEIGHT_DTYPE, span, f"the weight `{name}` is float, found {found.dtype}"
            )


def _check_inputs(
    model: Model, inputs: Arrays, dtype: Dtype, sink: Sink
) -> tuple[int, dict[str, int]]:
    """Report wrong inputs; the batch size and named lengths that the others settle."""
    expected = model_inputs(model)
    for name in sorted(inputs.keys() - expected.keys()):
        _report_unknown(sink, UNKNOWN_INPUT, model, "input", name, expected)
    fitting: list[tuple[Node, tuple[int, ...]]] = []
    for name, number in expected.items():
        node = model.nodes[number]
        if name not in inputs:
            message = f"the input `{name}`, a batch of `{node.type}`, is missing"
            sink.report(MISSING_INPUT, node.span, message)
            continue
        found = inputs[name]
        if not _fits(found, node.type.dtype, dtype):
            message = f"the input `{name}` is {node.type.dtype}, found {found.dtype}"
            sink.report(INPUT_DTYPE, node.span, message)
        if _shape_fits(found, node):
            fitting.append((node, found.shape))
            continue
        sink.report(
            INPUT_SHAPE,
            node.span,
            f"the input `{name}` is a batch of `{node.type}`, "
            f"found shape {found.shape}",
            help="the first axis is the batch",
        )
    rows = [(node, shape[0]) for node, shape in fitting]
    batch = _settled(rows, BATCH_CLASH, "the batch", sink) if rows else 1
    lengths = {}
    for axis, places in _named_lengths(fitting).items():
        lengths[axis] = _settled(places, LENGTH_CLASH, f"`{axis}`", sink)
    return batch, lengths


def _named_lengths(
    fitting: Iterable[tuple[Node, tuple[int, ...]]],
) -> dict[str, list[tuple[Node, int]]]:
    """The lengths that inputs give to each named axis."""
    found: dict[str, list[tuple[Node, int]]] = {}
    for node, shape in fitting:
        for axis, length in zip(node.type.axes, shape[1:], strict=True):
            if axis.size.fixed is None:
                found.setdefault(str(axis.size), []).append((node, length))
    return found


def _settled(places: list[tuple[Node, int]], code: Code, what: str, sink: Sink) -> int:
    """The one length that all inputs give; the first that disagrees is reported."""
    first, length = places[0]
    for node, other in places[1:]:
        if other != length:
            where = f"{length} in `{first.name}` and {other} in `{node.name}`"
            sink.report(code, node.span, f"{what} is {where}")
            break
    return length


def _shape_fits(found: Array, node: Node) -> bool:
    """Whether an array has the axes of an input, as far as they are numbers."""
    fixed = [axis.size.fixed for axis in node.type.axes]
    if found.ndim != len(fixed) + 1:
        return False
    lengths = zip(found.shape[1:], fixed, strict=True)
    return all(wanted in (None, length) for length, wanted in lengths)


def _fits(found: Array, wanted: str, dtype: Dtype) -> bool:
    """Whether an array's dtype is of the wanted kind; complex runs take complex too."""
    if wanted == "float" and dtype.kind == "c":
        return found.dtype.kind in "fc"
    return found.dtype.kind in KINDS[wanted]


def check_cotangents(model: Model, outputs: Arrays, cotangents: Arrays) -> None:
    """Raise `Failure` unless every cotangent has the name and shape of an output."""
    sink = Sink()
    for name, cotangent in cotangents.items():
        if name not in outputs:
            _report_unknown(sink, UNKNOWN_OUTPUT, model, "output", name, outputs)
            continue
        output = outputs[name]
        if output.dtype.kind != "f" or cotangent.dtype.kind != "f":
            wrong = f"output is {output.dtype}, the cotangent {cotangent.dtype}"
        elif output.shape != cotangent.shape:
            wrong = f"output has shape {output.shape}, the cotangent {cotangent.shape}"
        else:
            continue
        sink.report(COTANGENT_MISMATCH, model.span, f"`{name}`: the {wrong}")
    sink.stop_on_errors()


def _report_unknown(
    sink: Sink,
    code: Code,
    model: Model,
    what: str,
    name: str,
    known: Mapping[str, object],
) -> None:
    sink.report(
        code,
        model.span,
        f"`{model.name}` has no {what} `{name}`",
        help=did_you_mean(name, known),
    )
