"""What `specc layers` says of `join` and `step`, which become no op of their own."""

from __future__ import annotations

from specc.report.layer_words import LayerWords, read_words

JOIN = """
h = [h_forward, h_backward], for each state.

On the final states of `bi(..., states)`: two directions' states side by side, state by
state, so that a layer of twice the width can start from them. States: [a] and [a], the
results: [2 a].

Mask: states have none; the result has none.
Example: (x: float[T, 3] ragged) -> h: float[4] {
memory, ends = x -> bi(rnn(2, states), sum)
memory -> rnn(4, final, init = join(ends)) }
"""
STEP = """
y, s'_1, s'_2, ... = cell(x, s_1, s_2, ...), or s'_1, s'_2, ... where y is a state.

In a cell, on this step's input and the other cell's states: one step of that cell. It
gives that cell's states after the step, behind its output where that is no state. The
weights are named after both: `deeper.lstm.W_i`.

Mask: kept. What becomes of a step is for the layer that runs the cell around it.
Example: cell deeper(units: int) {
state h[units], c[units]
h', c' = (x, h, c) -> step(lstm(units))
h' -> dense(units, tanh)
}
(x: float[T, 3] ragged) -> y: float[T, 2] { x -> deeper(2) }
"""


def special_layers() -> dict[str, LayerWords]:
    """Layers that other nodes stand for, by name."""
    return {
        "join": read_words("`join(states)`: the states of two directions.", JOIN),
        "step": read_words("`step(cell)`: a cell advanced by another one.", STEP),
    }
