"""Large shipped specs compute the same in both backends: proven on small twins.

A twin is the same text with other numbers for its constants.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

LARGE = Path(__file__).resolve().parents[2] / "specs" / "large"
SMALL = {"vocabulary": 40, "places": 48, "width": 8, "depth": 2, "heads": 2}


@pytest.mark.framework
@pytest.mark.parametrize(
    "path", sorted(LARGE.glob("*.seq")), ids=lambda path: path.stem
)
def test_a_small_twin_computes_what_the_oracle_does(
    path: Path, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = compile(path, SMALL).model()
    sources = {backend.name: generate(model, backend) for backend in backends}
    report = verify(model, backends, sources, workers=workers)
    assert report.passed, render_text(report)
