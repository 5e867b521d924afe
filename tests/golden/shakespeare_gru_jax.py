"""A JAX model written by specc; it needs jax and numpy only. Change it freely."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SPEC = {
    "model": "shakespeare_gru",
    "sha256": "6f694aad3869c8e9040a7f6c3307792d6dd68d3cc44977780a00b6003e520127",
    "specc": "0.1.0",
    "schedule": "portable",
}


# The model


def init(seed=0):
    """Make fresh variables; one seed gives the same numbers in every backend."""
    variables = {
        "embed": {"table": uniform(seed, "embed.table", (66, 256))},
        "gru": {
            "W_z": glorot_uniform(seed, "gru.W_z", (1024, 256), 256, 1024),
            "W_r": glorot_uniform(seed, "gru.W_r", (1024, 256), 256, 1024),
            "W_n": glorot_uniform(seed, "gru.W_n", (1024, 256), 256, 1024),
            "U_z": glorot_uniform(seed, "gru.U_z", (1024, 1024), 1024, 1024),
            "U_r": glorot_uniform(seed, "gru.U_r", (1024, 1024), 1024, 1024),
            "U_n": glorot_uniform(seed, "gru.U_n", (1024, 1024), 1024, 1024),
            "b_z": zeros(1024),
            "b_r": zeros(1024),
            "b_n": zeros(1024),
            "d_z": zeros(1024),
            "d_r": zeros(1024),
            "d_n": zeros(1024),
        },
        "dense": {
            "W": glorot_uniform(seed, "dense.W", (1024, 66), 1024, 66),
            "b": zeros(66),
        },
    }
    return jax.tree.map(jnp.asarray, variables)


@jax.default_matmul_precision("highest")
def apply(variables, ids, state, *, training=False, rng=None):
    """Run the model.

    ids: int[B, T], ids below 66.
    state: float[B, 1024].
    Returns a tuple of
    - logits: float[B, T, 66]
    - after: float[B, 1024]
    Nothing in this model depends on training or rng.
    """
    v = variables
    x = embed(v["embed"], ids)  # [B, T, 256]
    h, (last,) = recur_from(gru(v["gru"]), x, (state,))  # [B, T, 1024], [B, 1024]
    logits = dense(v["dense"], h)  # [B, T, 66]
    return logits, last


def penalty(variables):
    """Add up the l1 and l2 penalties of the weights: here are none."""
    return 0.0


# The cell, from its equations


def gru(w):
    """Make the cell's step: states and x to new states, the output first.

    z = sigmoid(W_z @ x + b_z + U_z @ h + d_z)
    r = sigmoid(W_r @ x + b_r + U_r @ h + d_r)
    n = tanh(W_n @ x + b_n + r * (U_n @ h + d_n))
    h' = z * h + (1 - z) * n
    """
    W = jnp.concatenate([w["W_z"], w["W_r"], w["W_n"]]).T
    b = jnp.concatenate([w["b_z"], w["b_r"], w["b_n"]])
    U = jnp.concatenate([w["U_z"], w["U_r"], w["U_n"]]).T

    def step(states, x):
        (h,) = states
        a_z, a_r, a_n = jnp.split(x @ W + b, 3, axis=-1)
        U_z_h, U_r_h, U_n_h = jnp.split(h @ U, 3, axis=-1)
        z = jax.nn.sigmoid(a_z + U_z_h + w["d_z"])
        r = jax.nn.sigmoid(a_r + U_r_h + w["d_r"])
        n = jnp.tanh(a_n + r * (U_n_h + w["d_n"]))
        h = z * h + (1 - z) * n
        return (h,)

    return step


# Layers


def dense(w, x):
    """Map the last axis: x W + b.  W: [in, units], b: [units]."""
    return x @ w["W"] + w["b"]


def embed(w, ids):
    """Look ids up; an id outside the table gives NaN.  table: [vocabulary, dim]."""
    rows = w["table"].at[ids]
    return rows.get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)


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


# Initial values


def glorot_uniform(seed, path, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out))."""
    return uniform(seed, path, shape, np.sqrt(6 / (fan_in + fan_out)))


def uniform(seed, path, shape, limit=0.05):
    """Uniform in [-limit, limit]."""
    return generator(seed, path).uniform(-limit, limit, shape).astype(np.float32)


def zeros(shape):
    """Make zeros."""
    return np.zeros(shape, np.float32)


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
