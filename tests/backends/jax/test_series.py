"""Many blocks in a row are a loop over their weights, and compute the same."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from specc_jax import backend, runner

from specc.codegen.build import generate, load_program
from specc.lower import lower_text
from specc.passes import run_passes
from specc.verify.sample import make_generator, sample_batches

ATTENDING = """block layer() {{
  residual {{ layernorm -> self_attend(2, bias = none{causal}{dropped}) {then} }}
    -> residual {{ layernorm -> dense(6, tanh) -> dense(4) }}
}}
"""
PLAIN = ATTENDING.format(causal="", dropped="", then="")
DRAWING = ATTENDING.format(
    causal=", causal", dropped=", dropout = 0.3", then="-> dropout(0.2) -> noise(0.1)"
)
RECURRENT = """block layer() {
  residual { layernorm -> bi(gru(2)) -> dense(4, tanh) }
}
"""
MEMORY = """block layer() on (h, memory) {
  found = (h, memory) -> cross_attend(2) -> dense(4)
  (h, found) -> add -> layernorm, memory
}
"""
IDS = "model m(x: int[T] < 9 pad 0) -> float[4] {\n  x -> embed(4) "
SPECS = {
    "attention": f"{PLAIN}{IDS} -> for i in 16 {{ layer }} -> mean\n}}",
    "draws": f"{DRAWING}{IDS} -> dropout(0.5) -> for i in 17 {{ layer }} -> mean\n}}",
    "recurrent": f"{RECURRENT}{IDS} -> for i in 16 {{ layer }} -> mean\n}}",
    "memory": f"{MEMORY}model m(x: int[T] < 9 pad 0, z: float[S, 4] ragged)"
    " -> float[4] {\n  h, kept = (x -> embed(4), z -> dense(4))"
    " -> for i in 16 { layer }\n  (h -> mean, kept -> mean) -> add\n}",
}
CONV = """block layer() {
  residual { conv(4, 3, same, relu) -> dense(4) -> layernorm }
}
"""


@pytest.mark.parametrize("kind", ["attention", "recurrent", "memory"])
def test_a_loop_over_blocks_computes_what_the_oracle_does(kind, prove):
    assert "= run_layers(" in prove(SPECS[kind])


@pytest.mark.parametrize("kind", ["attention", "draws"])
def test_results_gradients_and_draws_are_those_of_the_blocks_laid_out(
    kind, monkeypatch
):
    """So every block drops other numbers than the others do, and the same as ever."""
    model = run_passes(lower_text(SPECS[kind]))
    runner.prepare("float64")
    looped = load_program(generate(model, backend), "looped")
    monkeypatch.setattr("specc_jax.blocks.FEWEST_IN_SERIES", 1000)
    plain = load_program(generate(model, backend), "plain")
    assert hasattr(looped, "run_layers") and not hasattr(plain, "run_layers")
    weights = jax.tree.map(lambda w: w.astype("float64"), looped.init(5))
    assert jax.tree.structure(weights) == jax.tree.structure(plain.init(5))
    inputs = sample_batches(model, make_generator(1))[0].inputs.values()
    for training in (False, True):

        def total(program, w, training=training):
            options = {"training": training, "rng": jax.random.key(3)}
            return program.apply(w, *inputs, **options).sum()

        found, expected = (
            jax.tree.leaves(jax.value_and_grad(total, 1)(program, weights))
            for program in (looped, plain)
        )
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


def test_training_draws_anew_for_every_block(load):
    drop = "block layer() {\n  dropout(0.5) -> dense(64, bias = none)"
    text = f"{drop} -> dropout(0.5) -> relu\n}}\n"
    text += "model m(x: float[64]) -> float[64] {\n  x -> for i in 16 { layer }\n}"
    module = load(text)
    assert hasattr(module, "run_layers")
    # Weights that change nothing: what is left of ones was kept by all of the draws.
    weights = jax.tree.map(lambda w: np.eye(64, dtype=w.dtype), module.init(0))
    x = np.ones((500, 64), "float32")
    y = module.apply(weights, x, training=True, rng=jax.random.key(0))
    assert not y.any(), "of 32,000 numbers, all 32 draws keep one with chance 1e-5"


@pytest.mark.parametrize(
    "text",
    [
        f"{PLAIN}{IDS} -> for i in 15 {{ layer }} -> mean\n}}",
        f"{CONV}{IDS} -> for i in 16 {{ layer }} -> mean\n}}",
        SPECS["attention"].replace("dense(6", "dense(50000"),
    ],
    ids=["few", "convolutions", "large"],
)
def test_where_a_loop_does_not_pay_blocks_are_called_one_by_one(text, build):
    source = build(text)[1]
    assert "run_layers" not in source and "= layer(v[" in source


def test_the_call_reads_as_it_should(build):
    source = build(SPECS["draws"])[1]
    assert "lambda x, w, place: layer(w, x, mask, rng, place)" in source
    assert 'stack_weights(v, "layer", range(1, 18))' in source
    assert "jnp.arange(2, 53, 3)" in source
