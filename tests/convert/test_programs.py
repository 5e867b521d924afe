"""What a built program holds is what the table says, name by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.compiler import compile
from specc.ir.graph import Model
from tests.convert.carrying import ours_of, random_weights, shapes_of, theirs_of

MODELS = Path(__file__).parents[2] / "specs" / "models"
SPECS = [
    MODELS / f"{name}.seq"
    for name in (
        "attention_decoders",  # layers inside cells, in both directions
        "cell_of_blocks",  # many layers of one class inside a cell
        "digits",  # moving statistics
        "encoder_decoder",
        "gru_placements",  # both forms of GRU
        "imdb_stacked_bilstm",
        "keyword_spotting",  # separable convolutions
        "layernorm_lstm",
        "memory_cells",  # matrices as states, and cells in a cell
        "own_cell",
        "sentence_encoders",  # shared layers, a loop
        "transformer_decoder",  # a block that is there several times
        "vanilla_rnn",
        "variational",  # recurrent dropout
        "video_convlstm",  # kernels of four axes in a cell
    )
]
PARAM = """\
cell awkward(units: int) {
  state h[units]
  param cell, own, U_n, b_n
  gate = sigmoid(cell @ x + own @ h -> layernorm as my_layer)
  h' = gate * h + tanh(U_n @ h + b_n -> dense(units) as forward_layer)
}

model awkward_names(x: float[T, 3]) -> y: float[8] {
  x -> bi(awkward(4)) -> awkward(8, final) -> dense(8) as forward_layer
}

model param(words: int[T] < 9 pad 0) -> y: float[5] {
  param start[4], gain[8]
  let e = embed(8)
  h = words -> e -> bi(gru(4, init = (start, start)))
  gain * h -> tied(e, bias = zeros) -> mean -> dense(5)
}
"""

pytestmark = pytest.mark.framework


def cases() -> list[Any]:
    found = [model for spec in SPECS for model in compile(spec).models]
    found += compile(PARAM).models
    return [pytest.param(model, id=model.name) for model in found]


def built(model: Model, backend: str) -> Any:
    return load_program(generate(model, load_backend(backend)), f"{model.name}_w")


@pytest.mark.parametrize("model", cases())
def test_keras_variables(model: Model) -> None:
    import keras
    from specc_tensorflow.runner import prepare

    prepare("float32")
    program, weights = built(model, "tensorflow"), random_weights(model, "float32")
    for _ in range(2):  # the second time Keras numbers layers otherwise
        net = program.build(variables=weights)
        found = {v.path: v.numpy() for v in net.variables}
        back = ours_of(model, "tensorflow", found)
        assert back.keys() == weights.keys()
        assert all(np.array_equal(back[name], weights[name]) for name in weights)
    written = theirs_of(model, "tensorflow", weights)
    short = ours_of(model, "tensorflow", written)
    assert all(np.array_equal(short[name], weights[name]) for name in weights)
    assert keras.config.floatx() == "float32"


@pytest.mark.parametrize("model", cases())
def test_jax_variables(model: Model) -> None:
    import jax

    def name(path: Any) -> str:
        return jax.tree_util.keystr(path, simple=True, separator="/")

    leaves = jax.tree_util.tree_leaves_with_path(built(model, "jax").init(3))
    found = {name(path): np.asarray(leaf) for path, leaf in leaves}
    back = ours_of(model, "jax", found)
    assert {n: a.shape for n, a in back.items()} == shapes_of(model)
    assert theirs_of(model, "jax", back).keys() == found.keys()


def test_a_keras_model_of_ones_own() -> None:
    import keras
    from keras import layers

    from specc.reference import run

    text = """model m(x: float[T, 6]) -> y: float[2] {
      x -> bi(lstm(5)) -> gru(4, final) -> dense(2)
    }
    """
    model = compile(text).model()
    x = keras.Input((None, 6))
    h = layers.Bidirectional(layers.LSTM(5, return_sequences=True), name="read")(x)
    net = keras.Model(x, layers.Dense(2, name="out")(layers.GRU(4, name="fold")(h)))
    generator = np.random.default_rng(0)
    for variable in net.weights:
        variable.assign(generator.standard_normal(variable.shape) / 2)
    renamed = {"bi_lstm": "read", "gru": "fold", "dense": "out"}
    arrays = {v.path: v.numpy() for v in net.weights}
    weights = ours_of(model, "tensorflow", arrays, renamed)
    inputs = generator.standard_normal((3, 7, 6)).astype("f4")
    expected = run(model, weights, {"x": inputs}).outputs["y"]
    assert np.allclose(net(inputs), expected, rtol=1e-5, atol=1e-6)
