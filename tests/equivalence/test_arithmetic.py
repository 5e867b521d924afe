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

SUMS = """\
model m(q: float[T, 4] ragged, k: float[S, 4] ragged, v: float[S, 3] ragged,
        ids: int[T, S] < 7 pad 0)
    -> y: float[T, 3], w: float[T, S], z: float[T], u: float[S], g: float[4, 3],
       h: float[T, T], i: float[T, 3], j: float[S, 3], l: float[T], n: float[T, S] {
  s = q @ k / 2
  w = s -> softmax(S)
  y = contract(w, v, S)
  e = ids -> embed(3)
  y, w, max(s, S), s -> mean(T), contract(k, v, S), q @ q -> log_softmax,
    e -> sum(S), e -> mean(T), contract(w, s, S), contract(e, v, 3)
}
"""
WEIGHTS = """\
block attention_pool(units: int) on (h: float[T, d]) {
  param c[units]
  weight = (h -> dense(units, tanh)) @ c -> softmax(T)
  weight * h -> sum
}

block look() on (h: float[T, d]) {
  param queries[2, d] = normal, build[d]
  (queries, h + build) -> cross_attend(2)
}

cell seeing(units: int, table: float[n, d]) {
  state h[units]
  seen = (h, table) -> attend(2)
  h' = concat(x, seen) -> dense(units, tanh)
}

model m(x: int[T] < 9 pad 0, z: float[S, R, 4] ragged, plain: float[5, 4])
    -> y: float[4], h: float[T, 3], b: float[T, 4], l: float[2, 4], u: float[3],
       p: float[4, 4], o: float[S, 4], k: float[S, 2, 4], c: float[T, 8],
       e: float[T, 3], f: float[4], a: float[5], r: float[5, 4] {
  param h0[3], gamma[4], beta[4], W[4, 4], name[3, 2], t[5] = normal
  let pool = attention_pool(3)
  v = x -> embed(4)
  u = h0 + 1
  p = W @ W * gamma
  v -> pool, v -> gru(3, init = h0), gamma * (W @ v) + beta, v -> look, u, p,
    z -> over S { pool }, z -> over S { look }, concat(v, v * gamma) -> relu
    -> dense(8), v -> seeing(3, name), plain -> attention_pool(2),
    t - (plain @ beta -> softmax), (W @ plain) * t -> log_softmax(5)
}
"""


@pytest.mark.parametrize(
    "spec",
    [SPEC, MASKS, SUMS, WEIGHTS],
    ids=["axes", "masks", "sums", "weights"],
)
def test_both_backends_compute_what_the_oracle_does(
    spec: str, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = compile(spec).model()
    sources = {backend.name: generate(model, backend) for backend in backends}
    report = verify(model, backends, sources, workers=workers)
    assert report.passed, render_text(report)
