"""A cell run along time with a backward pass of its own, derived from its equations."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from specc_jax.snippets.recurrent import concat, zero_states


def run_both(cell, w, x, mask, widths):
    """Run a cell in both directions; each has weights of its own.

    x: [B, T, in]; mask: [B, T] or None; widths: of the states, which start from zeros.
    Returns the outputs [B, T, 2 units] and the last outputs [B, 2 units].
    """
    states = zero_states(x, widths)
    ahead, last = run(cell(w["forward"]), x, mask, states)
    back, first = run(cell(w["backward"]), x, mask, states, reverse=True)
    return concat(ahead, back), concat(last[0], first[0])


def run_together(cell, w, x, mask, widths):
    """Run a cell in both directions in one loop; see `run_both`."""
    ahead, back = cell(w["forward"]), cell(w["backward"])
    weights = jax.tree.map(lambda *pair: jnp.stack(pair), ahead.weights, back.weights)
    around = jax.tree.map(lambda *pair: jnp.stack(pair), ahead.around, back.around)
    both = jax.tree.map(lambda x: jnp.stack([x, jnp.flip(x, 1)]), (x, mask))

    def one(weights, around, x, mask):
        one = ahead._replace(weights=weights, around=around)
        return run(one, x, mask, zero_states(x, widths))

    outputs, states = jax.vmap(one)(weights, around, *both)
    last = states[0]
    return concat(outputs[0], jnp.flip(outputs[1], 1)), concat(last[0], last[1])


def run(cell, x, mask, states, reverse=False):
    """Run a cell along time, with the backward pass derived from its equations.

    x: [B, T, in]; mask: [B, T], a step that does not count keeps all states, or None;
    states: [B, ...] each, the first one is the output.
    Returns the outputs [B, T, ...] and the final states.
    """
    x, mask = time_first(x), time_first(mask)
    inputs = cell.before(cell.around, x)
    steps = run_loop(cell.loop, reverse, cell.weights, inputs, mask, states)
    (outputs,), final = steps
    return jnp.swapaxes(outputs, 0, 1), final


def run_either(cell, x, mask, states, reverse=False):
    """Run a cell whose loop has no product but those with x; see `run`.

    They are in the loop, where what is computed stays in the cache. Where gradients
    are wanted they are before it, for all steps at once.
    """
    x, mask = time_first(x), time_first(mask)
    run_inside = product_inside(cell.loop, cell.before, reverse)
    (outputs,), final = run_inside(cell.weights, cell.around, x, mask, states)
    return jnp.swapaxes(outputs, 0, 1), final


def product_inside(loop, before, reverse):
    """Take what a loop reads of x into it; its way back has that from before it."""

    def step(w, states, inputs):
        inner, around = w
        return loop.step(inner, states, before(around, *inputs))

    @jax.custom_vjp
    def run(w, around, x, mask, states):
        whole = loop._replace(step=step)
        return run_ahead(whole, reverse, (w, around), (x,), mask, states)[0]

    def ahead(w, around, x, mask, states):
        def outside(w, around, x, states):
            return run_loop(loop, reverse, w, before(around, x), mask, states)

        return jax.vjp(outside, w, around, x, states)

    def back(pull, gradients):
        d_w, d_around, d_x, d_states = pull(gradients)
        return d_w, d_around, d_x, None, d_states

    run.defvjp(ahead, back)
    return run


def run_staged(cell, x, mask, states, over, reverse=False):
    """Run a cell whose outputs are computed after its loop; see `run`.

    over: how what is computed for all steps at once is; `over_steps` or `over_rows`.
    Returns the outputs [B, T, ...], and the last of them with the final states.
    """
    x, mask = time_first(x), time_first(mask)
    inputs = over(cell.before, cell.around, x)
    steps = run_loop(cell.loop, reverse, cell.weights, inputs, mask, states)
    after, final = steps
    before = states_before(after, states, reverse)
    outputs = over(cell.after, cell.around, x, before, after, inputs)
    if mask is not None:
        outputs = repeat_valid(outputs, mask, reverse)
    last = outputs[0 if reverse else -1]
    return jnp.swapaxes(outputs, 0, 1), (last, *final)


def over_steps(compute, w, *values):
    """Compute what is done for all steps at once; values: [T, B, ...].

    Rows and steps are one axis: gradients of weights are plain products then, and sums
    over one axis, which XLA on a CPU computes fastest.
    """
    steps, batch = values[0].shape[:2]

    def apart(x):
        return jnp.swapaxes(x.reshape(batch, steps, *x.shape[1:]), 0, 1)

    return jax.tree.map(apart, compute(w, *jax.tree.map(rows, values)))


def over_rows(compute, w, *values):
    """Keep rows an axis, as w has something of each of them; see `over_steps`."""
    return compute(w, *values)


def rows(x):
    """Lay [T, B, ...] out as [B T, ...]: a device keeps the rows of its own."""
    return lax.collapse(jnp.swapaxes(x, 0, 1), 0, 2)


def x_alone(w, x):
    """Nothing is computed before the loop, which reads x."""
    return (x,)


class Cell(NamedTuple):
    """A cell with its weights laid ready: those that the loop reads, and others.

    `before` computes for all steps what the loop reads of x, `after` the outputs where
    they are no state; `around` are the weights that these two read.
    """

    weights: Any
    loop: Any
    around: Any = None
    before: Any = x_alone
    after: Any = None


class Loop(NamedTuple):
    """A cell's step, its derivative, and what that leaves for all steps at once.

    `shown` are the places of the states whose values at every step are wanted, `added`
    the weights whose gradients come first of what `backward` leaves, to be added up.
    """

    step: Any
    backward: Any
    gradients: Any
    shown: Any
    added: Any = ()


def run_ahead(loop, reverse, w, inputs, mask, states):
    """Run a loop, and keep what the way back needs."""

    def advance(states, now):
        inputs, valid = now
        found = loop.step(w, states, inputs)
        new, kept = found[: len(states)], found[len(states) :]
        states = tuple(map(partial(choose, valid), new, states))
        return states, (states, kept)

    final, (after, kept) = lax.scan(advance, states, (inputs, mask), reverse=reverse)
    shown = tuple(after[place] for place in loop.shown)
    return (shown, final), (w, inputs, mask, states, after, kept)


@jax.default_matmul_precision("highest")  # it is traced when `apply` has ended
def run_back(loop, reverse, passed, gradients):
    """Run a loop back; weights get their gradients from all steps at once."""
    w, inputs, mask, states, after, kept = passed
    d_outputs, d_final = gradients
    before = states_before(after, states, reverse)
    read = (*inputs, *kept)

    def step_back(carried, now):
        (d_states, sums), (d_outputs, states, read, valid) = carried, now
        d_states = list(d_states)
        for place, d in zip(loop.shown, d_outputs, strict=True):
            d_states[place] = d_states[place] + d
        given = tuple(choose(valid, d, jnp.zeros_like(d)) for d in d_states)
        d_before, found = loop.backward(w, states, read, given)
        d_states = tuple(map(partial(choose, valid), d_before, d_states))
        sums = tuple(map(jnp.add, sums, found))
        return (d_states, sums), found[len(sums) :]

    zeros = tuple(jnp.zeros_like(w[name]) for name in loop.added)
    steps = (d_outputs, before, read, mask)
    (d_states, sums), found = lax.scan(
        step_back, (d_final, zeros), steps, reverse=not reverse
    )
    d_w, d_inputs = loop.gradients(w, before, read, (*sums, *found))
    return d_w, d_inputs, None, d_states


def differentiable(ahead, back):
    """Give a function of six arguments, two of them fixed, its own way back."""

    def run(loop, reverse, w, inputs, mask, states):
        return ahead(loop, reverse, w, inputs, mask, states)[0]

    made = jax.custom_vjp(run, nondiff_argnums=(0, 1))
    made.defvjp(ahead, back)
    return made


run_loop = differentiable(run_ahead, run_back)


def states_before(after, states, reverse):
    """The states before every step, from those after it and the first ones."""
    if reverse:
        parts = [(a[1:], s[None]) for a, s in zip(after, states, strict=True)]
    else:
        parts = [(s[None], a[:-1]) for a, s in zip(after, states, strict=True)]
    return tuple(map(jnp.concatenate, parts))


def repeat_valid(outputs, mask, reverse):
    """Repeat the last valid output at steps that do not count; zeros before the first.

    outputs: [T, B, ...]; mask: [T, B].
    """
    steps = lax.broadcasted_iota(jnp.int32, mask.shape, 0)
    if reverse:
        last = lax.cummin(jnp.where(mask, steps, mask.shape[0]), axis=0, reverse=True)
    else:
        last = lax.cummax(jnp.where(mask, steps, -1), axis=0)
    last = lax.expand_dims(last, range(2, outputs.ndim))
    known = (last >= 0) & (last < mask.shape[0])
    return jnp.where(known, jnp.take_along_axis(outputs, last, 0, mode="clip"), 0)


def choose(valid, new, old):
    """The new value at steps that count, else the old one."""
    if valid is None:
        return new
    return jnp.where(lax.expand_dims(valid, range(1, new.ndim)), new, old)


def along(x, other):
    """Lay x, which is the same at every step, along the steps and rows of another."""
    return jnp.broadcast_to(x, (*other.shape[:-1], x.shape[-1]))


def time_first(x):
    """Steps first, rows of the batch after; None stays as it is."""
    return None if x is None else jnp.swapaxes(x, 0, 1)
