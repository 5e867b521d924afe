"""Every shipped spec computes the same in both backends, and as the oracle does."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "specs" / "models").glob("*.seq"))
DRAWN = [path for path in SPECS if "from =" not in path.read_text()]
"""Those whose weights are all drawn; files of vectors are not shipped."""

pytestmark = pytest.mark.framework


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_programs_of_a_shipped_spec_compute_what_the_oracle_does(
    path: Path, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    for model in compile(path).models:
        sources = {backend.name: generate(model, backend) for backend in backends}
        report = verify(model, backends, sources, workers=workers)
        assert report.passed, render_text(report)


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_one_seed_starts_all_programs_from_the_same_weights(
    path: Path, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    """Names, shapes and numbers, and so the exact count, in both backends."""
    import numpy as np

    from specc.verify.weights import initial_weights

    compiled = compile(path)
    for model in compiled.models:
        expected = initial_weights(model, 7, compiled.folder)
        total = compiled.params(model.name).total
        assert sum(array.size for array in expected.values()) == total
        for backend in backends:
            worker = workers[backend.name]
            worker.load(generate(model, backend), "float32")
            found = worker.initial(7)
            assert found.keys() == expected.keys()
            for name, array in expected.items():
                assert np.array_equal(found[name], array), (backend.name, name)
