"""What people write who come from other libraries: the help says what it is here."""

from __future__ import annotations

import pytest

from specc.lower import check_text
from specc.lower.foreign import LAYERS, OPTIONS
from specc.lower.language import layer_words
from specc.lower.options import op_options
from specc.lower.recurrent_options import recurrent_words
from specc.ops import find_op, layer_names

LINES = {
    "x -> Dense(8)": "`dense`",
    "x -> LSTM(8)": "`lstm`",
    "x -> Conv1D(8, 3)": "`conv`",
    "x -> nn.Linear(8)": "`->`",
    "x -> Linear(8)": "`dense(64)`",
    "x -> linear(8)": "`dense(8)`",
    "x -> ReLU": "`relu`",
    "x -> Bidirectional(lstm(4))": "`bi(lstm(64))`",
    "x -> MultiHeadAttention(4)": "`self_attend(4)`",
    "x -> TransformerEncoderLayer(8)": "`residual { layernorm -> self_attend(4) }",
    "x -> BatchNormalization": "`batchnorm`",
    "x -> layer_norm": "`layernorm`",
    "x -> GlobalMaxPooling1D": "`max`",
    "x -> what(8)": "`block` or a `cell`",
    "x -> lstm(8, return_sequences = true)": "`final`",
    "x -> lstm(8, return_state = true)": "`states`",
    "x -> lstm(hidden_size = 8)": "`units`",
    "x -> lstm(8, num_layers = 2)": "`for i in 2",
    "x -> lstm(8, bidirectional)": "`bi(...)`",
    "x -> lstm(8, batch_first)": "batch axis",
    "x -> conv(channels = 8, kernel = 3)": "`filters`",
    "x -> conv(8, kernel_size = 3)": "`kernel`",
    "x -> conv(8, 3, strides = 2)": "`stride`",
    "x -> maxpool(pool_size = 2)": "`size`",
    "x -> dropout(rate = 0.5)": "`p`",
    "x -> dense(out_features = 8)": "`units`",
    "x -> dense(in_features = 4)": "leave it out",
    "x -> dense(8, bias = false)": "`bias = none`",
    "x -> dense(8, use_bias = false)": "`bias = none`",
    "x -> dense(8, bias)": "`bias = ...`",
    "x -> dense(8, trainable = false)": "`frozen`",
    "x -> dense(8, relu())": "`relu` without brackets",
    'x -> dense(8, "relu")': "leave out the quotes",
    "x -> dense(0)": "`dense(64)`",
    "x -> dense(-1)": "`dense(64)`",
    "x -> dense(10 ** 12)": "`dense(64)`",
    "x -> dense(64.5)": "`dense(64)`",
    "x -> dense(8, l2 = -1)": "`l2 = 0.01`",
    "x -> dropout(50)": "0.5 drops half",
    "x -> dropout(50%)": "`0.5`",
    "x -> dense{8}": "`( )`",
    "x -> dense[8]": "`( )`",
    "x -> dense 8": "`dense(8)`",
    "x -> conv(8 3)": "missing before `3`",
    "return x -> dense(8)": "leave `return` out",
    "y := x -> dense(8)": "with `=`",
    "y == x -> dense(8)": "no `==`",
    "x => dense(8)": "`->`",
    "x.dense(8)": "`->`",
    "if x { dense(8) }": "no conditions",
    "x -> for i in range(3) { dense(8) }": "`for i in 3",
    "x -> for i = 1 { dense(8) }": "`for i in 8",
    "x -> for i in 3 dense(8)": "`for i in 8",
}
FILES = {
    "def m(x: float[8]) -> float[8] { x }": "declared with `model`",
    "N = 8": "`const N = 8`",
    "let N = 8": "`const N = 8`",
    '"""A model."""': "`#`",
    "// A model.": "`#`",
    "model (x: float[8]) -> float[8] { x }": "give it a name",
    "model m(x: float(8)) -> float[8] { x }": "`[ ]`",
    "model m(x: float[?, 8]) -> float[8] { x }": "has a name",
    "model m(x: Tensor[8]) -> float[8] { x }": "`float[T, 8]`",
    "model m(x: float[8]): float[8] { x }": "after `->`",
    "model m(x: float[8]) { x }": "say what it yields",
    "block b(n: int) -> float[8] { dense(n) }": "leave it out",
    "block b(n: int)(x) { x -> dense(n) }": "after `on`",
}


