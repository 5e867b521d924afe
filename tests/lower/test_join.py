"""The final states of two directions become one, and start a decoder."""

from __future__ import annotations

import pytest

from specc.diagnostics import Failure
from specc.lower import lower_text

ENCODER = """model m(source: int[S] < 9 pad 0, target: int[T] < 7) -> y: float[T, 2] {{
  memory, ends = source -> embed(4) -> bi({cell}(3, states))
  target -> embed(4) -> {decoder} -> dense(2)
}}
"""


def test_every_state_of_both_directions_stands_side_by_side() -> None:
    model = lower_text(
        ENCODER.format(cell="lstm", decoder="lstm(6, init = join(ends))")
    )
    joined = [node for node in model.nodes if node.name.startswith("join")]
    assert [str(node.type) for node in joined] == ["float[6]", "float[6]"]
    h, c = (node.inputs for node in joined)
    assert [ref.output for ref in h] == [1, 3]  # h forward, h backward
    assert [ref.output for ref in c] == [2, 4]


def test_one_state_joins_to_one_value() -> None:
    lower_text(ENCODER.format(cell="gru", decoder="gru(6, init = join(ends))"))


@pytest.mark.parametrize(
    ("decoder", "message"),
    [
        ("lstm(5, init = join(ends))", "a state of `lstm` is `float[5]`"),
        ("gru(6, init = join(ends))", "`gru` starts from 1 state, found 2"),
        ("lstm(6, init = join(memory))", "`join` takes the states of two"),
    ],
)
def test_states_that_do_not_fit_are_refused(decoder: str, message: str) -> None:
    with pytest.raises(Failure) as failure:
        lower_text(ENCODER.format(cell="lstm", decoder=decoder))
    assert message in failure.value.diagnostics[0].message
