"""The text of programs: laid out, short, without what a model does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SPECS = sorted((Path(__file__).parent / "specs").glob("*.seq"))
RULES = "E,F,I,UP,B,SIM,D1"


def section(source: str, title: str) -> str:
    """What stands under a heading of a program."""
    found = source.split(f"\n# {title}\n")[1]
    return found.split("\n\n\n# ")[0]


def test_programs_pass_ruff_as_they_stand(tmp_path, build):
    for path in SPECS:
        (tmp_path / f"{path.stem}.py").write_text(build(path.read_text())[1])
    ruff = [sys.executable, "-m", "ruff"]
    check = ["check", "--isolated", "--select", RULES, "--line-length", "88"]
    for command in (check, ["format", "--isolated", "--diff"]):
        found = subprocess.run(
            [*ruff, *command, "."], cwd=tmp_path, capture_output=True, text=True
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_same_spec_gives_the_same_bytes(build):
    text = (SPECS[0].parent / "siamese.seq").read_text()
    assert build(text)[1] == build(text)[1]


def test_the_model_reads_in_the_specs_order_with_its_types(build):
    text = """model imdb(tokens: int[T] < 8185 pad 0) -> positive: float[1] {
  tokens -> embed(64) -> bi(lstm(64)) -> bi(lstm(32, final))
         -> dense(64, relu) -> dense(1, sigmoid)
}"""
    body = section(build(text)[1], "The model").split("    v = variables\n")[1]
    assert body.split("\n\n")[0].splitlines() == [
        "    mask = tokens != 0  # [B, T]",
        '    x = embed(v["embed"], tokens)  # [B, T, 64]',
        "    x, _ = bidirectional_masked"
        '(lstm, v["bi_lstm"], x, mask, (64, 64))  # [B, T, 128]',
        "    _, x = bidirectional_masked"
        '(lstm, v["bi_lstm_2"], x, mask, (32, 32))  # [B, 64]',
        '    x = jax.nn.relu(dense(v["dense"], x))  # [B, 64]',
        '    positive = jax.nn.sigmoid(dense(v["dense_2"], x))  # [B, 1]',
        "    return positive",
    ]


def test_cells_that_differ_in_widths_only_share_a_function(build):
    text = """model m(x: float[T, 6]) -> float[3] {
  x -> lstm(4) -> lstm(5) -> lstm(3, act = relu, final)
}"""
    cells = section(build(text)[1], "The cells, from their equations")
    made = [line for line in cells.splitlines() if line.startswith("def ")]
    assert made == [
        "def lstm(w):",
        "def lstm_2(w):",
        "def init_lstm(seed, path, inputs, units):",
    ]


@pytest.mark.parametrize(
    ("flow", "absent"),
    [
        ("x -> lstm(4)", ["mask", "reverse", "jnp.where", "dropout", "merge"]),
        ("x -> conv(4, 3)", ["mask", "SAME", "pad(", "dilation=", "scan", "groups="]),
        ("x -> dense(4)", ["lax", "mask", "scan", "stop_gradient", "fold_in"]),
        ("x -> dense(4, bias = none)", ["zeros", "def dense"]),
        ("x -> maxpool(2)", ["mask", "where", "numpy as np", "v = variables"]),
    ],
)
def test_there_is_nothing_in_a_program_that_its_model_does_not_use(
    flow: str, absent: list[str], build
) -> None:
    head = "float[T // 2, 6]" if "pool" in flow else "float[T, 4]"
    head = "float[T - 2, 4]" if "conv" in flow else head
    source = build(f"model m(x: float[T, 6]) -> {head} {{ {flow} }}")[1]
    code = source.split('"""', 2)[2]
    assert not [word for word in absent if word in code]


HOSTILE = """cell switch(units: int) {
  state states[units], w[units]
  param jnp, jax[units, units], step
  scan = tanh(jnp @ x + jax @ states + step)
  w' = scan * w
  states' = scan + w'
}

model apply(v: int[T] < 9 pad 0, training: float[T, 3] ragged, len: float[T, 3])
  -> (init: float[T, 4], lstm: float[T, 4], dense: float[2]) {
  embed = v -> embed(3)
  zero_states = (embed, training, len) -> add
  init = zero_states -> switch(4) as SPEC
  lstm = zero_states -> lstm(4)
  dense = (init -> last, lstm -> mean) -> concat -> dense(2)
}"""


@pytest.mark.framework
def test_no_name_of_a_spec_gets_in_the_way(prove):
    source = prove(HOSTILE)
    assert "def apply(variables, v, training_2, len_, training_mask, *," in source


def test_several_outputs_come_in_the_order_of_the_head(build):
    text = "model m(x: float[2]) -> (b: float[1], a: float[3]) {\n"
    text += "  a = x -> dense(3)\n  b = x -> dense(1)\n}"
    assert "    return b, a\n" in build(text)[1]


def test_frozen_weights_are_named_and_pass_no_gradient(build):
    flow = 'x -> embed(2, frozen, from = "a.txt")'
    text = f"model m(x: int[T] < 5) -> float[T, 2] {{ {flow} }}"
    source = build(text)[1]
    assert '"frozen": ("embed.table",),' in source
    assert 'embed(lax.stop_gradient(v["embed"]), x)' in source
    assert '"embed": {"table": vectors("a.txt", (5, 2))}' in source
