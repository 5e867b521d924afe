"""Feedback with all that it can hold computes the same in both backends."""

from __future__ import annotations

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

pytestmark = pytest.mark.framework

SPEC = """
cell seeing(units: int, memory: float[S, d]) {
  state h[units]
  seen = memory -> mean
  h' = (concat(x, seen), h) -> step(gru(units))
}
cell quiet(units: int) {
  state h[units]
  param W, U
  h' = tanh(W @ x + U @ h)
  0.5 * h
}
model full(theme: float[4], z: float[S, 3] ragged, h: float[5])
    -> a: float[3, 4], b: float[3, 4], c: float[2, 4], d: float[S, 2, 3] {
  let tune = feedback(3) { lstm(4, l2 = 0.1) }
  a = theme -> feedback(3) {
    seeing(5, z, init = h) -> (relu, dense(5, l1 = 0.1)) -> add
      -> residual { layernorm -> gru(5) } -> dense(4, softmax)
  }
  b = (theme -> tune) + (a -> mean -> tune)
  c = theme -> feedback(2) { for i in 2 { quiet(4) } -> highway(4) { dense(4) } }
  d = z -> over S { feedback(2) { rnn(3) -> normalize } }
}
"""


def test_all_that_it_can_hold_runs_as_the_oracle_does(
    backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:

    model = compile(SPEC).model()
    sources = {backend.name: generate(model, backend) for backend in backends}
    report = verify(model, backends, sources, workers=workers)
    assert report.passed, render_text(report)
