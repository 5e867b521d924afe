"""A right program passes; a wrong one is caught, and its first wrong node named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from specc.codegen.build import generate
from specc.diagnostics import Failure
from specc.ir.graph import Model
from specc.verify import compare
from specc.verify import verify as verify_module
from specc.verify.compare import Row
from specc.verify.process import Worker
from specc.verify.render import render_text, report_data
from specc.verify.report import Report
from specc.verify.sample import Batch, sample_batches
from specc.verify.verify import verify

SPEC = """\
model review(tokens: int[T] < 30 pad 0) -> positive: float[1] {
  tokens -> embed(6)
         -> bi(lstm(4))
         -> lstm(3, final)
         -> dense(8, relu)
         -> dense(1, sigmoid, l2 = 0.01)
}
"""
TWO_HEADS = """\
model heads(x: float[T, 3] ragged) -> (steps: float[T, 2], whole: float[4]) {
  h = x -> rnn(4)
  steps = h -> dense(2)
  whole = h -> last
}
"""
Check = Callable[..., Report]


@pytest.fixture(scope="module")
def model(compile_text: Callable[[str], Model]) -> Model:
    return compile_text(SPEC)


@pytest.fixture(scope="module")
def worker(echo: Callable[..., Any]) -> Iterator[Worker]:
    with Worker(echo()) as worker:
        yield worker


@pytest.fixture
def check(echo: Callable[..., Any], model: Model, worker: Worker) -> Check:
    def check(mistake: str = "", layer: str = "", of: Model = model) -> Report:
        backend = echo(mistake, layer)
        sources = {"echo": generate(of, backend)}
        return verify(of, [backend], sources, workers={"echo": worker})

    return check


def wrong_rows(report: Report, precision: str = "float64") -> list[Row]:
    return [
        row
        for part in report.parts
        if part.precision == precision
        for row in part.rows
        if not row.passed
    ]


def test_a_right_program_passes_in_every_row(check: Check, model: Model) -> None:
    report = check()
    assert report.passed
    assert not report.findings
    assert [(part.backend, part.precision) for part in report.parts] == [
        ("echo", "float64"),
        ("echo", "float32"),
    ]
    kinds = {row.kind for row in report.parts[0].rows}
    assert kinds == {"forward", "gradient", "penalty", "steps", "invariance"}
    weights = {f"{n.name}.{w.name}" for n in model.nodes for w in n.weights}
    for kind in ("gradient", "steps"):
        rows = [row.name for row in report.parts[0].rows if row.kind == kind]
        assert len(rows) == len(weights) and set(rows) == weights
    assert [row.name for row in report.parts[0].rows if row.kind == "invariance"] == [
        "positive, with padding",
        "positive, row 4 alone",
    ]


def test_the_oracle_in_float32_is_the_measure_of_float32(check: Check) -> None:
    single = check().parts[1]
    ratios = [row.figure for row in single.rows if row.kind in ("forward", "gradient")]
    assert 0.1 < min(ratios) <= max(ratios) <= 1


@pytest.mark.parametrize(
    ("mistake", "layer", "place"),
    [
        ("swap", "bi_lstm.backward", "<text>:3:13"),
        ("swap", "lstm", "<text>:4:13"),
        ("careless", "embed", "<text>:2:13"),
        ("careless", "dense", "<text>:5:13"),
        ("careless", "dense_2", "<text>:6:13"),
    ],
)
def test_the_first_wrong_node_is_named_with_its_line(
    check: Check, mistake: str, layer: str, place: str
) -> None:
    report = check(mistake, layer)
    assert not report.passed
    (found,) = report.findings
    assert (found.node, str(found.span)) == (layer.partition(".")[0], place)
    assert f"wrong from `{found.node}` on" in found.message
    assert "forward of `positive`" in found.message
    (diagnostic,) = report.diagnostics
    assert diagnostic.code.number == "SPC721"
    assert diagnostic.labels[0].span == found.span


def test_swapped_gates_are_far_beyond_the_limit_in_both_precisions(
    check: Check,
) -> None:
    report = check("swap", "lstm")
    for precision in ("float64", "float32"):
        worst = max(row.figure / row.limit for row in wrong_rows(report, precision))
        assert worst > 100


def test_a_wrong_gradient_behind_a_right_output_is_named(check: Check) -> None:
    report = check("gradient", "dense")
    assert {row.kind for row in wrong_rows(report)} == {"gradient", "steps"}
    assert {"dense.W", "dense.b"} == {
        row.name for row in wrong_rows(report) if row.kind == "gradient"
    }
    assert report.findings[0].node == "dense"


def test_a_wrong_penalty_points_to_the_layer_that_has_one(check: Check) -> None:
    report = check("penalty")
    assert [row.kind for row in wrong_rows(report)] == ["penalty"]
    assert report.findings[0].node == "dense_2"


def test_wrong_first_weights_are_caught(check: Check) -> None:
    report = check("initial", "lstm")
    assert {row.kind for row in wrong_rows(report, "float32")} == {"initial"}
    assert report.findings[0].node == "lstm"


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("raises", "TypeError: a program that cannot be run"),
        ("dies", "died: the process ended with status 3"),
    ],
)
def test_a_program_that_cannot_be_run_is_traced_to_a_node(
    check: Check, mistake: str, said: str
) -> None:
    report = check(mistake, "dense")
    assert [row.kind for row in wrong_rows(report)] == ["error"]
    assert report.findings[0].node == "dense"
    assert said in report.findings[0].message
    assert report.diagnostics[0].code.number == "SPC722"
    assert report.parts[0].trace in render_text(report).replace("echo in", "")
    assert check().passed


def test_an_output_that_is_missing_fails(check: Check) -> None:
    notes = {(row.kind, row.note) for row in wrong_rows(check("forgets"))}
    assert ("forward", "missing") in notes


def test_a_file_that_was_changed_after_it_was_written_is_caught(
    model: Model, worker: Worker, echo: Callable[..., Any]
) -> None:
    right, wrong = echo(), echo("swap", "lstm")
    sources = {"echo": generate(model, wrong)}
    report = verify(model, [right], sources, workers={"echo": worker})
    assert not report.passed
    assert "is not what specc writes for this spec" in report.findings[0].message
    assert report.findings[0].node == "dense_2"


def test_several_outputs_are_judged_by_their_own_masks(
    check: Check, compile_text: Callable[[str], Model]
) -> None:
    model = compile_text(TWO_HEADS)
    report = check(of=model)
    assert report.passed
    names = [row.name for row in report.parts[0].rows if row.kind == "forward"]
    assert names == ["steps", "whole"]
    assert check("careless", "dense", of=model).findings[0].node == "dense"


def test_shared_weights_are_judged_once(
    check: Check, compile_text: Callable[[str], Model]
) -> None:
    model = compile_text(
        "model two(a: int[T] < 9 pad 0, b: int[S] < 9 pad 0) -> float {\n"
        "  let encode = embed(4) -> lstm(3) -> mean\n"
        "  dot(a -> encode, b -> encode)\n"
        "}"
    )
    report = check(of=model)
    assert report.passed
    rows = [row.name for row in report.parts[0].rows if row.kind == "gradient"]
    assert len(rows) == len(set(rows)) == 13
    assert check("swap", "encode.lstm", of=model).findings[0].node == "encode.lstm"


def test_one_seed_gives_one_report(check: Check) -> None:
    assert check() == check()


@pytest.mark.parametrize(("limit", "draws"), [(1.0, 1), (0.99, 4)])
def test_a_doubtful_float32_verdict_is_reached_on_more_batches(
    limit: float, draws: int, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def count_and_sample(*given: Any) -> tuple[Batch, ...]:
        drawn.append(1)
        return sample_batches(*given)

    limits = compare.LIMITS | {("gradient", "float32"): limit}
    monkeypatch.setattr(compare, "LIMITS", limits)
    monkeypatch.setattr(verify_module, "sample_batches", count_and_sample)
    report = check()
    assert report.passed is (draws == 1)
    assert len(drawn) == draws
    assert len(report.batches) == 5


def test_more_batches_do_not_save_a_program_that_is_careless_in_float32(
    check: Check,
) -> None:
    report = check("careless in float32", "lstm")
    assert not wrong_rows(report)
    assert {"forward", "gradient"} <= {r.kind for r in wrong_rows(report, "float32")}
    assert report.findings[0].precision == "float32"
    assert report.findings[0].node == "lstm"


def test_every_missing_framework_is_named(
    model: Model, echo: Callable[..., Any]
) -> None:
    backends = [echo(name=n, title=n, modules=(f"no_{n}",)) for n in ("one", "two")]
    with pytest.raises(Failure) as raised:
        verify(model, backends, {})
    assert [d.code.number for d in raised.value.diagnostics] == ["SPC605", "SPC605"]


def test_the_table_has_a_verdict_for_every_tensor(check: Check) -> None:
    lines = render_text(check()).splitlines()
    assert lines[0] == "review (<text>), seed 0"
    assert lines[1] == "  ragged: 5 rows, T = 7"
    assert lines[-1] == "passed: echo computes what the oracle computes"
    (row,) = [line for line in lines if "lstm.U_f" in line and "bi" not in line]
    assert row.split()[:2] == ["lstm.U_f", "0e+00"] and row.endswith("ok")
    assert not any("WRONG" in line for line in lines)
    assert max(map(len, lines)) <= 88


def test_wrong_tensors_are_marked_in_the_table(check: Check) -> None:
    text = render_text(check("gradient", "dense"))
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert rows["dense.W"].endswith("WRONG")
    assert rows["positive"].endswith("ok")
    assert "<text>:5:13: the Echo program of `review` is wrong from `dense` on" in text
    assert text.endswith("WRONG: echo\n")


def test_data_hold_every_figure_and_place(check: Check) -> None:
    report = check("raises", "dense")
    found = json.loads(json.dumps(report_data(report), allow_nan=False))
    assert (found["name"], found["passed"], found["seed"]) == ("review", False, 0)
    assert found["programs"][0]["tensors"] == [
        {
            "kind": "error",
            "name": "TypeError",
            "figure": None,
            "limit": 0.0,
            "passed": False,
            "batch": "",
            "note": "a program that cannot be run",
        }
    ]
    place = {key: found["findings"][0][key] for key in ("file", "line", "column")}
    assert place == {"file": "<text>", "line": 5, "column": 13}


def test_a_terminal_obeys_nothing_in_a_report(check: Check) -> None:
    report = check()
    part = replace(report.parts[0], trace="\x1b]0;owned\x07", rows=())
    text = render_text(replace(report, source="a\x1b[2J.seq", parts=(part,)))
    assert text.isprintable() or "\x1b" not in text


def test_figures_are_plain_numbers(check: Check) -> None:
    rows = [row for part in check().parts for row in part.rows]
    assert {type(row.figure) for row in rows} == {float}
    assert not any(isinstance(row.figure, np.floating) for row in rows)
