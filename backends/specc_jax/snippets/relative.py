"""Attention that goes by the places of steps: turned in pairs, or near ones only."""

import jax.numpy as jnp
import numpy as np


def rotary(x, base):
    """Turn the numbers i and i + d / 2 of step t, as a pair, by t base^(-2i / d).

    x: [B, heads, T, d].
    """
    half = x.shape[-1] // 2
    rates = base ** (-np.arange(half) / half)
    angles = jnp.arange(x.shape[-2], dtype=float)[:, None] * rates
    cos, sin = (wave(angles).astype(x.dtype) for wave in (jnp.cos, jnp.sin))
    a, b = jnp.split(x, 2, axis=-1)
    return jnp.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)


def alibi(scores):
    """Lower scores by how far steps are apart, each head by a slope of its own.

    scores: [B, heads, T, T].
    """
    slopes = alibi_slopes(scores.shape[1]).astype(scores.dtype)
    return scores - slopes[:, None, None] * jnp.abs(steps_back(scores))


def alibi_slopes(heads):
    """2^(-8 i / n) for n heads; past a power of two, odd i of the next power."""
    power = 2 ** (heads.bit_length() - 1)
    slopes = 2.0 ** (-8 * np.arange(1, power + 1) / power)
    more = 2.0 ** (-8 * np.arange(1, 2 * power, 2) / (2 * power))
    return np.concatenate([slopes, more])[:heads]


def last_steps(scores, window):
    """Allow each step the last `window` steps, itself included."""
    apart = steps_back(scores)
    return (apart >= 0) & (apart < window)


def near_steps(scores, window):
    """Allow each step those at most `window` before or after it."""
    return jnp.abs(steps_back(scores)) <= window


def steps_back(scores):
    """How far each step is behind a query: [T, T].  scores: [..., T, T]."""
    places = jnp.arange(scores.shape[-1])
    return places[:, None] - places
