"""SHA-256 of what was judged: programs and weights."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from specc.ir.graph import Model
from specc.reference.arguments import model_weights
from specc.verify.arrays import Array
from specc.verify.judge import INITIAL_SEED
from specc.verify.report import Digests
from specc.verify.weights import initial_weights, weights_bytes


def digests(
    model: Model, sources: Mapping[str, str], weights: Mapping[str, Array]
) -> Digests:
    """Of the programs by backend, the weights they were given and those they make."""
    return Digests(
        programs=tuple(
            (backend, sha256(text.encode()).hexdigest())
            for backend, text in sources.items()
        ),
        weights=sha256(weights_bytes(weights)).hexdigest(),
        initial=_initial_digest(model),
        initial_seed=INITIAL_SEED,
    )


def _initial_digest(model: Model) -> str:
    if any(weight.file for weight, _ in model_weights(model).values()):
        return ""
    made = initial_weights(model, INITIAL_SEED, Path())
    return sha256(weights_bytes(made)).hexdigest()
