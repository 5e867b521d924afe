"""The oracle against the stock layers of Keras, in float64 with random weights.

Keras keeps the gates side by side, [in, gates * units], where the equations have one
matrix [units, in] each; LSTM in the order i f c o, GRU in the order z r h.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from specc.lower import lower_text
from specc.passes import run_passes
from specc.reference import gradients, run

pytestmark = pytest.mark.framework

Array = np.ndarray[Any, Any]
Draw = Callable[..., dict[str, Array]]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 9, 6))
MASK = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 1, 1, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    bool,
)
UNITS = 5


@pytest.fixture(scope="module")
def keras() -> Any:
    """Loaded when a test needs it, not when tests are collected."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return pytest.importorskip("keras")


def oracle(
    body: str, result: str, draw: Draw, mask: Array | None = None
) -> tuple[list[Array], dict[str, Array]]:
    """Outputs, and the weights they were computed with."""
    ragged = "" if mask is None else " ragged"
    text = f"model m(x: float[T, 6]{ragged}) -> {result} {{\n  {body}\n}}"
    model = run_passes(lower_text(text))
    weights = draw(model)
    inputs = {"x": X} if mask is None else {"x": X, "x_mask": mask}
    return list(run(model, weights, inputs).outputs.values()), weights


def agree(found: Array, expected: Any) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-11, atol=1e-12)


def call(layer: Any, weights: list[Array], mask: Array | None = None) -> Any:
    layer.build(X.shape)
    layer.set_weights(weights)
    return layer(X) if mask is None else layer(X, mask=mask)


def rnn_weights(w: Mapping[str, Array], prefix: str) -> list[Array]:
    return [w[prefix + "W"].T, w[prefix + "U"].T, w[prefix + "b"]]


def lstm_weights(w: Mapping[str, Array], prefix: str) -> list[Array]:
    order = "ifgo"
    kernel = np.concatenate([w[f"{prefix}W_{k}"].T for k in order], axis=1)
    recurrent = np.concatenate([w[f"{prefix}U_{k}"].T for k in order], axis=1)
    return [kernel, recurrent, np.concatenate([w[f"{prefix}b_{k}"] for k in order])]


def gru_weights(w: Mapping[str, Array], prefix: str) -> list[Array]:
    kernel = np.concatenate([w[f"{prefix}W_{k}"].T for k in "zrn"], axis=1)
    recurrent = np.concatenate([w[f"{prefix}U_{k}"].T for k in "zrn"], axis=1)
    bias = np.concatenate([w[f"{prefix}b_{k}"] for k in "zrn"])
    if f"{prefix}d_z" in w:
        second = np.concatenate([w[f"{prefix}d_{k}"] for k in "zrn"])
        bias = np.stack([bias, second])
    return [kernel, recurrent, bias]


CELLS = {
    "rnn": ("SimpleRNN", {}, rnn_weights),
    "lstm": ("LSTM", {}, lstm_weights),
    "gru": ("GRU", {"reset_after": True}, gru_weights),
    "gru_reset_before": ("GRU", {"reset_after": False}, gru_weights),
}
MASKS = pytest.mark.parametrize("mask", [None, MASK], ids=["all steps", "masked"])


@MASKS
@pytest.mark.parametrize("cell", CELLS)
def test_recurrent_layers(
    keras: Any, draw_weights: Draw, cell: str, mask: Array | None
) -> None:
    layer, options, convert = CELLS[cell]
    (y,), weights = oracle(f"x -> {cell}({UNITS})", "float[T, 5]", draw_weights, mask)
    stock = getattr(keras.layers, layer)(
        UNITS, return_sequences=True, dtype="float64", **options
    )
    agree(y, call(stock, convert(weights, f"{cell}."), mask))


@MASKS
@pytest.mark.parametrize("cell", CELLS)
def test_final_outputs(
    keras: Any, draw_weights: Draw, cell: str, mask: Array | None
) -> None:
    layer, options, convert = CELLS[cell]
    body = f"x -> {cell}({UNITS}, final)"
    (y,), weights = oracle(body, "float[5]", draw_weights, mask)
    stock = getattr(keras.layers, layer)(UNITS, dtype="float64", **options)
    agree(y, call(stock, convert(weights, f"{cell}."), mask))


