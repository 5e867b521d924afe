"""A JAX model written by specc; it needs jax and numpy only. Change it freely."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SPEC = {
    "model": "siamese_questions",
    "sha256": "7f78de83afc052119b2de1f74f04dea59609f19b802b294bb18c9647fd6b3de2",
    "specc": "0.1.0",
    "schedule": "portable",
}


# The model


def init(seed=0):
    """Make fresh variables; one seed gives the same numbers in every backend."""
    variables = {
        "encode": {
            "embed": {"table": uniform(seed, "encode.embed.table", (41699, 128))},
            "lstm": {
                "W_i": glorot_uniform(seed, "encode.lstm.W_i", (128, 128), 128, 128),
                "W_f": glorot_uniform(seed, "encode.lstm.W_f", (128, 128), 128, 128),
                "W_o": glorot_uniform(seed, "encode.lstm.W_o", (128, 128), 128, 128),
                "W_g": glorot_uniform(seed, "encode.lstm.W_g", (128, 128), 128, 128),
                "U_i": orthogonal(seed, "encode.lstm.U_i", (128, 128)),
                "U_f": orthogonal(seed, "encode.lstm.U_f", (128, 128)),
                "U_o": orthogonal(seed, "encode.lstm.U_o", (128, 128)),
                "U_g": orthogonal(seed, "encode.lstm.U_g", (128, 128)),
                "b_i": zeros(128),
                "b_f": ones(128),
                "b_o": zeros(128),
                "b_g": zeros(128),
            },
        }
    }
    return jax.tree.map(jnp.asarray, variables)


@jax.default_matmul_precision("highest")
def apply(variables, a, b, *, training=False, rng=None):
    """Run the model.

    a: int[B, T], ids below 41699, 1 is padding.
    b: int[B, S], ids below 41699, 1 is padding.
    Returns same: float[B].
    Nothing in this model depends on training or rng.
    """
    v = variables
    a_mask = a != 1  # [B, T]
    b_mask = b != 1  # [B, S]
    x = encode(v["encode"], a, a_mask)  # [B, 128]
    x_2 = encode(v["encode"], b, b_mask)  # [B, 128]
    same = jnp.sum(x * x_2, axis=-1)  # [B]
    return same


def encode(w, x, mask):
    """Run one `encode` with its weights w."""
    x = embed(w["embed"], x)  # [B, T, 128]
    x, _ = recur_masked(lstm(w["lstm"]), x, mask, (128, 128))  # [B, T, 128]
    x = mean_masked(x, mask)  # [B, 128]
    x = normalize(x)  # [B, 128]
    return x


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


# Layers


def embed(w, ids):
    """Look ids up; an id outside the table gives NaN.  table: [vocabulary, dim]."""
    rows = w["table"].at[ids]
    return rows.get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)


def normalize(x):
    """Scale the last axis to length 1; one that is all zeros stays so."""
    square = jnp.sum(x * x, axis=-1, keepdims=True)
    return x / jnp.sqrt(jnp.maximum(square, 1e-12))


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


def mean_masked(x, mask):
    """Take the mean of the valid steps; 0 where none is valid.  x: [B, T, ...]."""
    count = jnp.sum(mask, axis=1)[:, None]
    return jnp.sum(x, axis=1, where=mask[..., None]) / jnp.maximum(count, 1)


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
