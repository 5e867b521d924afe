"""A certificate names what was judged by its hashes, and says the verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from specc.codegen.build import generate
from specc.diagnostics import Failure
from specc.text import Source
from specc.verify.certificate import Subject, describe_machine, render_certificate
from specc.verify.process import Worker
from specc.verify.report import Report
from specc.verify.run import run_model
from specc.verify.sample import make_generator, sample_batches, sample_weights
from specc.verify.verify import verify
from specc.verify.weights import initial_weights, save_weights

SPEC = "model m(x: float[T, 3] ragged) -> y: float[2] {\n  x -> lstm(2) -> max\n}\n"
Check = Callable[..., Report]


@pytest.fixture(scope="module")
def worker(echo: Callable[..., Any]) -> Iterator[Worker]:
    with Worker(echo()) as worker:
        yield worker


@pytest.fixture
def judged(echo, worker: Worker, compile_text) -> Check:
    def judged(text: str = SPEC, mistake: str = "", layer: str = "") -> Report:
        model, backend = compile_text(text), echo(mistake, layer)
        sources = {"echo": generate(model, backend)}
        return verify(model, [backend], sources, workers={"echo": worker})

    return judged


def certificate(*reports: Report, machine: Mapping[str, object] | None = None) -> Any:
    subject = Subject(Source("m.seq", SPEC), (), {"seed": 0})
    found = [one for report in reports for one in report.diagnostics]
    return json.loads(render_certificate(subject, reports, machine or {}, found))


def test_the_same_judgement_gives_the_same_bytes(judged: Check, worker: Worker) -> None:
    subject = Subject(Source("m.seq", SPEC), (), {"seed": 0})
    texts = [
        render_certificate(subject, [judged()], describe_machine({"echo": worker}), [])
        for _ in range(2)
    ]
    assert texts[0] == texts[1] and texts[0].isascii()


def test_hashes_are_those_of_the_files(judged: Check, echo, compile_text, tmp_path):
    model = compile_text(SPEC)
    (found,) = certificate(judged())["models"]
    text = generate(model, echo())
    (file,) = found["files"]
    assert file == {"file": "m_echo.py", "sha256": sha256(text.encode()).hexdigest()}
    path = tmp_path / "w.safetensors"
    save_weights(path, sample_weights(model, make_generator(0, 0)))
    assert found["weights"]["judged_with"] == sha256(path.read_bytes()).hexdigest()
    save_weights(path, initial_weights(model, 1, Path()))
    first = {"seed": 1, "sha256": sha256(path.read_bytes()).hexdigest()}
    assert found["weights"]["first"] == first


def test_the_verdict_on_a_broken_program_is_false(judged: Check) -> None:
    found = certificate(judged(), judged(SPEC, "swap", "lstm"))
    assert [model["passed"] for model in found["models"]] == [True, False]
    assert not found["passed"]
    assert [one["code"] for one in found["diagnostics"]] == ["SPC721"]


def test_nothing_judged_is_nothing_passed() -> None:
    assert certificate()["passed"] is False


def test_a_program_that_raises_leaves_no_name_of_a_folder(judged: Check) -> None:
    found = certificate(judged(SPEC, "raises", "lstm"))
    assert not found["passed"]
    assert "specc-" not in "".join(p["trace"] for p in found["models"][0]["programs"])


def test_it_has_every_limit_that_a_figure_was_held_to(judged: Check) -> None:
    found = certificate(judged())
    for program in found["models"][0]["programs"]:
        for row in program["tensors"]:
            assert found["limits"][program["precision"]][row["kind"]] == row["limit"]


def test_weights_from_a_file_have_no_hash_without_it(judged: Check) -> None:
    text = (
        "model m(x: int[T] < 9) -> float[T, 4] {\n"
        '  x -> embed(4, from = "vectors.txt")\n}\n'
    )
    (found,) = certificate(judged(text))["models"]
    assert found["weights"]["first"]["sha256"] is None


def test_a_backend_that_cannot_repeat_itself_is_refused(echo, compile_text) -> None:
    model = compile_text(SPEC)
    weights = sample_weights(model, make_generator(0))
    inputs = sample_batches(model, make_generator(1))[0].inputs
    with pytest.raises(Failure) as raised:
        run_model(model, echo(), weights, inputs, deterministic=True)
    (found,) = raised.value.diagnostics
    assert found.code.number == "SPC722"
    assert "cannot promise the same bits" in found.message
