"""What does not fit is told, all of it, and before numbers are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from specc.convert.carry import carry_in
from specc.convert.worlds import world_table
from specc.diagnostics import Failure
from specc.ir.graph import Model
from specc.verify.arrays import Arrays
from specc.verify.weights_file import ArraysFile
from tests.convert.carrying import places, random_weights, theirs_of

Compile = Callable[[str], Model]
TEXT = """(x: int[T] < 9) -> y: float[3] {
  x -> embed(4) -> bi(lstm(5)) -> gru(6, final) -> dense(3)
}"""


def told(failure: pytest.ExceptionInfo[Failure]) -> list[tuple[str, str]]:
    return [(d.code.number, d.message) for d in failure.value.diagnostics]


@pytest.mark.parametrize(
    ("layer", "world", "why"),
    [
        ("lstm_peephole(6)", "torch", "torch.nn has LSTM and GRU"),
        ("gru_reset_before(6)", "torch", "torch.nn has LSTM and GRU"),
        ("gru_reset_before(6)", "flax", "GRUCell and SimpleCell"),
        ("lstm(6, act = relu)", "torch", "this one has `relu` and `sigmoid`"),
        ("gru(6, gate = hard_sigmoid)", "torch", "`tanh` and `hard_sigmoid`"),
        ("rnn(6, act = sigmoid)", "torch", "this one has `sigmoid`"),
        ("lstm_layernorm(6)", "flax", "LSTMCell"),
        ("separable(6, 3)", "torch", "no module"),
        ("self_attend(2, kv_heads = 1)", "torch", "keys and values of its own"),
        ("self_attend(2, scale = none)", "flax", "always divided"),
        ("self_attend(1, rotary)", "torch", "`rotary` is unknown"),
        ("self_attend(3, alibi)", "flax", "`alibi` is unknown"),
        ("self_attend(2, size = 4)", "torch", "work on 8 numbers"),
    ],
)
def test_a_layer_without_a_counterpart_is_named(
    model: Compile, layer: str, world: str, why: str
) -> None:
    m = model(f"(x: float[T, 6]) -> y: float[4] {{ x -> {layer} -> mean -> dense(4) }}")
    with pytest.raises(Failure) as raised:
        world_table(world, m, {})
    ((code, message),) = told(raised)
    name = layer.partition("(")[0]
    assert code == "SPC505"
    assert f"`{name}` has no counterpart" in message and why in message
    assert raised.value.diagnostics[0].labels, "the place in the spec is shown"


def test_all_layers_without_a_counterpart_are_named_at_once(model: Compile) -> None:
    m = model("(x: float[T, 6]) -> y: float[T, 6] { x -> mgu(6) -> lru(2) -> mgu(6) }")
    with pytest.raises(Failure) as raised:
        world_table("torch", m, {})
    assert [code for code, _ in told(raised)] == ["SPC505"] * 3


def test_a_cell_of_ones_own_with_the_equations_of_lstm_is_one(model: Compile) -> None:
    """The equations count and not the name; a peephole by the name of lstm is none."""
    own = """(x: float[T, 3]) -> y: float[T, 4] { x -> mine(4) }
    cell mine(units: int) {
      state hidden[units], kept[units]
      param A, B, C, D, E, F, G, H, p, q, r, s
      kept' = sigmoid(E @ x + p + F @ hidden) * kept +
              tanh(q + A @ x + B @ hidden) * sigmoid(C @ x + D @ hidden + r)
      hidden' = tanh(kept') * sigmoid(s + H @ hidden + G @ x)
    }
    """
    found = theirs_of(m := model(own), "torch", weights := random_weights(m))
    gates = found["mine.weight_ih_l0"].reshape(4, 4, 3)
    for gate, name in zip(gates, "CEAG", strict=True):
        assert np.array_equal(gate, weights[f"mine.{name}"])
    biases = found["mine.bias_ih_l0"].reshape(4, 4)
    for bias, name in zip(biases, "rpqs", strict=True):
        assert np.array_equal(bias, weights[f"mine.{name}"])
    peephole = own.replace("r)", "r * kept)").replace("mine", "lstm")
    with pytest.raises(Failure, match="no counterpart"):
        world_table("torch", model(peephole), {})


@pytest.fixture
def state(model: Compile) -> Arrays:
    m = model(TEXT)
    return theirs_of(m, "torch", random_weights(m, "float32"))


def test_every_difference_is_told_before_a_number_is_read(
    model: Compile, state: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: ArraysFile, name: str) -> None:
        raise AssertionError(f"{name} is read")

    monkeypatch.setattr(ArraysFile, "read", never)
    del state["gru.bias_hh_l0"]
    state["dense.weight"] = state["dense.weight"].T.copy()
    state["dense.bias"] = np.zeros(3, np.int64)
    state["embd.weight"] = state.pop("embed.weight")
    save_file(state, path := tmp_path / "state.safetensors")
    with pytest.raises(Failure) as raised:
        carry_in(path, model(TEXT), "torch", {})
    found = told(raised)
    assert sorted(code for code, _ in found) == [
        *("SPC701", "SPC701", "SPC702", "SPC703", "SPC704")
    ]
    text = "\n".join(message for _, message in found)
    assert "it holds `gru.d_r`, `gru.d_z`, `gru.d_n`" in text
    assert "`dense.weight` has shape (3, 6), found (6, 3)" in text
    (unknown,) = [d for d in raised.value.diagnostics if d.code.number == "SPC702"]
    assert unknown.help == "did you mean `embed.weight`?"


def test_thousands_of_unknown_names_are_counted(
    model: Compile, state: Arrays, tmp_path: Path
) -> None:
    state |= {f"x{n}": np.zeros(1, np.float32) for n in range(1200)}
    save_file(state, path := tmp_path / "state.safetensors")
    with pytest.raises(Failure) as raised:
        carry_in(path, model(TEXT), "torch", {})
    assert len(told(raised)) == 1001
    assert ("SPC702", "200 more names are unknown") in told(raised)


@pytest.mark.parametrize("world", ["flax", "jax", "tensorflow", "torch"])
@pytest.mark.parametrize(
    "name",
    [
        *("x", "", "/", "gru", "gru/a", "gru/a/b/c/d", "bi_lstm/forward_x/kernel"),
        *("gru/gru_cell/dense_" + "9" * 5000 + "/kernel", "gru/x_y/z_1/W", "\x1b[2J"),
        "a" * 100_000,
    ],
    ids=repr,
)
def test_a_name_that_means_nothing_is_told(
    model: Compile, tmp_path: Path, world: str, name: str
) -> None:
    m = model(TEXT)
    arrays = {n: a for n, a in random_weights(m, "float32").items() if "gru.d" in n}
    save_file(arrays | {name: np.zeros(1)}, path := tmp_path / "w.safetensors")
    with pytest.raises(Failure) as raised:
        carry_in(path, m, world, {})
    assert {code for code, _ in told(raised)} == {"SPC701", "SPC702"}
    assert max(len(message) for _, message in told(raised)) < 1000


@pytest.mark.parametrize(
    ("renamed", "why"),
    [
        ({"lstm": "a"}, "no layer with weights at `lstm`"),
        ({"gru": "dense"}, "`gru` and `dense` would both be at `dense`"),
        ({"bi_lstm": "rnn:1", "gru": "rnn:1"}, "would both be at `rnn:1`"),
        ({"dense": "head:1"}, "one layer of several"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(
    model: Compile, renamed: dict[str, str], why: str
) -> None:
    with pytest.raises(Failure) as raised:
        world_table("torch", model(TEXT), places(renamed))
    ((code, message),) = told(raised)
    assert code == "SPC506" and why in message


@pytest.mark.parametrize("world", ["flax", "jax", "tensorflow"])
def test_only_pytorch_has_several_layers_in_one_module(
    model: Compile, world: str
) -> None:
    with pytest.raises(Failure, match="one layer of several"):
        world_table(world, model(TEXT), places({"gru": "rnn:1"}))


def test_the_longest_start_counts(model: Compile) -> None:
    text = """(x: float[T, 6]) -> y: float[T, 6] {
      x -> (residual { dense(6) as inner } -> dense(6)) as outer
    }"""
    table = world_table(
        "torch", model(text), places({"outer": "a.b", "outer.residual": "c"})
    )
    assert sorted(table.shapes) == [
        *("a.b.dense.bias", "a.b.dense.weight", "c.inner.bias", "c.inner.weight")
    ]
