"""A cell run along time."""

import jax.numpy as jnp
from jax import lax


def bidirectional(cell, w, x, widths):
    """Run a cell in both directions; each has weights of its own.

    x: [B, T, in]; widths: of the states, which start from zeros.
    Returns the outputs [B, T, 2 units] and the last outputs [B, 2 units].
    """
    ahead, last = recur(cell(w["forward"]), x, widths)
    back, first = recur(cell(w["backward"]), x, widths, reverse=True)
    return concat(ahead, back), concat(last[0], first[0])


def bidirectional_masked(cell, w, x, mask, widths):
    """Run a cell in both directions; each has weights of its own.

    x: [B, T, in]; mask: [B, T]; widths: of the states, which start from zeros.
    Returns the outputs [B, T, 2 units] and the last outputs [B, 2 units].
    """
    ahead, last = recur_masked(cell(w["forward"]), x, mask, widths)
    back, first = recur_masked(cell(w["backward"]), x, mask, widths, reverse=True)
    return concat(ahead, back), concat(last[0], first[0])


def recur(step, x, widths, **options):
    """Run a cell along time from states of zeros; see `recur_from`."""
    return recur_from(step, x, zero_states(x, widths), **options)


def recur_masked(step, x, mask, widths, **options):
    """Run a cell along time from states of zeros; see `recur_masked_from`."""
    return recur_masked_from(step, x, mask, zero_states(x, widths), **options)


def recur_from(step, x, states, **options):
    """Run a cell along time; options are those of `lax.scan`.

    x: [B, T, ...]; states: [B, ...] each, the first one is the output.
    Returns the outputs [B, T, ...] and the final states.
    """

    def advance(states, x_t):
        states = step(states, x_t)
        return states, states[0]

    states, outputs = lax.scan(advance, states, jnp.swapaxes(x, 0, 1), **options)
    return jnp.swapaxes(outputs, 0, 1), states


def recur_masked_from(step, x, mask, states, **options):
    """Run a cell along time; options are those of `lax.scan`.

    x: [B, T, ...]; mask: [B, T], a step that does not count keeps all states;
    states: [B, ...] each, the first one is the output.
    Returns the outputs [B, T, ...] and the final states.
    """

    def advance(states, now):
        x_t, valid = now
        states = tuple(
            jnp.where(lax.expand_dims(valid, range(1, new.ndim)), new, old)
            for new, old in zip(step(states, x_t), states, strict=True)
        )
        return states, states[0]

    steps = jnp.swapaxes(x, 0, 1), jnp.swapaxes(mask, 0, 1)
    states, outputs = lax.scan(advance, states, steps, **options)
    return jnp.swapaxes(outputs, 0, 1), states


def zero_states(x, widths):
    """Zeros for every row of x, a state for each width."""
    return tuple(jnp.zeros_like(x, shape=(x.shape[0], width)) for width in widths)


def zero_before_start(y, mask, **options):
    """Zero the outputs before the first valid step; options are `lax.cummax`'s."""
    started = lax.cummax(mask.astype(jnp.int32), axis=1, **options)
    return jnp.where(lax.expand_dims(started, range(2, y.ndim)) > 0, y, 0)


def zero_empty(y, mask):
    """Zero the last output of rows that have no valid step."""
    known = lax.expand_dims(jnp.any(mask, axis=1), range(1, y.ndim))
    return jnp.where(known, y, 0)


def concat(a, b):
    """Lay two values side by side."""
    return jnp.concatenate([a, b], axis=-1)


def for_each_row(value, x):
    """Repeat what is the same for the whole batch, for every row of x."""
    return jnp.broadcast_to(value, (x.shape[0], *value.shape))
