"""A JAX model written by specc; it needs jax and numpy only. Change it freely."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SPEC = {
    "model": "imdb_stacked_bilstm",
    "sha256": "53ab5557649fd94459f3e8812f880ab08e67ceaabc3013ee6961c357c93b98d1",
    "specc": "0.1.0",
    "schedule": "portable",
}


# The model


def init(seed=0):
    """Make fresh variables; one seed gives the same numbers in every backend."""
    variables = {
        "embed": {"table": uniform(seed, "embed.table", (8185, 64))},
        "bi_lstm": {
            "forward": init_lstm(seed, "bi_lstm.forward", 64, 64),
            "backward": init_lstm(seed, "bi_lstm.backward", 64, 64),
        },
        "bi_lstm_2": {
            "forward": init_lstm(seed, "bi_lstm_2.forward", 128, 32),
            "backward": init_lstm(seed, "bi_lstm_2.backward", 128, 32),
        },
        "dense": {
            "W": glorot_uniform(seed, "dense.W", (64, 64), 64, 64),
            "b": zeros(64),
        },
        "dense_2": {
            "W": glorot_uniform(seed, "dense_2.W", (64, 1), 64, 1),
            "b": zeros(1),
        },
    }
    return jax.tree.map(jnp.asarray, variables)


@jax.default_matmul_precision("highest")
def apply(variables, tokens, *, training=False, rng=None):
    """Run the model.

    tokens: int[B, T], ids below 8185, 0 is padding.
    Returns positive: float[B, 1].
    Nothing in this model depends on training or rng.
    """
    v = variables
    mask = tokens != 0  # [B, T]
    x = embed(v["embed"], tokens)  # [B, T, 64]
    x, _ = bidirectional_masked(lstm, v["bi_lstm"], x, mask, (64, 64))  # [B, T, 128]
    _, x = bidirectional_masked(lstm, v["bi_lstm_2"], x, mask, (32, 32))  # [B, 64]
    x = jax.nn.relu(dense(v["dense"], x))  # [B, 64]
    positive = jax.nn.sigmoid(dense(v["dense_2"], x))  # [B, 1]
    return positive


def penalty(variables):
    """Add up the l1 and l2 penalties of the weights: here are none."""
    return 0.0


# The cell, from its equations


def lstm(w):
    """Make the cell's step: states and x to new states, the output first.

    i = sigmoid(W_i @ x + U_i @ h + b_i)
    f = sigmoid(W_f @ x + U_f @ h + b_f)
    o = sigmoid(W_o @ x + U_o @ h + b_o)
    g = tanh(W_g @ x + U_g @ h + b_g)
    c' = f * c + i * g
    h' = o * tanh(c')
    """
    W = jnp.concatenate([w["W_i"], w["W_f"], w["W_o"], w["W_g"]]).T
    U = jnp.concatenate([w["U_i"], w["U_f"], w["U_o"], w["U_g"]]).T
    b = jnp.concatenate([w["b_i"], w["b_f"], w["b_o"], w["b_g"]])

    def step(states, x):
        h, c = states
        i, f, o, g = jnp.split(x @ W + h @ U + b, 4, axis=-1)
        i = jax.nn.sigmoid(i)
        f = jax.nn.sigmoid(f)
        o = jax.nn.sigmoid(o)
        g = jnp.tanh(g)
        c = f * c + i * g
        h = o * jnp.tanh(c)
        return h, c

    return step


def init_lstm(seed, path, inputs, units):
    """Draw the weights of one cell."""
    return {
        "W_i": glorot_uniform(seed, path + ".W_i", (units, inputs), inputs, units),
        "W_f": glorot_uniform(seed, path + ".W_f", (units, inputs), inputs, units),
        "W_o": glorot_uniform(seed, path + ".W_o", (units, inputs), inputs, units),
        "W_g": glorot_uniform(seed, path + ".W_g", (units, inputs), inputs, units),
        "U_i": orthogonal(seed, path + ".U_i", (units, units)),
        "U_f": orthogonal(seed, path + ".U_f", (units, units)),
        "U_o": orthogonal(seed, path + ".U_o", (units, units)),
        "U_g": orthogonal(seed, path + ".U_g", (units, units)),
        "b_i": zeros(units),
        "b_f": ones(units),
        "b_o": zeros(units),
        "b_g": zeros(units),
    }


# Layers


def dense(w, x):
    """Map the last axis: x W + b.  W: [in, units], b: [units]."""
    return x @ w["W"] + w["b"]


def embed(w, ids):
    """Look ids up; an id outside the table gives NaN.  table: [vocabulary, dim]."""
    rows = w["table"].at[ids]
    return rows.get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)


def bidirectional_masked(cell, w, x, mask, widths):
    """Run a cell in both directions; each has weights of its own.

    x: [B, T, in]; mask: [B, T]; widths: of the states, which start from zeros.
    Returns the outputs [B, T, 2 units] and the last outputs [B, 2 units].
    """
    ahead, last = recur_masked(cell(w["forward"]), x, mask, widths)
    back, first = recur_masked(cell(w["backward"]), x, mask, widths, reverse=True)
    return concat(ahead, back), concat(last[0], first[0])


def recur_masked(step, x, mask, widths, **options):
    """Run a cell along time from states of zeros; see `recur_masked_from`."""
    return recur_masked_from(step, x, mask, zero_states(x, widths), **options)


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


def concat(a, b):
    """Lay two values side by side."""
    return jnp.concatenate([a, b], axis=-1)


# Initial values


def glorot_uniform(seed, path, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out))."""
    return uniform(seed, path, shape, np.sqrt(6 / (fan_in + fan_out)))


def uniform(seed, path, shape, limit=0.05):
    """Uniform in [-limit, limit]."""
    return generator(seed, path).uniform(-limit, limit, shape).astype(np.float32)


def orthogonal(seed, path, shape):
    """A random matrix with orthonormal columns, or rows where it is wide.

    Axes before the last count as one.
    """
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    tall = (max(rows, columns), min(rows, columns))
    q, r = np.linalg.qr(generator(seed, path).standard_normal(tall))
    q = q * np.copysign(1, np.diag(r))  # every orthogonal matrix equally likely
    matrix = q if rows >= columns else q.T
    return matrix.reshape(shape).astype(np.float32, order="C")


def zeros(shape):
    """Make zeros."""
    return np.zeros(shape, np.float32)


def ones(shape):
    """Make ones."""
    return np.ones(shape, np.float32)


def generator(seed, path):
    """A random stream that belongs to one weight."""
    key = np.array([seed, fold(path)], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def fold(path):
    """A 64-bit number for a weight's path (FNV-1a)."""
    number = 0xCBF29CE484222325
    for byte in path.encode():
        number = ((number ^ byte) * 0x100000001B3) % 2**64
    return number
