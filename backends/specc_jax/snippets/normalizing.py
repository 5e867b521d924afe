"""Values brought to a scale."""

import jax.numpy as jnp


def layernorm(w, x, epsilon):
    """Give the features of each step mean beta and deviation gamma."""
    return w["gamma"] * standardize(x, epsilon) + w["beta"]


def standardize(x, epsilon):
    """Give the last axis mean 0 and variance 1."""
    x = x - jnp.mean(x, axis=-1, keepdims=True)
    variance = jnp.mean(x * x, axis=-1, keepdims=True)
    return x / jnp.sqrt(variance + epsilon)


def rmsnorm(w, x, epsilon):
    """Give the features of each step the root mean square gamma."""
    square = jnp.mean(x * x, axis=-1, keepdims=True)
    return w["gamma"] * (x / jnp.sqrt(square + epsilon))


def normalize(x):
    """Scale the last axis to length 1; one that is all zeros stays so."""
    square = jnp.sum(x * x, axis=-1, keepdims=True)
    return x / jnp.sqrt(jnp.maximum(square, 1e-12))
