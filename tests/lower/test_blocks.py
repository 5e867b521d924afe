"""Blocks: what their uses become, and mistakes in them."""

from __future__ import annotations

import pytest

from specc.ir.graph import Model
from specc.lower import check_text, lower_text
from specc.passes import run_passes
from specc.reference import run
from specc.verify.sample import make_generator, sample_batches, sample_weights

from .mistakes import Mistake

HEAD = "model m(x: float[T, 4] ragged) -> float[T, 8]"


def model_of(block: str, flow: str, head: str = HEAD) -> Model:
    return run_passes(lower_text(f"{block}\n{head} {{\n  {flow}\n}}\n"))


def weight_names(model: Model) -> list[str]:
    return [
        f"{node.name}.{weight.name}"
        for node in model.nodes
        for weight in node.weights
        if node.owner is None
    ]


def outputs(model: Model) -> list[object]:
    """What the oracle computes from weights drawn in their order."""
    generator = make_generator(3)
    weights = sample_weights(model, generator)
    (batch, *_) = sample_batches(model, make_generator(4))
    return [
        array.tolist() for array in run(model, weights, batch.inputs).outputs.values()
    ]


SAME = {
    "a block": (
        "block b(n: int) { dense(n, relu) -> dense(8) }",
        "x -> b(5) -> b(3)",
        "x -> dense(5, relu) -> dense(8) -> dense(3, relu) -> dense(8)",
    ),
    "named values": (
        "block b() on (h) {\n  g = h -> dense(8)\n  (g, h -> dense(8)) -> add\n}",
        "x -> b",
        "g = x -> dense(8)\n  (g, x -> dense(8)) -> add",
    ),
    "residual": ("", "x -> residual { dense(4) }", "x + (x -> dense(4))"),
    "for": (
        "",
        "x -> for i in 3 { conv(8, 2, causal, dilation = 2 ** i) }",
        "x -> conv(8, 2, causal) -> conv(8, 2, causal, dilation = 2)"
        " -> conv(8, 2, causal, dilation = 4)",
    ),
    "each": (
        "",
        "x -> each k in [1, 3] { conv(4, k, same) } -> concat",
        "x -> (conv(4, 1, same), conv(4, 3, same)) -> concat",
    ),
    "a carried tuple": (
        "block wave(f: int, rate: int) on (h, skip) {\n"
        "  out = h -> conv(f, 2, causal, tanh, dilation = rate)\n"
        "  h + out, skip + (out -> dense(f))\n}",
        "h, skip = (x -> dense(8), 0) -> for i in 2 { wave(8, 2 ** i) }\n  skip",
        "h = x -> dense(8)\n  a = h -> conv(8, 2, causal, tanh)\n"
        "  s = 0 + (a -> dense(8))\n"
        "  c = h + a -> conv(8, 2, causal, tanh, dilation = 2)\n"
        "  s + (c -> dense(8))",
    ),
    "axes by name": (
        "block b() on (h: float[T, d]) { h -> dense(2 * d) }",
        "x -> b",
        "x -> dense(8)",
    ),
    "a function passed on": (
        "block a(act = tanh) { b(act) }\nblock b(f = relu) on (v) { f(v -> dense(8)) }",
        "x -> a(sigmoid)",
        "x -> dense(8, sigmoid)",
    ),
    "layers passed on": (
        "block a(body: layer) { b { body -> body } }\nblock b(body: layer) { body }",
        "x -> a { dense(8) }",
        "x -> dense(8) -> dense(8)",
    ),
    "a value as a parameter": (
        "block b(n: int, z: float[S, d]) on (h: float[T, d]) {\n"
        "  (h, z) -> attend(n) -> dense(2 * d)\n}",
        "x -> b(5, x -> relu)",
        "(x, x -> relu) -> attend(5) -> dense(8)",
    ),
    "values by name, beside a layer": (
        "block b(z: float[S, d], body: layer, y: float[d]) on (h) {\n"
        "  ((h, z) -> attend(3) -> body, h * y) -> concat\n}",
        "x -> b(y = x -> mean, z = x -> relu) { dense(4) }",
        "a = (x, x -> relu) -> attend(3) -> dense(4)\n  (a, x * (x -> mean)) -> concat",
    ),
    "what no parameter takes flows in": (
        "block b(z: float[S, d]) on (h, u) { (h, u, z) -> add -> dense(8) }",
        "b(x, x -> relu, x -> tanh)",
        "(x -> relu, x -> tanh, x) -> add -> dense(8)",
    ),
    "the first state as a parameter": (
        "block b(n: int, start: float[n]) { gru(n, init = start) }",
        "x -> b(8, x -> mean -> dense(8))",
        "x -> gru(8, init = x -> mean -> dense(8))",
    ),
    "a call on values": (
        "block both() on (a, b) { (a, b) -> add -> dense(8) }",
        "both(x, x -> relu)",
        "(x, x -> relu) -> add -> dense(8)",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_a_block_or_loop_computes_what_its_body_written_out_does(name: str) -> None:
    block, used, written = SAME[name]
    head = HEAD.replace("8]", "4]") if name == "residual" else HEAD
    one, other = model_of(block, used, head), model_of("", written, head)
    sizes = [[w.shape for n in m.nodes for w in n.weights] for m in (one, other)]
    assert sizes[0] == sizes[1]
    assert outputs(one) == outputs(other)


NAMES = {
    "x -> b(4) -> b(8)": ["b.dense", "b_2.dense"],
    "x -> b(8) as a": ["a.dense"],
    "let f = b(4)\n  x -> f -> f -> dense(8)": ["f.dense", "dense"],
    "x -> for i in 3 { b(8) }": ["b.dense", "b_2.dense", "b_3.dense"],
    "x -> for i in 2 { dense(4) as a } -> dense(8)": ["a", "a_2", "dense"],
    "let f = for i in 2 { dense(4) as q }\n  x -> f -> f -> dense(8)": [
        *("f.q", "f.q_2", "dense"),
    ],
    "x -> gated { dense(8) as z }": ["gated.z", "gated.z_2"],
    "x -> shared": ["shared.dense", "shared.dense_3", "shared.dense_2", "shared.one"],
    "x -> residual { dense(4) as dense_2 -> dense(4) -> dense(4) } -> dense(8)": [
        *("residual.dense_2", "residual.dense", "residual.dense_3", "dense"),
    ],
}
BLOCKS = """\
block b(n: int) { dense(n) }
block shared() on (h) {
  let dense_2 = dense(4)
  let one = dense(8)
  h -> dense(4) -> dense(4) -> dense_2 -> dense_2 -> one
}
"""


@pytest.mark.parametrize("flow", NAMES)
def test_weights_are_named_after_the_block_that_holds_them(flow: str) -> None:
    names = weight_names(model_of(BLOCKS, flow))
    assert [name for name in names if name.endswith("W")] == [
        f"{name}.W" for name in NAMES[flow]
    ]


def test_a_number_fits_any_type_a_block_asks_for() -> None:
    block = "block b() on (h: float[T, d], z: float[T, d]) { h + z -> dense(8) }"
    assert model_of(block, "(x, 0) -> b")


def block(text: str, code: str, message: str, use: str = "x -> b") -> Mistake:
    return Mistake(f"{text}\n{HEAD} {{\n  {use}\n}}\n", code, message)


D8 = "dense(8)"
SEES = "block b(z: float[S, d]) on (h: float[T, d]) { h + (z -> mean) }"
MISTAKES = [
    block(f"block b(^n: int) {{ {D8} }}", "SPC215", "`n` is never", "x -> b(3)"),
    block(f"block b(^l: layer) {{ {D8} }}", "SPC215", "`l` is never", "x -> b {relu}"),
    block(f"block b() on (x, ^z) {{ x -> {D8} }}", "SPC215", "`z`", "(x, x) -> b"),
    block(f"block b() {{\n  let ^f = relu\n  {D8}\n}}", "SPC215", "`f` is never"),
    block(f"block b() on (x) {{\n  ^h = x -> relu\n  x -> {D8}\n}}", "SPC215", "`h`"),
    block(
        "block b() on (x) {\n  a, c = x -> (dense(8), ^dense(9))\n  a\n}",
        "SPC215",
        "what `dense(9)` gives does not reach any output",
    ),
    block("block b() { dense(8) -> ^b }", "SPC223", "`b` -> `b`"),
    block("block b() { c }\nblock c() { ^b }", "SPC223", "`b` -> `c` -> `b`"),
    block("block b() on (h: ^flot[T]) { h }", "SPC301", "`flot`"),
    block("block b() on (h: float[^T + 1, 4]) { h -> dense(8) }", "SPC302", "T + 1"),
    block(
        "block b() on (h: float[T, 5]) { h }",
        "SPC307",
        "expected an axis of `5`",
        "x -> ^b",
    ),
    block("block b() on (h: int[T]) { h }", "SPC313", "expected `int[T]`", "x -> ^b"),
    block("block b() on (h: float[T]) { h }", "SPC313", "found a value", "x -> ^b"),
    block("block b() on (h: float[T, d]) { h -> dense(^T) }", "SPC205", "is a length"),
    block("block b(n: int) { dense(n) }", "SPC206", "`b` needs `n`", "x -> ^b"),
    block("block b(n: int) { dense(n) }", "SPC205", "whole number", "x -> b(^2.5)"),
    block("block b(l: layer = ^relu) { l }", "SPC217", "has no default", "x -> b"),
    block("block b(n: int, ^n: int) { dense(n) }", "SPC203", "`n` already names"),
    block("block ^dense() { relu }", "SPC203", "is a layer", "x -> dense(8)"),
    block("block b() on (a, c) { add(a, c) }", "SPC209", "found 1", "x -> ^b"),
    block("block b() { ^relu, tanh }", "SPC217", "one layer, or one value"),
    block("block ^b() { 3 }", "SPC209", "takes no value"),
    Mistake(
        f"block b() on (x) {{\n  h = x -> relu\n^}}\n{HEAD} {{ x -> b }}",
        "SPC213",
        "without a result",
    ),
    block(f"block b(^z: float[S, d]) {{ {D8} }}", "SPC215", "`z`", "x -> b(x)"),
    block(f"{SEES}", "SPC206", "needs the value `z`", "x -> ^b"),
    block(f"{SEES}", "SPC210", "is a value, found a layer", "x -> b(z = ^relu)"),
    block(f"{SEES}", "SPC210", "is one value, found 2", "x -> b(^(x, x))"),
    block(f"{SEES}", "SPC307", "`d`, which is 4, found 3", "x -> b(^x -> dense(3))"),
    block(f"{SEES}", "SPC313", "expected `float[S, d]`", "x -> b(^x -> mean)"),
    block(f"{SEES}", "SPC207", "`z` of `b` is given twice", "x -> b(z = x, ^z = x)"),
    block("block b(z: ^flot[S]) { z }", "SPC301", "`flot`", "x -> b(x)"),
    block("block b(z: float[S] = ^0) { z }", "SPC217", "the value `z` has no default"),
    block("", "SPC206", "needs the layer `body`", "x -> ^residual"),
    block("", "SPC205", "no place for a layer", "x -> residual(relu, ^relu)"),
    block("", "SPC207", "given twice", "x -> residual(body = relu) ^{ relu }"),
    block("", "SPC201", "`rellu`", "x -> residual(^rellu)"),
    block("", "SPC217", "takes no body", "x -> dense(8) ^{ relu }"),
    block("", "SPC202", "`zzz`", "x -> ^zzz { relu }"),
    Mistake(
        f"block b(body: layer) on (x) {{ ^x + (x -> body) }}\n"
        f"{HEAD} {{ x -> b {{ dense(5) }} }}",
        "SPC307",
        "`+` cannot bring",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_a_block_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()


def test_what_a_block_says_of_a_bound_must_hold() -> None:
    text = (
        "block b(n: int) on (h: int[T] < n) { h -> embed(2) }\n"
        "model m(x: int[T] < 30) -> float[T, 2] { x -> b(%d) }"
    )
    assert check_text(text % 30) == []
    assert [d.code.number for d in check_text(text % 31)] == ["SPC313"]


@pytest.mark.parametrize("on", ["", " on (x)"])
def test_blocks_too_deep_in_each_other_are_refused(on: str) -> None:
    start = "x -> " if on else ""
    blocks = [f"block b{i}(){on} {{ {start}b{i + 1} }}" for i in range(200)]
    text = "\n".join([*blocks, "block b200() { relu }", f"{HEAD} {{ x -> b0 }}"])
    assert [d.code.number for d in check_text(text)] == ["SPC220"]
