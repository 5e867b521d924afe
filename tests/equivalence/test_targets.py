"""Programs for a target compute what the oracle does, whatever their schedules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.ir.schedule import Target, TargetName
from specc.passes.recurrence.choose import schedule_model
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

SPECS = Path(__file__).resolve().parents[2] / "specs" / "models"
CASES: list[tuple[str, TargetName]] = [
    ("imdb_stacked_bilstm", "cpu"),
    ("imdb_stacked_bilstm", "gpu"),
    ("published_cells", "cpu"),
    ("lru_small", "tpu"),
    ("encoder_decoder", "cpu"),
    ("own_cell", "cpu"),
    ("conditioned_decoder", "tpu"),
    ("variational", "gpu"),
    ("layernorm_lstm", "cpu"),
    ("memory_cells", "gpu"),
    ("cell_of_blocks", "cpu"),
]

pytestmark = pytest.mark.framework


@pytest.mark.parametrize(("name", "target"), CASES)
def test_programs_for_a_target_compute_what_the_oracle_does(
    name: str,
    target: TargetName,
    backends: tuple[Backend, ...],
    workers: dict[str, Worker],
) -> None:
    for model in compile(SPECS / f"{name}.seq").models:
        chosen = schedule_model(model, Target(target))
        sources = {backend.name: generate(chosen, backend) for backend in backends}
        report = verify(chosen, backends, sources, workers=workers)
        assert report.passed, render_text(report)
