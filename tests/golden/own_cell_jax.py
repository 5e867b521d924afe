"""A JAX model written by specc; it needs jax and numpy only. Change it freely."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SPEC = {
    "model": "own_cell",
    "sha256": "ca934dacba2cec85b5effa873b65d20820e1b63122f16a4ed5774ae00023471f",
    "specc": "0.1.0",
    "schedule": "portable",
}


# The model


def init(seed=0):
    """Make fresh variables; one seed gives the same numbers in every backend."""
    variables = {
        "leaky": init_leaky(seed, "leaky", 3, 5),
        "bi_leaky": {
            "forward": init_leaky(seed, "bi_leaky.forward", 5, 4),
            "backward": init_leaky(seed, "bi_leaky.backward", 5, 4),
        },
        "dense": {"W": glorot_uniform(seed, "dense.W", (4, 2), 4, 2), "b": zeros(2)},
    }
    return jax.tree.map(jnp.asarray, variables)


@jax.default_matmul_precision("highest")
def apply(variables, x, x_mask, *, training=False, rng=None):
    """Run the model.

    x: float[B, T, 3].
    x_mask: bool[B, T], true where a step counts.
    Returns y: float[B, T, 2].
    Nothing in this model depends on training or rng.
    """
    v = variables
    x, _ = recur_masked(leaky(v["leaky"]), x, x_mask, (5, 5))  # [B, T, 5]
    # [B, T, 4]
    ahead, _ = recur_masked(leaky_2(v["bi_leaky"]["forward"]), x, x_mask, (4, 4))
    # [B, T, 4]
    back, _ = recur_masked(
        leaky_2(v["bi_leaky"]["backward"]), x, x_mask, (4, 4), reverse=True
    )
    x = ahead + back  # [B, T, 4]
    y = dense(v["dense"], x)  # [B, T, 2]
    return y


def penalty(variables):
    """Add up the l1 and l2 penalties of the weights: here are none."""
    return 0.0


# The cells, from their equations


def leaky(w):
    """Make the cell's step: states and x to new states, the output first.

    o = sigmoid(W_o @ x + d)
    n = tanh(W @ x + U @ h + b)
    h' = 0.5 * h + 0.5 * (s * n)
    o * h'
    """
    W = jnp.concatenate([w["W_o"], w["W"]]).T
    U = w["U"].T

    def step(states, x):
        _, h = states
        W_o_x, W_x = jnp.split(x @ W, 2, axis=-1)
        o = jax.nn.sigmoid(W_o_x + w["d"])
        n = jnp.tanh(W_x + h @ U + w["b"])
        h = 0.5 * h + 0.5 * (w["s"] * n)
        output = o * h
        return output, h

    return step


def leaky_2(w):
    """Make the cell's step: states and x to new states, the output first.

    o = sigmoid(W_o @ x + d)
    n = relu(W @ x + U @ h + b)
    h' = 0.75 * h + 0.25 * (s * n)
    o * h'
    """
    W = jnp.concatenate([w["W_o"], w["W"]]).T
    U = w["U"].T

    def step(states, x):
        _, h = states
        W_o_x, W_x = jnp.split(x @ W, 2, axis=-1)
        o = jax.nn.sigmoid(W_o_x + w["d"])
        n = jax.nn.relu(W_x + h @ U + w["b"])
        h = 0.75 * h + 0.25 * (w["s"] * n)
        output = o * h
        return output, h

    return step


def init_leaky(seed, path, inputs, units):
    """Draw the weights of one cell."""
    return {
        "W": glorot_uniform(seed, path + ".W", (units, inputs), inputs, units),
        "U": orthogonal(seed, path + ".U", (units, units)),
        "b": zeros(units),
        "W_o": glorot_uniform(seed, path + ".W_o", (units, inputs), inputs, units),
        "d": ones(units),
        "s": ones(units),
    }


# Layers


def dense(w, x):
    """Map the last axis: x W + b.  W: [in, units], b: [units]."""
    return x @ w["W"] + w["b"]


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
