"""The text of generated programs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHIPPED = sorted((HERE.parents[2] / "specs" / "models").glob("*.seq"))
SPECS = sorted([*HERE.glob("specs/*.seq"), *HERE.glob("../jax/specs/*.seq")])
RULES = "E,F,I,UP,B,SIM,D1,PTH,RUF"

CLASSIFIER = """
model classifier(tokens: int[T] < 50 {pad}) -> positive: float[1] {{
  tokens -> embed(4) -> bi(lstm(8)) -> lstm(3, final) -> dense(1, sigmoid)
}}
"""


@pytest.fixture(scope="module")
def programs(text_of, tmp_path_factory):
    """A folder with the programs of all specs."""
    folder = tmp_path_factory.mktemp("programs")
    for path in [*SHIPPED, *SPECS]:
        place = folder / f"{path.parent.parent.name}_{path.stem}.py"
        place.write_text(text_of(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def run_ruff(*arguments):
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--isolated"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_programs_are_as_ruff_would_format_them(programs):
    found = run_ruff("format", "--check", "--diff", str(programs))
    assert found.returncode == 0, found.stdout


def test_programs_pass_ruffs_rules(programs):
    options = ("--select", RULES, "--ignore", "D105,D107,D102,PTH123")
    found = run_ruff("check", *options, "--target-version", "py311", str(programs))
    assert found.returncode == 0, found.stdout


def test_a_program_has_no_definition_that_it_does_not_use(programs):
    public = {"build", "get_variables", "set_variables", "SPEC"}
    for path in programs.iterdir():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        defined = {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert defined - used <= public, path.name


def test_plain_sequences_run_in_stock_layers(text_of):
    text = text_of(CLASSIFIER.format(pad=""))
    assert "lstm = layers.LSTM(8, return_sequences=True)" in text
    assert 'layers.Bidirectional(lstm, name="bi_lstm")(x)' in text
    assert 'layers.LSTM(3, name="lstm")(x)' in text
    assert "RepeatingBidirectional" not in text


def test_ragged_sequences_never_reach_cudnn(text_of):
    text = text_of(CLASSIFIER.format(pad="pad 0"))
    assert "layers.LSTM(" not in text
    assert "lstm = layers.RNN(layers.LSTMCell(8), return_sequences=True)" in text
    assert 'RepeatingBidirectional(lstm, name="bi_lstm")(x, mask=mask)' in text


def test_a_dense_model_needs_nothing_but_keras(text_of):
    text = text_of("model m(x: float[3]) -> float[2] { x -> dense(2, relu) }")
    assert "register" not in text
    assert "ops" not in text
    assert "# Layers" not in text


def test_one_class_serves_all_widths_of_a_cell(text_of):
    text = text_of(
        """
        cell minimal(units: int) {
          state h[units]
          param W_z, W_n, b_z, b_n
          z = sigmoid(W_z @ x + b_z)
          h' = (1 - z) * h + z * (W_n @ x + b_n)
        }
        model m(x: float[T, 3]) -> float[T, 6] {
          x -> minimal(5) -> minimal(4) -> bi(minimal(3))
        }
        """
    )
    assert text.count("class ") == 1
    assert "    z = sigmoid(W_z @ x + b_z)\n" in text
    assert "W_z_x, W_n_x = ops.split(ops.matmul(x, self.W), 2, axis=-1)" in text


def test_layers_of_a_let_are_made_once_and_called_twice(text_of):
    text = text_of(
        """
        model m(a: float[3], b: float[3]) -> float {
          let encode = dense(4, tanh) -> normalize
          dot(a -> encode, b -> encode)
        }
        """
    )
    assert text.count("layers.Dense(") == 1
    assert text.count("encode_dense(") == 2


READING = """
  state h[units]
  found = (h, memory) -> attend(5, additive)
  h' = concat(x, found, h) -> dense(units, tanh)
}
"""
SLOTS = """
  state M[6, units]
  param W, b[units]
  found = (M, memory) -> cross_attend(2)
  M' = tanh(found + M)
  W @ x + M' @ b
}
"""


@pytest.mark.parametrize("ragged", ["", "ragged"])
@pytest.mark.parametrize(
    ("cell", "made"),
    [
        (READING, "keys = self.attend.keys("),
        (SLOTS, "keys_and_values = self.cross_attend.keys_and_values("),
    ],
)
def test_what_a_memory_gives_is_made_before_the_steps(text_of, cell, made, ragged):
    text = text_of(
        f"cell reading(units: int, memory: float[S, d]) {{{cell}"
        f"model m(source: float[S, 6] {ragged}, target: float[T, 3]) -> float[T, 6] {{"
        " target -> reading(6, source) }"
    )
    see, _, rest = text.partition("    def see(self")[2].partition("    def call(self")
    call = rest.partition("    def ")[0]
    assert made + ("seen)" if ragged else "memory)") in see
    name = made.partition(" ")[0]
    assert f"{name}={name}" in call and "ops.where" not in call


def test_the_same_spec_gives_the_same_text(text_of):
    text = SPECS[0].read_text(encoding="utf-8")
    assert text_of(text) == text_of(text)
