"""Arithmetic with axes of every alignment computes the same in both backends."""

from __future__ import annotations

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

pytestmark = pytest.mark.framework

SPEC = """\
model m(x: float[T, 4] ragged, z: float[T, 4] ragged, t: float[T], d: float[4],
        n: float, w: float[3, 4], s: float[3], i: float[2, 3, 4])
    -> a: float[T, 4], b: float[T, 4], c: float[3, 4], e: float[2, 3, 4],
       f: float[T, 4] {
  a = -(x + 1) ** 2 * (z - 0.5) / 3 - -x
  b = t * (x - d) + (d * z - x * t) * n - n
  c = s * w + (w - s) * d / 2 - n * w
  e = i * s + w * i - d * (i - s) + n * i ** 2
  f = (2 ** x) * tanh(x) - (t + t) * ((d + d) * x)
  a, b, c, e, f
}
"""

MASKS = """\
model m(x: float[T, S], a: float[T] ragged, b: float[S] ragged,
        ids: int[T, S] < 5 pad 0)
    -> c: float[T], d: float[T], e: float[T, S], f: float[T, S], g: float[T, S, 2] {
  both = x * a * b
  later = x * b + 1
  both -> over T { mean }, later -> over T { max },
    both -> over T { reverse }, later -> over T { reverse },
    a * (ids -> embed(2)) * b
}
"""


@pytest.mark.parametrize("spec", [SPEC, MASKS], ids=["axes", "masks"])
def test_both_backends_compute_what_the_oracle_does(
    spec: str, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = compile(spec).model()
    sources = {backend.name: generate(model, backend) for backend in backends}
    report = verify(model, backends, sources, workers=workers)
    assert report.passed, render_text(report)
