"""A block that a model has several times is one function, and computes the same."""

from __future__ import annotations

import ast
from pathlib import Path

import jax
import numpy as np
import pytest
from specc_jax import backend, runner

from specc.codegen.build import generate, load_program
from specc.lower import lower_text
from specc.passes import run_passes
from specc.verify.sample import make_generator, sample_batches

SPECS = Path(__file__).parent / "specs"
LAYERS = """block layer(heads: int) {
  residual { self_attend(heads, dropout = 0.3) -> dropout(0.2) }
    -> residual { layernorm -> dense(8, gelu) -> dense(4) -> noise(0.1) }
}
"""
HEAD = "model m(x: int[T] < 9 pad 0) -> float[4] {\n"
TEXTS = {
    "of their own": f"{LAYERS}{HEAD}x -> embed(4)"
    "-> for i in 3 { layer(2) } -> mean\n}",
    "shared": f"{LAYERS}{HEAD}let one = layer(2)\n"
    "x -> embed(4) -> dropout(0.5) -> for i in 3 { one } -> mean\n}",
    "of many numbers": """block wave(rate: int) on (h, skip) {
  out = (h -> conv(4, 2, tanh, causal, dilation = rate)) * (h -> conv(4, 1, sigmoid))
  h + (out -> conv(4, 1)), skip + (out -> dropout(0.1 * rate) -> conv(4, 1))
}
model m(x: int[T] < 9 pad 0) -> float[4] {
  start = x -> embed(4)
  h, skip = (start, 0) -> for i in 3 { wave(2 ** i) }
  h + skip -> mean
}""",
    "of two lengths": """model m(x: int[T] < 9 pad 0) -> float[4] {
  let encode = embed(4) -> dropout(0.5) -> bi(lstm(2)) -> layernorm -> max
  h = x -> crop(1) -> encode
  h - (x -> encode) -> dense(4)
}""",
    "of all kinds": (SPECS / "repeated_blocks.seq").read_text(),
}


def functions(source: str) -> dict[str, str]:
    """The functions of a program by name, with their text."""
    found = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    return {one.name: ast.unparse(one) for one in found}


@pytest.mark.parametrize("kind", TEXTS)
def test_results_weights_and_draws_are_those_of_the_model_laid_out(kind, monkeypatch):
    model = run_passes(lower_text(TEXTS[kind]))
    runner.prepare("float32")
    folded = load_program(generate(model, backend), "folded")
    monkeypatch.setattr("specc.codegen.alike.FEWEST", 1000)
    monkeypatch.setattr("specc_jax.weights.FEWEST", 1000)
    plain = load_program(generate(model, backend), "plain")
    assert folded.__dict__.keys() - plain.__dict__.keys()
    weights = folded.init(5)
    made = (jax.tree.leaves(weights), jax.tree.leaves(plain.init(5)))
    assert all(map(np.array_equal, *made))
    inputs = sample_batches(model, make_generator(1))[0].inputs.values()
    given = [np.asarray(x, "float32" if x.dtype == float else x.dtype) for x in inputs]
    update = hasattr(plain, "apply_and_update")
    for training in (False, True):
        found, expected = (
            (program.apply_and_update if update else program.apply)(
                weights, *given, training=training, rng=jax.random.key(3)
            )
            for program in (folded, plain)
        )
        pairs = zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


def test_a_block_is_written_once_and_called_for_each(build):
    source = functions(build(TEXTS["of their own"])[1])
    assert source["apply"].count("self_heads") == 0
    assert source["layer"].count("self_heads") == 1
    calls = [
        line.strip() for line in source["apply"].splitlines() if "= layer(" in line
    ]
    assert calls == [
        "x = layer(v['layer'], x, mask, rng, 1)",
        "x = layer(v['layer_2'], x, mask, rng, 4)",
        "x = layer(v['layer_3'], x, mask, rng, 7)",
    ]


def test_a_shared_block_is_called_with_the_same_weights(build):
    source = functions(build(TEXTS["shared"])[1])
    assert source["apply"].count("one(v['one'], x, mask, rng, ") == 3


def test_weights_of_blocks_are_drawn_by_one_function(build):
    source = functions(build(TEXTS["of their own"])[1])
    assert "init_layer(seed, 'layer_3')" in source["init"]
    assert "path + '.residual.self_attend.W_q'" in source["init_layer"]


def test_a_block_that_moves_statistics_stays_in_apply(build):
    source = functions(build(TEXTS["of all kinds"])[1])
    assert "normal" not in source
    assert source["apply_and_update"].count("batchnorm_masked(") == 2
