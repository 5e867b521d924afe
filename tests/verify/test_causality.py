"""A causal model's program is held to it, in the ways that it can be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from specc.codegen.build import generate
from specc.ir.graph import Model
from specc.ir.size import Size
from specc.verify.causality import causal_outputs
from specc.verify.compare import Row
from specc.verify.process import Worker
from specc.verify.stepping import carried_states
from specc.verify.verify import verify

READER = """\
model reader(ids: int[T] < 12 pad 0, before: float[4])
    -> logits: float[T, 3], after: float[4] {
  h, last = ids -> embed(5) -> gru(4, states, init = before)
  h -> dense(3), last
}
"""
CAUSAL = """\
model causal(x: float[T, 4] ragged, y: float[S, 4] ragged) -> z: float[T, 4] {
  h = x -> conv(4, 3, causal) -> self_attend(2, causal) -> lstm(4)
  h + ((h, y) -> attend)
}
"""
FIXED = "model fixed(x: float[6, 4]) -> y: float[6, 3] {\n  x -> rnn(3)\n}\n"
SPELLED = """\
model spelled(chars: int[T, C] < 9 pad 0) -> y: float[T, 3] {
  chars -> embed(4) -> over T { bi(gru(2), merge = sum) -> max } -> gru(3)
}
"""
T = Size.named("T")


@pytest.fixture(scope="module")
def worker(echo: Callable[..., Any]) -> Iterator[Worker]:
    with Worker(echo()) as worker:
        yield worker


@pytest.fixture
def rows(
    echo: Callable[..., Any], compile_text: Callable[[str], Model], worker: Worker
) -> Callable[..., dict[str, Row]]:
    def rows(text: str, mistake: str = "") -> dict[str, Row]:
        model, backend = compile_text(text), echo(mistake)
        sources = {"echo": generate(model, backend)}
        report = verify(model, [backend], sources, workers={"echo": worker})
        assert report.passed == (not mistake)
        whole = report.parts[0].rows
        return {row.name: row for row in whole if row.kind == "invariance"}

    return rows


Rows = Callable[..., dict[str, Row]]


def test_a_model_of_states_is_held_to_all_three(rows: Rows) -> None:
    found = rows(READER)
    assert {
        "logits, later T changed",
        "logits, first 3 of T",
        "logits, T one by one",
        "after, T one by one",
    } <= found.keys()
    assert all(row.figure <= row.limit == 1e-12 for row in found.values())


def test_each_axis_and_output_that_is_causal_is_tried(rows: Rows) -> None:
    names = {name for name in rows(CAUSAL) if " T" in name or " S" in name}
    assert {name.partition(" of ")[0].rstrip(" 0123456789") for name in names} == {
        "z, later T changed",
        "z, first",
    }
    assert "y, later 6 changed" in rows(FIXED)
    assert "y, later T changed" in rows(SPELLED)


@pytest.mark.parametrize("text", [READER, CAUSAL, FIXED, SPELLED])
def test_a_step_that_sees_the_next_one_is_caught(rows: Rows, text: str) -> None:
    found = rows(text, "peeks")
    changed = [row for name, row in found.items() if "changed" in name]
    assert changed and not any(row.passed for row in changed)


def test_a_step_that_knows_how_many_there_are_is_caught(rows: Rows) -> None:
    found = rows(CAUSAL, "counts")
    assert not found["z, first 4 of T"].passed
    assert found["z, later T changed"].passed


def test_a_state_that_is_not_started_from_is_caught(rows: Rows) -> None:
    found = rows(READER, "starts anew")
    assert not found["logits, T one by one"].passed
    assert found["logits, first 3 of T"].passed


OTHERS = [
    "model m(x: float[T, 4]) -> y: float[T, 4] {\n  x -> bi(gru(2))\n}\n",
    "model m(x: float[T, 4]) -> y: float[4] {\n  x -> gru(4, final)\n}\n",
    "model m(x: float[T, 4]) -> y: float[T, 4] {\n  x -> reverse -> gru(4)\n}\n",
]


@pytest.mark.parametrize("text", OTHERS)
def test_nothing_is_asked_of_a_model_that_is_not_causal(
    compile_text: Callable[[str], Model], text: str
) -> None:
    assert causal_outputs(compile_text(text)) == {}


LAYERS = {
    "gru(4, states, init = s)": {"s": "e"},
    "relu -> gru(4, states, init = s)": {"s": "e"},
    "shift(1) -> gru(4, states, init = s)": None,
    "gru(4) -> gru(4, states, init = s)": None,
    "conv(4, 2, causal) -> gru(4, states, init = s)": None,
    "(positions(4, sinusoidal), relu) -> add -> gru(4, states, init = s)": None,
    "self_attend(1, causal) -> gru(4, states, init = s)": None,
}


@pytest.mark.parametrize("layers", LAYERS)
def test_one_step_at_a_time_needs_all_that_is_remembered(
    compile_text: Callable[[str], Model], layers: str
) -> None:
    text = (
        "model m(x: float[T, 4], s: float[4]) -> y: float[T, 4], e: float[4] {\n"
        f"  y, e = x -> {layers}\n  y, e\n}}\n"
    )
    assert carried_states(compile_text(text), T) == LAYERS[layers]


def test_one_input_cannot_carry_two_states(
    compile_text: Callable[[str], Model],
) -> None:
    text = (
        "model m(x: float[T, 4], s: float[4], r: float[4])"
        " -> y: float[T, 4], e: float[4], f: float[4] {\n"
        "  y, ends = x -> lstm(4, states, init = (s, r))\n  e, f = ends\n  y, e, f\n}\n"
    )
    assert carried_states(compile_text(text), T) == {"s": "e", "r": "f"}
    shared = text.replace("(s, r)", "(s, s)").replace(", r: float[4]", "")
    assert carried_states(compile_text(shared), T) is None