@MASKS
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize(
    ("merge", "keras_merge"),
    [("concat", "concat"), ("sum", "sum"), ("multiply", "mul"), ("average", "ave")],
)
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_bidirectional_layers(
    keras: Any,
    draw_weights: Draw,
    cell: str,
    merge: str,
    keras_merge: str,
    final: bool,
    mask: Array | None,
) -> None:
    layer, options, convert = CELLS[cell]
    width = 10 if merge == "concat" else 5
    inner = f"{cell}({UNITS}, final)" if final else f"{cell}({UNITS})"
    result = f"float[{width}]" if final else f"float[T, {width}]"
    body = f"x -> bi({inner}, merge = {merge})"
    (y,), weights = oracle(body, result, draw_weights, mask)
    one = getattr(keras.layers, layer)(
        UNITS, return_sequences=not final, dtype="float64", **options
    )
    stock = keras.layers.Bidirectional(one, merge_mode=keras_merge, dtype="float64")
    both = [
        *convert(weights, f"bi_{cell}.forward."),
        *convert(weights, f"bi_{cell}.backward."),
    ]
    found = np.asarray(call(stock, both, mask))
    if mask is None or final:
        agree(y, found)
    else:  # at masked steps Keras gives zeros here
        agree(y[mask], found[mask])


