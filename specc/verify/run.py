"""A model run on given weights and inputs, by the oracle or by a generated program."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.codes import PROGRAM_FAILED
from specc.ir.graph import Model
from specc.reference import run
from specc.reference.arguments import check_arguments, model_inputs
from specc.verify.arrays import Array, Arrays, Precision, in_precision
from specc.verify.child import ProgramError
from specc.verify.process import Worker
from specc.verify.sample import in_order


def run_model(
    model: Model,
    backend: Backend | None,
    weights: Mapping[str, Array],
    inputs: Mapping[str, Array],
    precision: Precision = "float32",
    deterministic: bool = False,
) -> Arrays:
    """The outputs by name; the oracle computes them where `backend` is None.

    `deterministic`: the same bits in every run, or a `Failure`.

    Raises `Failure` where weights or inputs do not fit the model (SPC701-710), the
    framework is missing (SPC605) or the program fails (SPC722).
    """
    if backend is None:
        return dict(run(model, weights, inputs, np.dtype(precision)).outputs)
    check_arguments(model, weights, inputs, np.dtype(precision))
    source = generate(model, backend)
    try:
        with Worker(backend, deterministic=deterministic) as worker:
            worker.load(source, precision)
            worker.use(in_precision(weights, precision))
            narrowed = _narrow_ids(model, in_order(model, inputs))
            given = in_precision(narrowed, precision)
            return worker.run(given, model.output_names)
    except ProgramError as error:
        message = f"the {backend.title} program of `{model.name}` failed: {error}"
        raise Failure([Diagnostic(PROGRAM_FAILED, message)]) from error


def _narrow_ids(model: Model, inputs: Mapping[str, Array]) -> Arrays:
    """The inputs with ids as int32, in which one outside its range is still outside."""
    narrowed = dict(inputs)
    for name, number in model_inputs(model).items():
        bound, ids = model.nodes[number].type.bound, inputs[name]
        if bound is None or ids.dtype.kind not in "iu":
            continue
        inside = np.greater_equal(ids, 0) & np.less(ids, bound)
        narrowed[name] = np.where(inside, ids, -1).astype(np.int32)
    return narrowed
