"""Faults in what the JAX backend writes and copies: loops for a target."""

# ruff: noqa: E501

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_jax/snippets"

SCHEDULES = (
    *in_file(
        f"{SNIPPETS}/derived.py",
        (
            "way back ahead",
            "gru",
            "the loop back runs from the first step to the last",
            "step_back, (d_final, zeros), steps, reverse=not reverse",
            "step_back, (d_final, zeros), steps, reverse=reverse",
        ),
        (
            "gradients of masked steps",
            "gru",
            "masked steps pass gradients through their gates",
            "given = tuple(choose(valid, d, jnp.zeros_like(d)) for d in d_states)",
            "given = tuple(d_states)",
        ),
        (
            "gradient stops at masked steps",
            "gru",
            "what is before a masked step gets no gradient",
            "d_states = tuple(map(partial(choose, valid), d_before, d_states))",
            "d_states = tuple(d_before)",
        ),
        (
            "states before are after",
            "gru",
            "gradients of weights go by the states after each step",
            "parts = [(s[None], a[:-1]) for a, s in zip(after, states, strict=True)]",
            "parts = [(a[:1], a[1:]) for a, s in zip(after, states, strict=True)]",
        ),
        (
            "final gradient lost",
            "lstm_last",
            "what is read of the last state passes nothing on",
            "step_back, (d_final, zeros), steps,",
            "step_back, (jax.tree.map(jnp.zeros_like, d_final), zeros), steps,",
        ),
        (
            "first state without gradient",
            "stepped",
            "the states given get no gradient",
            "return d_w, d_inputs, None, d_states\n",
            "return d_w, d_inputs, None, jax.tree.map(jnp.zeros_like, d_states)\n",
        ),
        (
            "silence repeated",
            "staged_last",
            "a row of padding gives an output",
            "last = lax.cummax(jnp.where(mask, steps, -1), axis=0)",
            "last = lax.cummax(jnp.where(mask, steps, 0), axis=0)",
        ),
        (
            "repeated from ahead",
            "staged",
            "the backward direction repeats the wrong output",
            "last = lax.cummin(jnp.where(mask, steps, mask.shape[0]), axis=0, reverse=True)",
            "last = lax.cummin(jnp.where(mask, steps, mask.shape[0]), axis=0)",
        ),
    ),
    *in_file(
        "backends/specc_jax/derived_cells.py",
        (
            "averaged over rows",
            "gru",
            "the gradient of a bias is the mean over rows and steps",
            'return call("jnp.sum", x.expression, axis=literal(axes))',
            'return call("jnp.mean", x.expression, axis=literal(axes))',
        ),
    ),
)
TOGETHER = in_file(
    f"{SNIPPETS}/derived.py",
    (
        "together, not turned back",
        "bi_lstm",
        "the backward direction's outputs come last step first",
        "return concat(outputs[0], jnp.flip(outputs[1], 1)), concat(last[0], last[1])",
        "return concat(outputs[0], outputs[1]), concat(last[0], last[1])",
    ),
    (
        "together, not turned",
        "bi_lstm",
        "both directions run forward in one loop",
        "jnp.stack([x, jnp.flip(x, 1)])",
        "jnp.stack([x, x])",
    ),
    (
        "together with one's weights",
        "bi_lstm",
        "both directions have the forward weights in one loop",
        "lambda *pair: jnp.stack(pair), ahead.weights, back.weights)",
        "lambda *pair: jnp.stack(pair), ahead.weights, ahead.weights)",
    ),
)
SCANS = in_file(
    f"{SNIPPETS}/linear.py",
    (
        "scan combined backwards",
        "linear",
        "earlier terms are laid upon later ones",
        "(decay, update), (then, more) = earlier, later",
        "(decay, update), (then, more) = later, earlier",
    ),
    (
        "scan from zero",
        "stepped_linear",
        "the first state is left out of a scan",
        "more + dot(row, states) for row, more in zip(decay, update, strict=True)",
        "more + 0 * dot(row, states) for row, more in zip(decay, update, strict=True)",
    ),
    (
        "masked steps decay",
        "linear",
        "masked steps forget",
        "tuple(laid_out(value, float(i == j)) for j, value in enumerate(row))",
        "tuple(laid_out(value, 0.5 * (i == j)) for j, value in enumerate(row))",
    ),
    (
        "masked steps add",
        "linear",
        "masked steps add to the states",
        "return decay, tuple(laid_out(value, 0.0) for value in update)",
        "return decay, tuple(laid_out(value, value) for value in update)",
    ),
    (
        "scan not turned back",
        "linear",
        "states of a reversed scan come last step first",
        "after = flip_if(reverse, after)",
        "after = flip_if(False, after)",
    ),
    (
        "last state of a reversed scan",
        "linear_ends",
        "the final state of a reversed scan is the first it had",
        "final = tuple(state[0 if reverse else -1] for state in shown)",
        "final = tuple(state[-1] for state in shown)",
    ),
    (
        "terms crossed",
        "lru",
        "a state's decay goes by columns",
        "both = tuple(tuple(dot(row, column) for column in columns) for row in then)",
        "both = tuple(tuple(dot(row, column) for row in then) for column in columns)",
    ),
)
CHUNKS = in_file(
    f"{SNIPPETS}/linear.py",
    (
        "chunks start anew",
        "linear",
        "no chunk has the states of the one before it",
        "after = scan_steps(terms, states)\n        return tuple(",
        "after = scan_steps(terms, tuple(0 * s for s in states))\n        return tuple(",
    ),
    (
        "chunks hand on the first state",
        "linear",
        "a chunk starts from the first states of the one before it",
        "return tuple(state[-1] for state in after), after",
        "return tuple(state[0] for state in after), after",
    ),
    (
        "chunks padded in front",
        "linear",
        "steps lie at the end of their chunks",
        "rest = ((0, chunks * CHUNK - steps), *[(0, 0)] * (value.ndim - 1))",
        "rest = ((chunks * CHUNK - steps, 0), *[(0, 0)] * (value.ndim - 1))",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    *(replace(one, target="cpu") for one in SCHEDULES),
    *(replace(one, target="gpu") for one in (*TOGETHER, *SCANS)),
    *(replace(one, target="tpu") for one in CHUNKS),
)
