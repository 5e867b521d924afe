"""A module of Flax NNX with our weights gives our numbers, and the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.reference import run
from tests.convert.carrying import ours_of, random_weights, theirs_of

nnx = pytest.importorskip("flax.nnx", reason="Flax is not installed")
jax = pytest.importorskip("jax")
jnp = jax.numpy

pytestmark = pytest.mark.framework
SAVED = (nnx.Param, nnx.BatchStat)
EXACT, FLOAT32 = 1e-12, 1e-6


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


class Net(nnx.Module):  # type: ignore[misc, name-defined]
    """Modules by name, and what is done with them."""

    def __init__(self, forward: Callable[..., Any], **modules: Any) -> None:
        for name, module in modules.items():
            setattr(self, name, module)
        self.run = forward

    def __call__(self, *inputs: Any) -> Any:
        return self.run(self, *inputs)


def made(kind: Any, *sizes: Any, **options: Any) -> Any:
    double = {"dtype": jnp.float64, "param_dtype": jnp.float64}
    return kind(*sizes, **double, rngs=nnx.Rngs(0), **options)


def rnn(kind: Any, *sizes: int, **options: Any) -> Any:
    return nnx.RNN(made(kind, *sizes, **options))


def both(kind: Any, *sizes: int) -> Any:
    return nnx.Bidirectional(rnn(kind, *sizes), rnn(kind, *sizes))


def flat(net: Any) -> dict[str, Any]:
    """The state as docs/weights.md says: flat, with dots."""
    leaves = nnx.to_flat_state(nnx.state(net, SAVED))
    return {".".join(map(str, path)): np.asarray(v[...]) for path, v in leaves}


def load(net: Any, arrays: dict[str, Any]) -> None:
    state = nnx.state(net, SAVED)
    assert arrays.keys() == {".".join(map(str, p)) for p, _ in nnx.to_flat_state(state)}
    for path, leaf in nnx.to_flat_state(state):
        array = arrays[".".join(map(str, path))]
        assert array.shape == leaf.shape
        leaf.set_value(jnp.asarray(array))
    nnx.update(net, state)


X = "(x: float[T, 6]) -> y: float[T, {}] {{ x -> {} }}"
CASES = {
    "lstm": (
        X.format(5, "lstm(5)"),
        lambda: Net(lambda n, x: n.lstm(x), lstm=rnn(nnx.OptimizedLSTMCell, 6, 5)),
    ),
    "lstm with two biases": (
        X.format(5, "lstm(5, recurrent_bias = zeros)"),
        lambda: Net(lambda n, x: n.lstm(x), lstm=rnn(nnx.OptimizedLSTMCell, 6, 5)),
    ),
    "lstm with functions of its own": (
        X.format(5, "lstm(5, act = relu, gate = tanh)"),
        lambda: Net(
            lambda n, x: n.lstm(x),
            lstm=rnn(
                nnx.OptimizedLSTMCell, 6, 5, gate_fn=jnp.tanh, activation_fn=nnx.relu
            ),
        ),
    ),
    "lstm without a bias": (
        X.format(5, "lstm(5, bias = none)"),
        lambda: Net(lambda n, x: n.lstm(x), lstm=rnn(nnx.OptimizedLSTMCell, 6, 5)),
    ),
    "stacked bidirectional lstm": (
        X.format(6, "bi(lstm(5)) -> bi(lstm(3))"),
        lambda: Net(
            lambda n, x: n.bi_lstm_2(n.bi_lstm(x)),
            bi_lstm=both(nnx.OptimizedLSTMCell, 6, 5),
            bi_lstm_2=both(nnx.OptimizedLSTMCell, 10, 3),
        ),
    ),
    "gru": (
        X.format(5, "gru(5, recurrent_bias = none)"),
        lambda: Net(lambda n, x: n.gru(x), gru=rnn(nnx.GRUCell, 6, 5)),
    ),
    "bidirectional gru": (
        X.format(10, "bi(gru(5, recurrent_bias = none))"),
        lambda: Net(lambda n, x: n.bi_gru(x), bi_gru=both(nnx.GRUCell, 6, 5)),
    ),
    "rnn": (
        X.format(5, "rnn(5)"),
        lambda: Net(lambda n, x: n.rnn(x), rnn=rnn(nnx.SimpleCell, 6, 5)),
    ),
    "dense": (
        X.format(4, "dense(5, tanh) -> dense(4, bias = none)"),
        lambda: Net(
            lambda n, x: n.dense_2(jnp.tanh(n.dense(x))),
            dense=made(nnx.Linear, 6, 5),
            dense_2=made(nnx.Linear, 5, 4, use_bias=False),
        ),
    ),
    "embed": (
        "(x: int[T] < 9) -> y: float[T, 4] { x -> embed(4) }",
        lambda: Net(lambda n, x: n.embed(x), embed=made(nnx.Embed, 9, 4)),
    ),
    "conv": (
        X.format(8, "conv(8, 3, same, groups = 2, dilation = 2)"),
        lambda: Net(
            lambda n, x: n.conv(x),
            conv=made(nnx.Conv, 6, 8, (3,), kernel_dilation=2, feature_group_count=2),
        ),
    ),
    "depthwise": (
        X.format(18, "depthwise(3, 3, same)"),
        lambda: Net(
            lambda n, x: n.depthwise(x),
            depthwise=made(nnx.Conv, 6, 18, (3,), feature_group_count=6),
        ),
    ),
    "norms": (
        X.format(6, "layernorm(epsilon = 1e-6) -> rmsnorm -> batchnorm"),
        lambda: Net(
            lambda n, x: n.batchnorm(n.rmsnorm(n.layernorm(x))),
            layernorm=made(nnx.LayerNorm, 6, use_fast_variance=False),
            rmsnorm=made(nnx.RMSNorm, 6),
            batchnorm=made(nnx.BatchNorm, 6, epsilon=1e-3, use_running_average=True),
        ),
    ),
    "self_attend": (
        X.format(6, "self_attend(2, size = 4)"),
        lambda: Net(
            lambda n, x: n.self_attend(x),
            self_attend=made(nnx.MultiHeadAttention, 2, 6, 8, decode=False),
        ),
    ),
    "cross_attend": (
        "(x: float[T, 6], m: float[S, 4]) -> y: float[T, 6] { (x, m) -> "
        "cross_attend(3, bias = none) }",
        lambda: Net(
            lambda n, x, m: n.cross_attend(x, m),
            cross_attend=made(
                nnx.MultiHeadAttention,
                3,
                6,
                in_kv_features=4,
                use_bias=False,
                decode=False,
            ),
        ),
    ),
}
SEPARATE = (
    X.format(10, "bi(lstm(5))"),
    lambda: Net(lambda n, x: n.bi_lstm(x), bi_lstm=both(nnx.LSTMCell, 6, 5)),
)


def inputs_of(model: Any) -> dict[str, Any]:
    generator = np.random.default_rng(3)
    found = {}
    for ref in model.inputs:
        node = model.nodes[ref.node]
        sizes = [axis.size.at({"T": 7, "S": 4}) for axis in node.type.axes]
        found[node.name] = (
            generator.integers(0, node.type.bound, (2, *sizes))
            if node.type.bound
            else generator.standard_normal((2, *sizes))
        )
    return found


def randomized(net: Any) -> dict[str, Any]:
    """Fresh numbers for a state, every one another; variances are positive."""
    generator = np.random.default_rng(1)
    arrays = {n: generator.standard_normal(a.shape) / 2 for n, a in flat(net).items()}
    return {n: abs(a) if n.endswith(".var") else a for n, a in arrays.items()}


def without_a_bias(text: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """Where our model has none, what is there is zero."""
    none = "lstm(5, bias = none)" in text
    return {n: 0 * a if none and "bias" in n else a for n, a in arrays.items()}


def allowed(text: str) -> float:
    """Flax computes attention in float32, whatever it is given."""
    return FLOAT32 if "_attend" in text else EXACT


@pytest.mark.parametrize(("text", "make"), CASES.values(), ids=list(CASES))
def test_flax_computes_the_same_with_our_weights(model, text, make) -> None:
    m, net = model(text), make()
    weights = random_weights(m)
    if "batchnorm.moving_variance" in weights:
        weights["batchnorm.moving_variance"] = abs(weights["batchnorm.moving_variance"])
    load(net, theirs_of(m, "flax", weights))
    inputs = inputs_of(m)
    expected = run(m, weights, inputs).outputs["y"]
    assert np.abs(net(*inputs.values()) - expected).max() < allowed(text)


@pytest.mark.parametrize(
    ("text", "make"),
    [*CASES.values(), SEPARATE],
    ids=[*CASES, "lstm with matrices for each gate"],
)
def test_we_compute_the_same_with_its_weights(model, text, make) -> None:
    m, net = model(text), make()
    arrays = without_a_bias(text, randomized(net))
    load(net, arrays)
    inputs = inputs_of(m)
    found = run(m, ours_of(m, "flax", arrays), inputs).outputs["y"]
    assert np.abs(net(*inputs.values()) - found).max() < allowed(text)


def test_ragged_rows_are_lengths(model) -> None:
    m = model("(x: float[T, 6] ragged) -> y: float[T, 10] { x -> bi(lstm(5)) }")
    lengths = np.array([7, 1, 4])
    x = np.random.default_rng(0).standard_normal((3, 7, 6))
    mask = np.arange(7) < lengths[:, None]
    weights = random_weights(m)
    expected = run(m, weights, {"x": x, "x_mask": mask}).outputs["y"]
    net = Net(lambda n: 0, bi_lstm=both(nnx.OptimizedLSTMCell, 6, 5))
    load(net, theirs_of(m, "flax", weights))
    found = net.bi_lstm(x, seq_lengths=lengths)
    assert np.abs(found - expected)[mask].max() < EXACT


def test_a_bias_inside_the_reset_has_no_place_there(model) -> None:
    """GRUCell has no bias with U_n h; one that is zero loses nothing."""
    m = model(X.format(5, "gru(5)"))
    weights = random_weights(m)
    with pytest.raises(Failure, match=r"`gru\.d_n` are not all zero") as raised:
        theirs_of(m, "flax", weights)
    assert [d.code.number for d in raised.value.diagnostics] == ["SPC507"]
    weights["gru.d_n"][:] = 0
    net = Net(lambda n, x: n.gru(x), gru=rnn(nnx.GRUCell, 6, 5))
    load(net, theirs_of(m, "flax", weights))
    inputs = inputs_of(m)
    expected = run(m, weights, inputs).outputs["y"]
    assert np.abs(net(inputs["x"]) - expected).max() < EXACT
