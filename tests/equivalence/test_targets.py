"""Programs for a target compute what the oracle does, whatever their schedules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.ir.schedule import Target
from specc.passes.recurrence import choose
from specc.passes.recurrence.choose import schedule_model
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

SPECS = Path(__file__).resolve().parents[2] / "specs" / "models"
CASES = [
    ("imdb_stacked_bilstm", Target("cpu")),
    ("imdb_stacked_bilstm", Target("gpu")),
    ("published_cells", Target("cpu")),
    ("lru_small", Target("tpu")),
    ("encoder_decoder", Target("cpu")),
    ("own_cell", Target("cpu")),
    ("own_cell", Target("cpu", batch=1)),
    ("conditioned_decoder", Target("tpu")),
    ("variational", Target("gpu")),
    ("layernorm_lstm", Target("cpu")),
    ("memory_cells", Target("gpu")),
    ("cell_of_blocks", Target("cpu")),
    ("attention_decoders", Target("cpu")),
]

pytestmark = pytest.mark.framework


@pytest.mark.parametrize(("name", "target"), CASES)
def test_programs_for_a_target_compute_what_the_oracle_does(
    name: str,
    target: Target,
    backends: tuple[Backend, ...],
    workers: dict[str, Worker],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choose, "WIDE", 1)  # narrow cells stand for wide ones
    for model in compile(SPECS / f"{name}.seq").models:
        chosen = schedule_model(model, target)
        sources = {backend.name: generate(chosen, backend) for backend in backends}
        report = verify(chosen, backends, sources, workers=workers)
        assert report.passed, render_text(report)
