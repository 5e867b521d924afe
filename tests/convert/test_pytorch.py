"""A module of torch.nn with our weights gives our numbers, and the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from specc.diagnostics import Failure
from specc.reference import run
from tests.convert.carrying import ours_of, random_weights, theirs_of

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
nn = torch.nn

pytestmark = pytest.mark.framework


class Net(nn.Module):  # type: ignore[misc, name-defined]
    """Modules by name, and what is done with them."""

    def __init__(self, forward: Callable[..., Any], **modules: Any) -> None:
        super().__init__()
        for name, module in modules.items():
            setattr(self, name, module)
        self.run = forward

    def forward(self, *inputs: Any) -> Any:
        return self.run(self, *inputs)


def channels_first(module: Any, x: Any) -> Any:
    return module(x.movedim(-1, 1)).movedim(1, -1)


def attend(layer: Any, query: Any, memory: Any) -> Any:
    return layer(query, memory, memory, need_weights=False)[0]


X = "(x: float[T, 6]) -> y: float[T, {}] {{ x -> {} }}"
CASES = {
    "lstm": (
        X.format(5, "lstm(5)"),
        lambda: Net(lambda n, x: n.lstm(x)[0], lstm=nn.LSTM(6, 5, batch_first=True)),
        {},
    ),
    "lstm with two biases": (
        X.format(5, "lstm(5, recurrent_bias = zeros)"),
        lambda: Net(lambda n, x: n.lstm(x)[0], lstm=nn.LSTM(6, 5, batch_first=True)),
        {},
    ),
    "lstm without a bias": (
        X.format(5, "lstm(5, bias = none)"),
        lambda: Net(
            lambda n, x: n.lstm(x)[0], lstm=nn.LSTM(6, 5, bias=False, batch_first=True)
        ),
        {},
    ),
    "lstm whose biases are with the state": (
        X.format(5, "lstm(5, bias = none, recurrent_bias = zeros)"),
        lambda: Net(lambda n, x: n.lstm(x)[0], lstm=nn.LSTM(6, 5, batch_first=True)),
        {},
    ),
    "bidirectional lstm": (
        X.format(10, "bi(lstm(5))"),
        lambda: Net(
            lambda n, x: n.bi_lstm(x)[0],
            bi_lstm=nn.LSTM(6, 5, bidirectional=True, batch_first=True),
        ),
        {},
    ),
    "stacked bidirectional lstm": (
        X.format(10, "bi(lstm(5)) -> bi(lstm(5))"),
        lambda: Net(
            lambda n, x: n.rnn(x)[0],
            rnn=nn.LSTM(6, 5, 2, bidirectional=True, batch_first=True),
        ),
        {"bi_lstm": "rnn:0", "bi_lstm_2": "rnn:1"},
    ),
    "gru": (
        X.format(5, "gru(5)"),
        lambda: Net(lambda n, x: n.gru(x)[0], gru=nn.GRU(6, 5, batch_first=True)),
        {},
    ),
    "stacked bidirectional gru": (
        X.format(8, "bi(gru(4)) -> bi(gru(4))"),
        lambda: Net(
            lambda n, x: n.bi_gru(x)[0],
            bi_gru=nn.GRU(6, 4, 2, bidirectional=True, batch_first=True),
        ),
        {"bi_gru_2": "bi_gru:1"},
    ),
    "gru without a bias": (
        X.format(5, "gru(5, bias = none)"),
        lambda: Net(
            lambda n, x: n.gru(x)[0], gru=nn.GRU(6, 5, bias=False, batch_first=True)
        ),
        {},
    ),
    "rnn": (
        X.format(5, "rnn(5)"),
        lambda: Net(lambda n, x: n.rnn(x)[0], rnn=nn.RNN(6, 5, batch_first=True)),
        {},
    ),
    "bidirectional rnn with relu": (
        X.format(10, "bi(rnn(5, act = relu))"),
        lambda: Net(
            lambda n, x: n.bi_rnn(x)[0],
            bi_rnn=nn.RNN(
                6, 5, nonlinearity="relu", bidirectional=True, batch_first=True
            ),
        ),
        {},
    ),
    "backwards": (
        X.format(5, "gru(5, reverse)"),
        lambda: Net(
            lambda n, x: n.gru(x.flip(1))[0].flip(1), gru=nn.GRU(6, 5, batch_first=True)
        ),
        {},
    ),
    "dense": (
        X.format(4, "dense(5, tanh) -> dense(4, bias = none)"),
        lambda: Net(
            lambda n, x: n.dense_2(n.dense(x).tanh()),
            dense=nn.Linear(6, 5),
            dense_2=nn.Linear(5, 4, bias=False),
        ),
        {},
    ),
    "a module of its own": (
        X.format(5, "lstm(5)"),
        lambda: nn.LSTM(6, 5, batch_first=True),
        {"lstm": ""},
    ),
    "conv": (
        X.format(8, "conv(8, 3, same, groups = 2, dilation = 2)"),
        lambda: Net(
            lambda n, x: channels_first(n.conv, x),
            conv=nn.Conv1d(6, 8, 3, groups=2, dilation=2, padding="same"),
        ),
        {},
    ),
    "depthwise": (
        X.format(18, "depthwise(3, 3, same)"),
        lambda: Net(
            lambda n, x: channels_first(n.depthwise, x),
            depthwise=nn.Conv1d(6, 18, 3, groups=6, padding="same"),
        ),
        {},
    ),
    "norms": (
        X.format(6, "layernorm -> rmsnorm -> layernorm(bias = none)"),
        lambda: Net(
            lambda n, x: n.layernorm_2(n.rmsnorm(n.layernorm(x))),
            layernorm=nn.LayerNorm(6),
            rmsnorm=nn.RMSNorm(6, eps=1e-6),
            layernorm_2=nn.LayerNorm(6, bias=False),
        ),
        {},
    ),
    "self_attend": (
        X.format(6, "self_attend(3)"),
        lambda: Net(
            lambda n, x: attend(n.self_attend, x, x),
            self_attend=nn.MultiheadAttention(6, 3, batch_first=True),
        ),
        {},
    ),
    "self_attend without a bias": (
        X.format(6, "self_attend(2, bias = none)"),
        lambda: Net(
            lambda n, x: attend(n.self_attend, x, x),
            self_attend=nn.MultiheadAttention(6, 2, bias=False, batch_first=True),
        ),
        {},
    ),
    "self_attend with some biases": (
        X.format(6, "self_attend(2, key_bias = none, output_bias = none)"),
        lambda: Net(
            lambda n, x: attend(n.self_attend, x, x),
            self_attend=nn.MultiheadAttention(6, 2, batch_first=True),
        ),
        {},
    ),
    "cross_attend": (
        "(x: float[T, 6], m: float[S, 6]) -> y: float[T, 6] { (x, m) -> "
        "cross_attend(2) }",
        lambda: Net(
            lambda n, x, m: attend(n.cross_attend, x, m),
            cross_attend=nn.MultiheadAttention(6, 2, batch_first=True),
        ),
        {},
    ),
    "cross_attend to another width": (
        "(x: float[T, 6], m: float[S, 4]) -> y: float[T, 6] { (x, m) -> "
        "cross_attend(2) as look }",
        lambda: Net(
            lambda n, x, m: attend(n.look, x, m),
            look=nn.MultiheadAttention(6, 2, kdim=4, vdim=4, batch_first=True),
        ),
        {},
    ),
    "image": (
        "(x: float[5, 5, 2]) -> y: float[3, 3, 4] { x -> conv(4, 3) }",
        lambda: Net(lambda n, x: channels_first(n.conv, x), conv=nn.Conv2d(2, 4, 3)),
        {},
    ),
    "language model": (
        """(x: int[T] < 11) -> y: float[T, 11] {
          let words = embed(6)
          h = x -> words
          (h, h -> positions(6, learned, length = 9)) -> add
            -> lstm(6) -> tied(words, bias = zeros)
        }""",
        lambda: Net(
            lambda n, x: (
                n.lstm(n.words(x) + n.positions(torch.arange(x.shape[1])))[0]
                @ n.words.weight.T
                + n.tied.b
            ),
            words=nn.Embedding(11, 6),
            positions=nn.Embedding(9, 6),
            lstm=nn.LSTM(6, 6, batch_first=True),
            tied=nn.ParameterDict({"b": torch.randn(11)}),
        ),
        {},
    ),
}


def randomized(net: Any) -> Any:
    """In double precision, every number another."""
    net = net.double().eval()
    for tensor in net.state_dict().values():
        if tensor.dtype.is_floating_point:
            tensor.copy_(torch.randn(tensor.shape, dtype=torch.double) / 2)
    return net


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


def outputs(net: Any, inputs: dict[str, Any]) -> Any:
    with torch.no_grad():
        found = net(*map(torch.tensor, inputs.values()))
    return (found[0] if isinstance(found, tuple) else found).numpy()


@pytest.mark.parametrize(("text", "make", "renamed"), CASES.values(), ids=list(CASES))
def test_pytorch_computes_the_same_with_our_weights(model, text, make, renamed) -> None:
    m, net = model(text), randomized(make())
    weights = random_weights(m)
    state = theirs_of(m, "torch", weights, renamed)
    net.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()}, strict=True)
    inputs = inputs_of(m)
    expected = run(m, weights, inputs).outputs["y"]
    assert np.abs(outputs(net, inputs) - expected).max() < 1e-12


@pytest.mark.parametrize(("text", "make", "renamed"), CASES.values(), ids=list(CASES))
def test_we_compute_the_same_with_its_weights(model, text, make, renamed) -> None:
    m, net = model(text), randomized(make())
    if "key_bias = none" in text:  # there they are zero
        net.self_attend.in_proj_bias.data[6:12] = 0
        net.self_attend.out_proj.bias.data[:] = 0
    state = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    inputs = inputs_of(m)
    weights = ours_of(m, "torch", state, renamed)
    found = run(m, weights, inputs).outputs["y"]
    assert np.abs(outputs(net, inputs) - found).max() < 1e-12


def test_batch_statistics_are_carried_and_its_counter_is_left_out(model) -> None:
    m = model("(x: float[6]) -> y: float[6] { x -> batchnorm(epsilon = 1e-5) }")
    net = randomized(Net(lambda n, x: n.batchnorm(x), batchnorm=nn.BatchNorm1d(6)))
    net.batchnorm.running_var.abs_()
    state = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    assert "batchnorm.num_batches_tracked" in state
    inputs = {"x": np.random.default_rng(0).standard_normal((4, 6))}
    weights = ours_of(m, "torch", state)
    expected = run(m, weights, inputs).outputs["y"]
    assert np.abs(outputs(net, inputs) - expected).max() < 1e-12
    back = theirs_of(m, "torch", weights)
    assert state.keys() - back.keys() == {"batchnorm.num_batches_tracked"}
    net.load_state_dict({k: torch.from_numpy(v) for k, v in back.items()}, strict=True)


def test_ragged_rows_are_packed_sequences(model) -> None:
    m = model("(x: float[T, 6] ragged) -> y: float[T, 10] { x -> bi(lstm(5)) }")
    lengths = [7, 1, 4]
    x = np.random.default_rng(0).standard_normal((3, 7, 6))
    mask = np.arange(7) < np.array(lengths)[:, None]
    weights = random_weights(m)
    expected = run(m, weights, {"x": x, "x_mask": mask}).outputs["y"]
    lstm = nn.LSTM(6, 5, bidirectional=True, batch_first=True).double()
    state = theirs_of(m, "torch", weights, {"bi_lstm": ""})
    lstm.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
    utils = nn.utils.rnn
    packed = utils.pack_padded_sequence(
        torch.tensor(x), lengths, batch_first=True, enforce_sorted=False
    )
    with torch.no_grad():
        found = utils.pad_packed_sequence(lstm(packed)[0], batch_first=True)[0].numpy()
    assert np.abs(found - expected)[mask].max() < 1e-12


def test_what_two_biases_say_once_we_say_once(model) -> None:
    """Ours is their sum; there it is the first, and the second is zero."""
    m = model(X.format(5, "lstm(5)"))
    state = {
        name: tensor.detach().double().numpy()
        for name, tensor in nn.LSTM(6, 5).state_dict().items()
    }
    weights = ours_of(m, "torch", state, {"lstm": ""})
    both = state["bias_ih_l0"] + state["bias_hh_l0"]
    gates = [weights[f"lstm.b_{gate}"] for gate in "ifgo"]
    assert np.array_equal(np.concatenate(gates), both)
    back = theirs_of(m, "torch", weights, {"lstm": ""})
    assert np.array_equal(back["bias_ih_l0"], both)
    assert not back["bias_hh_l0"].any()


def test_a_bias_inside_the_reset_is_not_one_outside(model) -> None:
    """Without d_n, what torch adds to U_n h has no place here, unless it is zero."""
    m = model(X.format(5, "gru(5, recurrent_bias = none)"))
    gru = nn.GRU(6, 5, batch_first=True).double()
    state = {name: tensor.detach().numpy() for name, tensor in gru.named_parameters()}
    with pytest.raises(Failure, match="`bias_hh_l0` are not all zero") as raised:
        ours_of(m, "torch", state, {"gru": ""})
    assert [d.code.number for d in raised.value.diagnostics] == ["SPC507"]
    state["bias_hh_l0"][10:] = 0
    inputs = inputs_of(m)
    weights = ours_of(m, "torch", state, {"gru": ""})
    expected = run(m, weights, inputs).outputs["y"]
    assert np.abs(outputs(gru, inputs) - expected).max() < 1e-12
