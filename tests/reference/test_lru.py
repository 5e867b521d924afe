"""`lru` in real arithmetic is the complex recurrence of Orvieto et al. 2023."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import run

Draw = Callable[..., dict[str, np.ndarray[Any, Any]]]
TEXT = "model m(x: float[T, 4]) -> y: float[T, 4] { x -> lru(6) }"


def test_lru_is_the_complex_recurrence_of_its_paper(draw_weights: Draw) -> None:
    model = run_passes(lower_text(TEXT))
    weights = draw_weights(model)
    w = {name.removeprefix("lru."): value for name, value in weights.items()}
    x = np.random.default_rng(0).normal(size=(3, 7, 4))
    diagonal = np.exp(-np.exp(w["nu_log"]) + 1j * np.exp(w["theta_log"]))
    b, c = w["B_re"] + 1j * w["B_im"], w["C_re"] + 1j * w["C_im"]
    state, expected = np.zeros((3, 6), complex), []
    for now in x.swapaxes(0, 1):
        state = diagonal * state + np.exp(w["gamma_log"]) * (now @ b.T)
        expected.append((state @ c.T).real + w["D"] * now)
    found = run(model, weights, {"x": x}).outputs["y"]
    np.testing.assert_allclose(found, np.stack(expected, axis=1), rtol=1e-12)
