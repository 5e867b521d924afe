"""Functions that differ in numbers are one function, given the numbers."""

from __future__ import annotations

import pytest

import specc

STACK = """block tcn(filters: int, rate: int, p: float = 0.1) {{
  residual {{ conv(filters, 3, causal, dilation = rate, relu) -> dropout(p)
             -> conv(filters, 3, causal, dilation = rate, relu) -> dropout(p) }}
}}
model wave(x: float[T, 1]) -> y: float[T, 1] {{
  x -> conv(8, 1) -> {} -> dense(1)
}}
"""
BACKENDS = ("jax", "tensorflow")


def program(flow: str, backend: str, text: str = STACK) -> str:
    return specc.compile(text.format(flow)).source(backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_stack_of_dilated_blocks_is_one_function(backend: str) -> None:
    text = program("for i in 8 { tcn(8, 2 ** i) }", backend)
    assert text.count("def tcn(") == 1 and text.count("= tcn(") == 8
    assert [f"dilation={2**i})" in text for i in range(9)] == [True] * 8 + [False]
    assert "tcn_2(" not in text


def test_a_number_that_follows_from_another_is_written_so() -> None:
    text = program("for i in 3 { tcn(8, 2 ** i) }", "jax")
    assert "padding=[(2 * dilation, 0)]" in text
    assert "def tcn(w, x, rng, place, dilation):" in text


def test_two_numbers_that_differ_are_two_parameters() -> None:
    text = program("tcn(8, 1) -> tcn(8, 2, 0.3) -> tcn(8, 4)", "jax")
    assert "def tcn(w, x, rng, place, dilation, p):" in text
    assert "dilation=2, p=0.3)" in text and "dilation=4, p=0.1)" in text


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_the_same_in_all_is_no_parameter(backend: str) -> None:
    text = program("for i in 3 { tcn(8, 2) }", backend)
    assert text.count("def tcn(") == 1 and "dilation)" not in text


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_skip_that_starts_from_0_is_given_0(backend: str) -> None:
    text = """block wave(rate: int) on (h, skip) {
  out = h -> conv(8, 2, tanh, causal, dilation = rate)
  gated = out * (h -> conv(8, 1, sigmoid))
  h + gated, skip + (gated -> conv(8, 1))
}
model m(x: float[T, 8]) -> y: float[T, 8] {
  h, skip = (x, 0) -> for i in 3 { wave(2 ** i) }
  h + skip
}
"""
    made = specc.compile(text).source(backend)
    assert "0 + " not in made and made.count("def wave(") == 1
    first = {"jax": 'wave(v["wave"], x, 0, dilation=1)', "tensorflow": "wave(x, 0, "}
    assert first[backend] in made
    assert "return h, skip" in made


def test_a_width_that_code_does_not_read_is_no_parameter() -> None:
    text = """block part(n: int) {{
  conv(n, 3, same, relu) -> layernorm -> conv(n, 3, same) -> dropout(0.1)
}}
model m(x: float[T, 8]) -> y: float[T, 6] {{ x -> {} }}
"""
    flow = "part(8) -> part(7) -> part(6)"
    made = program(flow, "jax", text)
    assert "def part(w, x, rng, place):" in made and made.count("= part(") == 3
    # In Keras the first values need widths that are no options of the layers.
    assert "def part(" not in program(flow, "tensorflow", text)


@pytest.mark.parametrize("backend", BACKENDS)
def test_blocks_of_another_structure_have_another_function(backend: str) -> None:
    text = STACK.replace(", p: float = 0.1", "")
    text = text.replace("dropout(p)", "layernorm")
    flow = "for i in 2 {{ tcn(8, 2 ** i) }} -> for i in 2 {{ other(8, 2 ** i) }}"
    other = text.partition("model")[0].replace("tcn", "other").replace("relu", "tanh")
    made = program(flow.format(), backend, other + text)
    assert made.count("def tcn(") == 1 and made.count("def other(") == 1


SHARED = """model same(a: int[T] < 90 pad 0, b: int[S] < 90 pad 0) -> same: float {{
  let encode = embed(8) -> {} -> mean -> normalize
  dot(a -> encode, b -> encode)
}}
"""


def test_layers_that_are_shared_are_one_function() -> None:
    text = program("lstm(8)", "jax", SHARED)
    assert 'encode(v["encode"], a, a_mask)' in text
    assert 'encode(v["encode"], b, b_mask)' in text
    text = program("lstm(8)", "tensorflow", SHARED)
    assert "    def encode(x, mask):" in text
    assert "encode(a, a_mask)" in text and "encode(b, b_mask)" in text
    assert text.count('name="encode.lstm"') == 1


def test_a_function_of_shared_layers_makes_none() -> None:
    # Zeros around the windows are a layer, and Keras wants another for each use.
    text = program("conv(8, 3, padding = 1, stride = 2)", "tensorflow", SHARED)
    assert "def encode(" not in text
