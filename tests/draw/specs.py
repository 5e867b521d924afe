"""Specs to draw: small ones, deep ones, and hostile ones."""

from __future__ import annotations

from pathlib import Path

import specc
from specc.draw.diagram import Diagram, draw_model

MODELS = sorted((Path(__file__).parents[2] / "specs" / "models").glob("*.seq"))
DEEP = """
block tcn(filters: int, rate: int, p: float = 0.1) {
  residual { conv(filters, 3, causal, dilation = rate, relu) -> dropout(p)
             -> conv(filters, 3, causal, dilation = rate, relu) -> dropout(p) }
}

model wave(x: float[T, 1]) -> float[T, 1] {
  x -> conv(32, 1) -> for i in 8 { tcn(32, 2 ** i) } -> dense(1)
}
"""
TUPLES = """
block wave(f: int, rate: int) on (h, skip) {
  a = h -> conv(f, 2, causal, dilation = rate, tanh)
  b = h -> conv(f, 2, causal, dilation = rate, sigmoid)
  out = (a, b) -> add -> conv(f, 1)
  side = out -> dense(f)
  (h, out) -> add, (skip, side) -> add
}

model wavenet(x: float[T, 1]) -> float[T, 1] {
  h = x -> conv(8, 1)
  s = x -> conv(8, 1)
  (h, s) -> for i in 50 { wave(8, 2 ** (i % 10)) } -> (relu, relu) -> concat -> dense(1)
}
"""
FAN = """
model text(tokens: int[T] < 85 pad 0) -> float[1] {
  tokens -> embed(6) -> each k in [3, 4, 5] { conv(10, k, relu) -> max }
         -> concat -> dense(1, sigmoid)
}
"""
DENSE = """
model net(x: float[T, 4]) -> float[T, 4] {
  a = x -> dense(4, relu)
  b = (x, a) -> concat -> dense(4, relu)
  c = (x, a, b) -> concat -> dense(4, relu)
  d = (x, a, b, c) -> concat -> dense(4, relu)
  (x, a, b, c, d) -> concat -> dense(4)
}
"""
SHARED = """
model pair(a: int[T] < 9 pad 0, b: int[S] < 9 pad 0) -> near: float {
  let encode = embed(4) -> lstm(4) -> mean
  dot(a -> encode, b -> encode)
}
"""
BAD = '</text><script>alert(1)</script>&amp;]]>\\";n9-->|x|#quot;`'
HOSTILE = f"""
model m(x: int[4] < 3) -> float[1] {{
  x -> embed(2, from = "{BAD}") -> flatten -> dense(1)
}}
"""
TEXTS = {
    "deep": DEEP,
    "tuples": TUPLES,
    "fan": FAN,
    "dense": DENSE,
    "shared": SHARED,
}


def diagrams(text: str | Path) -> list[Diagram]:
    return [draw_model(model) for model in specc.compile(text).models]


def diagram(text: str) -> Diagram:
    (found,) = diagrams(text)
    return found
