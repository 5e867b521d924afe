"""A spec that fails is made small, and stays a spec."""

from __future__ import annotations

import pytest

from specc.fuzz.draw import draw
from specc.fuzz.program import write
from specc.fuzz.reduce import candidates, mended, reduce_text
from specc.lower import check_text

LARGE = """block wide(n: int) on (z) {
  u = z -> dense(n, relu)
  u
}

model drawn(in1: float[T, 4], in2: float[7, 3]) -> v3: float[T, 6], v4: float[3] {
  v1 = in1 -> wide(5) -> lstm(6, dropout = 0.5, l2 = 0.25)
  v3 = v1 -> residual { layernorm -> dense(6, tanh) }
  v4 = in2 -> softmax -> mean
  v3, v4
}
"""


def test_what_matters_is_left() -> None:
    found = reduce_text(LARGE, lambda text: "softmax" in text)
    assert "softmax" in found and len(found) < 75
    assert check_text(found) == []


def test_a_layer_of_two_values_keeps_both() -> None:
    text = LARGE.replace("v4 = in2 -> softmax -> mean", "v4 = dot(in2, in2) -> rnn(3)")
    found = reduce_text(
        "model m(in1: float[T, 4], in2: float[T, 4]) -> v2: float[T, 3] {\n"
        "  v1 = (in1 -> dense(4, tanh), in2) -> subtract\n"
        "  v2 = v1 -> gru(3)\n}\n",
        lambda text: "subtract" in text,
    )
    assert "subtract" in found and "gru" not in found and "dense" not in found
    assert text != found


def test_what_fails_only_together_stays_together() -> None:
    found = reduce_text(LARGE, lambda text: "lstm" in text and "softmax" in text)
    assert "lstm" in found and "softmax" in found
    assert "layernorm" not in found and "wide" not in found and "l2" not in found


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_left_out_of_it_a_spec_is_legal_once_mended(seed: int) -> None:
    text = write(draw(seed))
    for candidate in list(candidates(text))[::7]:
        found = mended(candidate)
        assert found is None or check_text(found) == []


def test_what_nothing_makes_smaller_stays() -> None:
    least = "model m(x: float) -> float {\n  x\n}\n"
    assert reduce_text(least, lambda text: text == least) == least
