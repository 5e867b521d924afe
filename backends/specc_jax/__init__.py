"""The JAX backend."""

from __future__ import annotations

from specc_jax.backend import backend

__all__ = ["backend"]