@pytest.mark.parametrize("line", LINES)
def test_the_help_says_how_a_line_is_written(line: str) -> None:
    text = f"model m(x: float[T, 4]) -> y: float[T, 8] {{\n  {line}\n}}\n"
    assert LINES[line] in (check_text(text)[0].help or "")


@pytest.mark.parametrize("text", FILES)
def test_the_help_says_how_a_declaration_is_written(text: str) -> None:
    assert FILES[text] in (check_text(text)[0].help or "")


def test_what_is_suggested_is_there() -> None:
    words = {*recurrent_words(), "act", "gate", "units", "from"}
    for name in layer_names():
        op = find_op(name)
        words |= {option.word for option in op_options(op)} if op else set()
    assert {word for found in OPTIONS.values() for word in found} <= {
        *words,
        "init",
        "merge",
    }
    for text in LAYERS.values():
        first = text.split("-> ")[-1].split("(")[0].split(" ")[0]
        assert first in layer_words() | {"over", "gated"}, text


def test_the_batch_axis_is_not_written() -> None:
    text = "model m(x: float[B, T, 4]) -> float[8] { x -> lstm(8, final) }"
    assert "leave `B` out" in (check_text(text)[0].help or "")


def test_two_sequences_that_do_not_meet_are_laid_out() -> None:
    text = "model m(x: float[T, 4], u: float[S, 4]) -> float[T, S, 4] { x * u }"
    assert "`h, u = pair(a, b)`" in (check_text(text)[0].help or "")


HELPS = {
    "x -> bi(lstm(4), merge = mul)": "`multiply`",
    "x -> bi(lstm(4), merge = add)": "`sum`",
    "x -> bi(lstm(4), merge = avergae)": "`average`",
    "h, c = x -> lstm(8, states)\n  h, c": "`c` stands for 2 values: take them apart, "
    "`c_1, c_2 = c`",
    "x -> over S { dense(8) }": "the axes with a name are `T`",
    "x -> over 28 { dense(8) }": "`const rows = 28`",
    "x -> self_attend(3) -> dense(8)": "use 2 or 4 heads",
    "x -> self_attend(5) -> dense(8)": "use 4 heads",
    "x -> transformer(3)": "`residual { layernorm -> self_attend(4) } -> residual",
    "x -> crosses(3)": "declared as a `block` or a `cell`",
    "x -> lstm(8, init = (x -> dense(3) -> mean, 0))": "`dense(8)` brings",
    "x -> lstm(8, init = (x, 0))": "reduce the time axis",
    'x -> lstm(8, init = ("a", 0))': "or `0`, which fits any state",
}


@pytest.mark.parametrize("line", HELPS)
def test_the_help_says_what_can_be_done(line: str) -> None:
    text = f"model m(x: float[T, 4]) -> y: float[T, 8], z: float[8] {{\n  {line}\n}}\n"
    assert HELPS[line] in (check_text(text)[0].help or "")


@pytest.mark.parametrize(
    ("equation", "help"),
    [
        ("h' = tanh(W x + U @ h)", "`W @ x`"),
        ("h' = tanh(W @ x + U h)", "`U @ h`"),
        ("h' = W x", "`W @ x`"),
        ("h' = (W @ x -> dense(units relu)) + U @ h", "is a `,` missing"),
        ("h' = where(W @ x, U @ h)", "`exp log sqrt abs sin cos min max"),
    ],
)
def test_the_help_says_how_an_equation_is_written(equation: str, help: str) -> None:
    body = f"state h[units]\n  param W[units, 4], U\n  {equation}"
    text = f"cell c(units: int) {{\n  {body}\n}}\n"
    assert help in (check_text(text)[0].help or "")


@pytest.mark.parametrize(("id", "help"), [("9", "`< 10 pad 9`"), ("-1", "`pad 0`")])
def test_a_padding_id_beyond_the_ids_comes_with_what_to_write(
    id: str, help: str
) -> None:
    text = f"model m(x: int[T] < 9 pad {id}) -> float[T, 9] {{ x -> one_hot }}"
    assert help in (check_text(text)[0].help or "")


FLAGS = ["embed(4)", "dense(4)", "shift(1)", "lstm(4)", "mean"]


@pytest.mark.parametrize("layer", FLAGS)
def test_flags_become_vectors_by_one_hot(layer: str) -> None:
    head = "model m(seen: bool[T] ragged) -> y: float[T, 2]"
    (found,) = check_text(f"{head} {{ seen -> {layer} }}")
    assert found.code.slug == "wrong-dtype" and "`one_hot`" in (found.help or "")
    assert not check_text(f"{head} {{ seen -> one_hot }}")
