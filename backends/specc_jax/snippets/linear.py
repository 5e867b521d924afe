"""A cell that is linear in its states, run along time in parallel."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from specc_jax.snippets.derived import repeat_valid, states_before, time_first

CHUNK = 256


class Linear(NamedTuple):
    """A cell with its weights laid ready: s_i' = sum_j a_ij s_j + b_i.

    `terms` computes a and b for all steps, `outputs` what comes out, where that is not
    the first state.
    """

    weights: Any
    terms: Any
    outputs: Any = None


def run_parallel(cell, x, mask, states, reverse=False):
    """Run a linear cell along time, the steps combined in log(T) rounds.

    x: [B, T, in]; mask: [B, T], a step that does not count keeps all states, or None;
    states: [B, n] each.
    Returns the outputs [B, T, n] and the final states; the last output comes first,
    where it is no state.
    Source: Blelloch 1990, "Prefix Sums and Their Applications".
    """
    return run_linear(scan_steps, cell, x, mask, states, reverse)


def run_chunked(cell, x, mask, states, reverse=False):
    """Run a linear cell along time, in parallel within chunks; see `run_parallel`."""
    return run_linear(scan_chunks, cell, x, mask, states, reverse)


def run_linear(scan, cell, x, mask, states, reverse):
    """Run a linear cell along time with a scan over the terms of its steps."""
    x, mask = time_first(x), time_first(mask)
    terms = step_terms(cell, x, mask, states)
    after = scan(flip_if(reverse, terms), states)
    after = flip_if(reverse, after)
    shown = after
    if cell.outputs is not None:
        before = states_before(after, states, reverse)
        outputs = cell.outputs(cell.weights, x, before, after)
        if mask is not None:
            outputs = repeat_valid(outputs, mask, reverse)
        shown = outputs, *after
    final = tuple(state[0 if reverse else -1] for state in shown)
    return jnp.swapaxes(shown[0], 0, 1), final


def step_terms(cell, x, mask, states):
    """The terms of all steps, [T, B, n] each; masked steps keep the states."""
    shape = (len(x), *states[0].shape)

    def laid_out(value, kept):
        value = jnp.broadcast_to(jnp.asarray(value, states[0].dtype), shape)
        return value if mask is None else jnp.where(mask[..., None], value, kept)

    decay, update = cell.terms(cell.weights, x)
    decay = tuple(
        tuple(laid_out(value, float(i == j)) for j, value in enumerate(row))
        for i, row in enumerate(decay)
    )
    return decay, tuple(laid_out(value, 0.0) for value in update)


def scan_steps(terms, states):
    """The states after every step, [T, B, n] each."""
    decay, update = lax.associative_scan(combine, terms)
    return tuple(
        more + dot(row, states) for row, more in zip(decay, update, strict=True)
    )


def scan_chunks(terms, states):
    """The states after every step: chunk after chunk, each of them in parallel."""
    steps = len(terms[1][0])
    chunks = -(-steps // CHUNK)

    def apart(value):
        rest = ((0, chunks * CHUNK - steps), *[(0, 0)] * (value.ndim - 1))
        return jnp.pad(value, rest).reshape(chunks, CHUNK, *value.shape[1:])

    def advance(states, terms):
        after = scan_steps(terms, states)
        return tuple(state[-1] for state in after), after

    _, after = lax.scan(advance, states, jax.tree.map(apart, terms))
    return tuple(state.reshape(-1, *state.shape[2:])[:steps] for state in after)


def combine(earlier, later):
    """Two runs of steps as one: the later one's terms upon the earlier one's."""
    (decay, update), (then, more) = earlier, later
    columns = tuple(zip(*decay, strict=True))
    both = tuple(tuple(dot(row, column) for column in columns) for row in then)
    rest = (own + dot(row, update) for row, own in zip(then, more, strict=True))
    return both, tuple(rest)


def dot(a, b):
    """The sum of products, element by element."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def flip_if(reverse, values):
    """The same steps in the other order, if that is wanted."""
    return jax.tree.map(lambda x: jnp.flip(x, 0), values) if reverse else values
