"""Features normalised by their mean and variance."""

import jax
import jax.numpy as jnp
from jax import lax


def own_tree(variables):
    """Copy the dicts, not the arrays: new statistics go into the copy."""
    return jax.tree.map(lambda array: array, variables)


def batchnorm(w, x, training, momentum, epsilon):
    """Normalise features, while training by the mean and variance of the batch.

    Returns y, and the weights with new moving statistics.  x: [B, ..., features].
    """
    if not training:
        return batchnorm_frozen(w, x, epsilon), w
    axes = tuple(range(x.ndim - 1))
    mean, variance = jnp.mean(x, axes), jnp.var(x, axes)
    y = scaled(w, x, mean, variance, epsilon)
    return y, moved(w, mean, variance, momentum)


def batchnorm_masked(w, x, mask, training, momentum, epsilon):
    """Normalise features, while training by what the steps of the batch that count are.

    Returns y, and the weights with new moving statistics.  x: [B, T, ..., features].
    """
    if not training:
        return batchnorm_frozen(w, x, epsilon), w
    axes = tuple(range(x.ndim - 1))
    valid = mask.reshape(*mask.shape, *(1 for _ in x.shape[mask.ndim :]))
    count = jnp.sum(jnp.broadcast_to(valid, x.shape), axes)
    share = jnp.maximum(count, 1)
    mean = jnp.sum(x, axes, where=valid) / share
    variance = jnp.sum(jnp.square(x - mean), axes, where=valid) / share
    y = scaled(w, x, mean, variance, epsilon)
    return y, moved(w, mean, variance, jnp.where(count > 0, momentum, 1))


def batchnorm_frozen(w, x, epsilon):
    """Normalise features by their moving mean and variance."""
    moving = (w["moving_mean"], w["moving_variance"])
    return scaled(w, x, *lax.stop_gradient(moving), epsilon)


def scaled(w, x, mean, variance, epsilon):
    """Normalise features, then give them deviation gamma and, if there is one, beta."""
    y = w["gamma"] * ((x - mean) / jnp.sqrt(variance + epsilon))
    return y + w.get("beta", 0)


def moved(w, mean, variance, momentum):
    """Move the statistics towards those of a batch."""
    old_mean, old_variance = w["moving_mean"], w["moving_variance"]
    return {
        **w,
        "moving_mean": momentum * old_mean + (1 - momentum) * mean,
        "moving_variance": momentum * old_variance + (1 - momentum) * variance,
    }
