"""A JAX model written by specc; it needs jax and numpy only. Change it freely."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SPEC = {
    "model": "imdb_conv",
    "sha256": "8d7a6ce4358f97dfffdb4c103474e5189fa51a97f727604a8e1b4b32d9c41f56",
    "specc": "0.1.0",
    "schedule": "portable",
}


# The model


def init(seed=0):
    """Make fresh variables; one seed gives the same numbers in every backend."""
    variables = {
        "embed": {"table": uniform(seed, "embed.table", (8185, 64))},
        "conv": {
            "W": glorot_uniform(seed, "conv.W", (5, 64, 128), 320, 640),
            "b": zeros(128),
        },
        "dense": {
            "W": glorot_uniform(seed, "dense.W", (128, 64), 128, 64),
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
    # [B, T - 4, 128]
    x = jax.nn.relu(conv(v["conv"], zero_masked(x, mask), stride=1, padding="VALID"))
    mask = all_in_window(mask, 5, 1)  # [B, T - 4]
    x = mean_masked(x, mask)  # [B, 128]
    x = jax.nn.relu(dense(v["dense"], x))  # [B, 64]
    positive = jax.nn.sigmoid(dense(v["dense_2"], x))  # [B, 1]
    return positive


def penalty(variables):
    """Add up the l1 and l2 penalties of the weights: here are none."""
    return 0.0


# Layers


def conv(w, x, *, stride, padding, **options):
    """Convolve along time; options are those of `lax.conv_general_dilated`.

    x: [B, T, in]; W: [kernel, in / groups, filters]; b: [filters].
    """
    layout = ("NWC", "WIO", "NWC")
    y = lax.conv_general_dilated(
        x, w["W"], (stride,), padding, dimension_numbers=layout, **options
    )
    return y + w["b"]


def dense(w, x):
    """Map the last axis: x W + b.  W: [in, units], b: [units]."""
    return x @ w["W"] + w["b"]


def embed(w, ids):
    """Look ids up; an id outside the table gives NaN.  table: [vocabulary, dim]."""
    rows = w["table"].at[ids]
    return rows.get(mode="fill", fill_value=jnp.nan, wrap_negative_indices=False)


def zero_masked(x, mask):
    """Zero the steps that do not count.  x: [B, T, ...]; mask: [B, T]."""
    return jnp.where(mask[..., None], x, 0)


def all_in_window(mask, size, stride):
    """A window of steps counts where all of them do."""
    return lax.reduce_window(
        mask, True, lax.bitwise_and, (1, size), (1, stride), "VALID"
    )


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
