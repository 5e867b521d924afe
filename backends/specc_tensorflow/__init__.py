"""The TensorFlow backend."""

from __future__ import annotations

from specc_tensorflow.backend import backend

__all__ = ["backend"]
