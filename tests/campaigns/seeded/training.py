"""What programs do while training, held to what the layers say they do.

`specc verify` judges what a program computes; what it drops, adds and moves while
training is read off here, from one run on inputs that show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from msgspec import Struct

from specc.codegen.backend import Backend
from specc.compiler import compile_source
from specc.text import Source
from specc.verify.arrays import Arrays, Precision
from specc.verify.child import ProgramError
from specc.verify.process import Worker
from specc.verify.sample import make_generator, sample_weights
from tests.campaigns.seeded.judging import Kill

ROWS, STEPS, WIDTH = 16, 7, 24
PRECISION: Precision = "float64"
RATE, CLOSE = 0.25, 1e-12
SHARE_OFF = 0.06
"""Six deviations of the share that is dropped of so many numbers."""
AFTER = "after:"
"""How the names of weights after a run start, among its outputs."""

Says = Callable[[Arrays, Arrays, Arrays], bool]
"""Whether outputs, given weights and inputs, are as the layer says."""


class Truth(Struct, frozen=True):
    """A spec, what goes in, and the sentences that must be true of what comes out."""

    text: str
    inputs: Mapping[str, np.ndarray]
    says: Mapping[str, Says]


class _Trained:
    """A backend of which the programs run as while training."""

    def __init__(self, backend: Backend) -> None:
        self.name, self.title = backend.name, backend.title
        self.modules, self.extra = backend.modules, backend.extra
        self.runner = f"tests.campaigns.seeded.{backend.name}_training"


def trained(backend: Backend) -> Worker:
    """A child that runs programs of a backend as while training."""
    return Worker(_Trained(backend))  # type: ignore[arg-type]


def judge_training(worker: Worker, source: str, spec: str) -> Kill:
    """The first sentence that is not true of a program."""
    truth = TRUTHS[spec]
    model = compile_source(Source("seeded.seq", truth.text), Path()).model()
    weights: Arrays = dict(sample_weights(model, make_generator(0)))
    weights |= {n: np.eye(*w.shape) for n, w in weights.items() if n.endswith("diag")}
    weights = {name: w.astype(PRECISION) for name, w in weights.items()}
    try:
        worker.load(source, PRECISION)
        worker.use(weights)
        found = worker.run(truth.inputs, model.output_names)
    except ProgramError as error:
        return Kill("error", f"{error.kind}: {error.message}".splitlines()[0])
    for sentence, holds in truth.says.items():
        if not holds(found, weights, dict(truth.inputs)):
            return Kill("training", f"not so: {sentence}")
    return Kill("", "")


def _dropped(y: np.ndarray, rate: float = RATE) -> bool:
    """Zeros, and numbers scaled so that the mean stays."""
    kept = y[y != 0]
    return bool((abs(kept - 1 / (1 - rate)) < CLOSE).all())


def _share(y: np.ndarray, rate: float = RATE) -> bool:
    return bool(abs((y == 0).mean() - rate) < SHARE_OFF)


def _steady(y: np.ndarray) -> bool:
    return bool((y == y[:, :1]).all())


def _varied(y: np.ndarray) -> bool:
    return bool((y[0] != y[1]).any())


def _normalised(found: Arrays, weights: Arrays, inputs: Arrays) -> dict[str, bool]:
    """The equation of batchnorm, from the rows of features that count."""
    x = inputs["x"]
    mask = inputs.get("x_mask", np.ones(x.shape[:-1], bool)).astype(bool)
    w = {name.partition(".")[2]: array for name, array in weights.items()}
    after = {n.rpartition(".")[2]: a for n, a in found.items() if n.startswith(AFTER)}
    rows = x[mask]
    mean, variance = rows.mean(axis=0), rows.var(axis=0)
    y = w["gamma"] * (x - mean) / np.sqrt(variance + 1e-3) + w["beta"]
    moved = {
        "moving_mean": 0.9 * w["moving_mean"] + 0.1 * mean,
        "moving_variance": 0.9 * w["moving_variance"] + 0.1 * variance,
    }
    return {
        "y": bool((abs(found["y"] - y)[mask] < CLOSE).all()),
        **{n: bool((abs(after[n] - a) < CLOSE).all()) for n, a in moved.items()},
    }


ONES = {"x": np.ones((ROWS, STEPS, WIDTH))}
DRAWN = {"x": make_generator(1).standard_normal((ROWS, STEPS, 3)) * 3 + 2}
MASKED = {**DRAWN, "x_mask": make_generator(2).random((ROWS, STEPS)) < 0.6}
DELAY = f"""
cell delay(units: int) {{
  state h[units]
  param W_diag, A_diag[units, units]
  h' = W_diag @ x
  concat(A_diag @ h, W_diag @ x)
}}
model m(x: float[T, {WIDTH}]) -> (y: float[T, {2 * WIDTH}]) {{ x -> delay("""
DROPS: Mapping[str, Says] = {
    "what is kept is scaled by 1 / (1 - p)": lambda f, w, i: _dropped(f["y"]),
    "a share p is dropped": lambda f, w, i: _share(f["y"]),
    "rows draw for themselves": lambda f, w, i: _varied(f["y"]),
}
NORMAL: Mapping[str, Says] = {
    "y goes by the batch": lambda f, w, i: _normalised(f, w, i)["y"],
    "the mean moves": lambda f, w, i: _normalised(f, w, i)["moving_mean"],
    "the variance moves": lambda f, w, i: _normalised(f, w, i)["moving_variance"],
}


def _state(f: Arrays) -> np.ndarray:
    return f["y"][:, 1:, :WIDTH]


def _given(f: Arrays) -> np.ndarray:
    return f["y"][:, :, WIDTH:]


def _head(layer: str, type: str = f"float[T, {WIDTH}]") -> str:
    output = type.removesuffix(" ragged")
    return f"model m(x: {type}) -> (y: {output}) {{ x -> {layer} }}"


TRUTHS: Mapping[str, Truth] = MappingProxyType(
    {
        "dropout": Truth(
            _head(f"dropout({RATE})"),
            ONES,
            {**DROPS, "steps draw for themselves": lambda f, w, i: not _steady(f["y"])},
        ),
        "shared": Truth(
            _head(f"dropout({RATE}, shared = time)"),
            ONES,
            {**DROPS, "one draw serves all steps": lambda f, w, i: _steady(f["y"])},
        ),
        "spatial": Truth(
            _head(f"spatial_dropout({RATE})"),
            ONES,
            {**DROPS, "one draw serves all steps": lambda f, w, i: _steady(f["y"])},
        ),
        "noise": Truth(
            _head("noise(0.5)"),
            ONES,
            {
                "it has that deviation": lambda f, w, i: bool(
                    abs((f["y"] - 1).std() - 0.5) < 0.05
                ),
                "and mean 0": lambda f, w, i: bool(abs(f["y"].mean() - 1) < 0.05),
            },
        ),
        "batchnorm": Truth(
            _head("batchnorm(momentum = 0.9)", "float[T, 3]"), DRAWN, NORMAL
        ),
        "batchnorm_masked": Truth(
            _head("batchnorm(momentum = 0.9)", "float[T, 3] ragged"), MASKED, NORMAL
        ),
        "recurrent_dropout": Truth(
            f"{DELAY}{WIDTH}, recurrent_dropout = {RATE}) }}",
            ONES,
            {
                "a state is dropped from": lambda f, w, i: _dropped(_state(f)),
                "by a share p": lambda f, w, i: _share(_state(f)),
                "by one draw for all steps": lambda f, w, i: _steady(_state(f)),
                "by one for each row": lambda f, w, i: _varied(_state(f)),
                "the input is whole": lambda f, w, i: bool((_given(f) == 1).all()),
            },
        ),
        "input_dropout": Truth(
            f"{DELAY}{WIDTH}, dropout = {RATE}) }}",
            ONES,
            {
                "the input is dropped from": lambda f, w, i: _dropped(_given(f)),
                "by a share p": lambda f, w, i: _share(_given(f)),
                "by one draw for all steps": lambda f, w, i: _steady(_given(f)),
            },
        ),
        "weight_dropout": Truth(
            f"{DELAY}{WIDTH}, weight_dropout = {RATE}) }}",
            ONES,
            {
                "matrices are dropped from": lambda f, w, i: _dropped(_state(f)),
                "for all rows alike": lambda f, w, i: not _varied(_state(f)),
                "the input's is whole": lambda f, w, i: bool((_given(f) == 1).all()),
            },
        ),
    }
)