@MASKS
def test_states_of_a_backward_lstm(
    keras: Any, draw_weights: Draw, mask: Array | None
) -> None:
    body = "y, ends = x -> lstm(5, reverse, states)\n  h, c = ends\n  y, h, c"
    result = "float[T, 5], float[5], float[5]"
    (y, h, c), weights = oracle(body, result, draw_weights, mask)
    stock = keras.layers.LSTM(
        UNITS,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        dtype="float64",
    )
    backwards, *states = call(stock, lstm_weights(weights, "lstm."), mask)
    agree(y, np.asarray(backwards)[:, ::-1])
    agree(h, states[0])
    agree(c, states[1])


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "groups"),
    [
        (1, 1, 1, 1),
        (3, 1, 1, 1),
        (4, 2, 1, 1),
        (2, 3, 1, 2),
        (3, 1, 2, 1),
        (2, 1, 3, 3),
    ],
)
def test_convolutions(
    keras: Any,
    draw_weights: Draw,
    padding: str,
    kernel: int,
    stride: int,
    dilation: int,
    groups: int,
) -> None:
    body = (
        f"x -> conv(6, {kernel}, tanh, padding = {padding}, stride = {stride},"
        f" dilation = {dilation}, groups = {groups})"
    )
    length = {"valid": (9 - (kernel - 1) * dilation - 1) // stride + 1}
    count = length.get(padding, -(-9 // stride))
    text = f"model m(x: float[9, 6]) -> float[{count}, 6] {{ {body} }}"
    model = run_passes(lower_text(text))
    weights = draw_weights(model)
    y = run(model, weights, {"x": X}).outputs["output"]
    stock = keras.layers.Conv1D(
        6,
        kernel,
        strides=stride,
        dilation_rate=dilation,
        groups=groups,
        padding=padding,
        activation="tanh",
        dtype="float64",
    )
    agree(y, call(stock, [weights["conv.W"], weights["conv.b"]]))


def test_layer_normalization(keras: Any, draw_weights: Draw) -> None:
    (y,), weights = oracle("x -> layernorm", "float[T, 6]", draw_weights)
    stock = keras.layers.LayerNormalization(epsilon=1e-5, dtype="float64")
    agree(y, call(stock, [weights["layernorm.gamma"], weights["layernorm.beta"]]))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
@pytest.mark.parametrize(
    ("layer", "stock"),
    [
        ("maxpool", "MaxPooling1D"),
        ("avgpool", "AveragePooling1D"),
    ],
)
def test_windowed_poolings(
    keras: Any,
    draw_weights: Draw,
    layer: str,
    stock: str,
    size: int,
    stride: int,
    padding: str,
) -> None:
    count = (9 - size) // stride + 1 if padding == "valid" else -(-9 // stride)
    text = (
        f"model m(x: float[9, 6]) -> float[{count}, 6]"
        f" {{ x -> {layer}({size}, stride = {stride}, padding = {padding}) }}"
    )
    model = run_passes(lower_text(text))
    y = run(model, {}, {"x": X}).outputs["output"]
    pool = getattr(keras.layers, stock)
    agree(y, pool(size, strides=stride, padding=padding, dtype="float64")(X))


def test_poolings_over_all_time(keras: Any, draw_weights: Draw) -> None:
    (largest,), _ = oracle("x -> max", "float[6]", draw_weights)
    agree(largest, keras.layers.GlobalMaxPooling1D(dtype="float64")(X))
    (mean,), _ = oracle("x -> mean", "float[6]", draw_weights, MASK)
    stock = keras.layers.GlobalAveragePooling1D(dtype="float64")
    agree(mean[:3], stock(X[:3], mask=MASK[:3]))


@pytest.mark.parametrize(
    "name",
    [
        "sigmoid",
        "tanh",
        "relu",
        "gelu",
        "gelu_tanh",
        "softplus",
        "softsign",
        "silu",
        "elu",
        "selu",
        "leaky_relu",
        "hard_sigmoid",
        "exp",
        "softmax",
        "log_softmax",
    ],
)
def test_activations(keras: Any, draw_weights: Draw, name: str) -> None:
    (y,), _ = oracle(f"x -> {name}", "float[T, 6]", draw_weights)
    known = {
        "gelu": lambda x: keras.activations.gelu(x, approximate=False),
        "gelu_tanh": lambda x: keras.activations.gelu(x, approximate=True),
        "exp": keras.activations.exponential,
    }
    stock = known.get(name) or getattr(keras.activations, name)
    # TensorFlow holds the constants of these in float32.
    rough = name in ("gelu", "gelu_tanh", "leaky_relu")
    expected = np.asarray(stock(keras.ops.convert_to_tensor(X)))
    np.testing.assert_allclose(y, expected, rtol=1e-6 if rough else 1e-11, atol=1e-12)


def test_gradients_of_a_masked_bidirectional_stack(
    keras: Any, draw_weights: Draw
) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras runs on another backend here")
    model = run_passes(
        lower_text(
            "model m(x: float[T, 6] ragged) -> float[10] {\n"
            f"  x -> bi(lstm({UNITS})) -> bi(gru({UNITS}, final))\n}}"
        )
    )
    weights = draw_weights(model)
    cotangent = RNG.normal(size=(4, 10))
    inputs = {"x": X, "x_mask": MASK}
    found = gradients(model, weights, inputs, {"output": cotangent})
    first = keras.layers.Bidirectional(
        keras.layers.LSTM(UNITS, return_sequences=True, dtype="float64"),
        dtype="float64",
    )
    second = keras.layers.Bidirectional(
        keras.layers.GRU(UNITS, dtype="float64"), dtype="float64"
    )
    first.build(X.shape)
    second.build((4, 9, 2 * UNITS))

    def convert(of: Mapping[str, Array]) -> list[Array]:
        return [
            array
            for path, cell in (("bi_lstm", lstm_weights), ("bi_gru", gru_weights))
            for direction in ("forward", "backward")
            for array in cell(of, f"{path}.{direction}.")
        ]

    for variable, value in zip(
        [*first.weights, *second.weights], convert(weights), strict=True
    ):
        variable.assign(value)
    x = tensorflow.Variable(X)
    with tensorflow.GradientTape() as tape:
        y = second(first(x, mask=MASK), mask=MASK)
        loss = tensorflow.reduce_sum(y * cotangent)
    variables = [v.value for v in (*first.weights, *second.weights)]
    expected = tape.gradient(loss, [x, *variables])
    for mine, stock in zip([found["input:x"], *convert(found)], expected, strict=True):
        np.testing.assert_allclose(mine, np.asarray(stock), rtol=1e-9, atol=1e-11)
