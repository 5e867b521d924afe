"""Faults in what the JAX backend copies: places of steps, and steps moved."""

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_jax/snippets"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/positions.py",
        (
            "places from one",
            "positions",
            "sinusoidal positions count from 1",
            "angles = jnp.arange(x.shape[1], dtype=float)",
            "angles = jnp.arange(1, x.shape[1] + 1, dtype=float)",
        ),
        (
            "sines, then cosines",
            "positions",
            "sines and cosines stand apart",
            "[jnp.sin(angles), jnp.cos(angles)], axis=-1",
            "[jnp.sin(angles), jnp.cos(angles)], axis=-2",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/reverse.py",
        (
            "padding reversed too",
            "steps",
            "valid steps go to the end of the batch",
            "return x[jnp.arange(x.shape[0])[:, None], places]",
            "return x[:, ::-1]",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/shift.py",
        (
            "shifted the other way",
            "steps",
            "steps move earlier",
            "return jnp.pad(x, before)[:, : x.shape[1]]",
            "return jnp.pad(x, [(0, 0), before[1][::-1], *before[2:]])[:, steps:]",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/joining.py",
        (
            "joined with a gap",
            "steps",
            "the second sequence begins behind the padding of the first",
            "order = jnp.argsort(ends, axis=1, stable=True)",
            "order = jnp.argsort(0 * ends, axis=1, stable=True)",
        ),
    ),
)
