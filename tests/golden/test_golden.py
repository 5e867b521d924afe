"""The text of generated programs changes only when somebody means it to.

That the programs are right is shown by tests/equivalence, which runs the same; here
the stored files themselves are run once more, as they stand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import load_backend
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.verify import verify

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODELS = (
    "imdb_stacked_bilstm",
    "imdb_conv",
    "shakespeare_gru",
    "siamese_questions",
    "own_cell",
)
BACKENDS = ("jax", "tensorflow")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", MODELS)
def test_a_program_is_the_stored_one(
    name: str, backend: str, request: pytest.FixtureRequest
) -> None:
    made = compile(ROOT / "specs" / "models" / f"{name}.seq").source(backend)
    golden = HERE / f"{name}_{backend}.py"
    if request.config.getoption("--accept"):
        golden.write_text(made)
    assert made == golden.read_text(), "if you meant it: pytest tests/golden --accept"


@pytest.mark.framework
@pytest.mark.parametrize("name", BACKENDS)
def test_a_stored_program_runs_and_is_right(name: str) -> None:
    backend = load_backend(name)
    with Worker(backend) as worker:
        for spec in MODELS:
            model = compile(ROOT / "specs" / "models" / f"{spec}.seq").model()
            golden = (HERE / f"{spec}_{name}.py").read_text()
            report = verify(
                model, [backend], {name: golden}, seed=1, workers={name: worker}
            )
            assert report.passed, (spec, report.findings)
