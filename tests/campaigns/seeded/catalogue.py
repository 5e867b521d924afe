"""All mutants there are."""

from __future__ import annotations

from tests.campaigns.seeded import (
    carrying,
    core,
    derivatives,
    drawing,
    jax_attention,
    jax_cells,
    jax_layers,
    jax_schedules,
    jax_steps,
    keras_attention,
    keras_cells,
    keras_layers,
)
from tests.campaigns.seeded.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *jax_attention.MUTANTS,
    *jax_layers.MUTANTS,
    *jax_steps.MUTANTS,
    *jax_cells.MUTANTS,
    *jax_schedules.MUTANTS,
    *keras_attention.MUTANTS,
    *keras_layers.MUTANTS,
    *keras_cells.MUTANTS,
    *core.MUTANTS,
    *derivatives.MUTANTS,
    *drawing.MUTANTS,
    *carrying.MUTANTS,
)
