"""Random programs are right in every backend; wrong ones are found and made small."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from specc.codegen.backend import Backend, load_backend
from specc.codegen.plan import Plan
from specc.fuzz.campaign import Campaign, Case, Outcome, case_text, save_case
from specc.fuzz.trial import Fault, try_text
from specc.ir.op import Op

CASES = sorted((Path(__file__).parent / "cases").glob("*.seq"))
FIRST, COUNT = 500, 24
SEED = 3
TEXT = """model drawn(in1: float[T, 4], in2: float[5]) -> v1: float[T, 3], v2: float {
  v1 = in1 -> gru(4) -> shift(1) -> dense(3, tanh)
  v2 = in2 @ softmax(in2)
  v1, v2
}
"""


class Careless:
    """The JAX backend, with one word for another in what it writes."""

    name, title = "jax", "JAX"

    def __init__(self, word: str, other: str) -> None:
        self.word, self.other = word, other
        self.right = load_backend("jax")
        self.modules, self.extra = self.right.modules, self.right.extra
        self.runner, self.reserved = self.right.runner, self.right.reserved

    def supports(self, op: Op) -> bool:
        return self.right.supports(op)

    def emit(self, plan: Plan) -> str:
        return self.right.emit(plan).replace(self.word, self.other)


@pytest.mark.framework
@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_a_random_program_is_right(seed: int, campaign: Campaign) -> None:
    _, case = campaign.try_seed(seed)
    assert case is None, case_text(case)


@pytest.mark.framework
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_was_once_wrong_is_right(path: Path, campaign: Campaign) -> None:
    assert campaign.try_spec(path.read_text(encoding="utf-8"), SEED) == []


@pytest.mark.framework
def test_a_wrong_program_is_found_and_made_small() -> None:
    with ExitStack() as stack:
        campaign = Campaign([Careless("jnp.tanh(", "jnp.sin(")], stack)
        (first, *_) = campaign.try_spec(TEXT, SEED)
        assert first.kind == "jax float64 forward"
        found = campaign.reduced(TEXT, SEED, first)
    assert "softmax" not in found and "shift" not in found and "in2" not in found
    assert len(found) < 90


SLIGHT = ("jnp.tanh(", "(1 + 1e-9) * jnp.tanh(")
CANCELLING = """model drawn(in1: float[T, 4] ragged) -> v1: float[T], v2: float {
  u = in1 -> dense(4, tanh)
  v1 = cosine(u, u)
  v2 = dot(u -> mean, u -> last) - dot(u -> mean, u -> first)
  v1, v2
}
"""


@pytest.mark.framework
@pytest.mark.parametrize("text", [TEXT, CANCELLING], ids=["plain", "cancelling"])
def test_a_bug_of_one_in_a_billion_is_seen(text: str, campaign: Campaign) -> None:
    assert campaign.try_spec(text, SEED) == []
    with ExitStack() as stack:
        wrong = Campaign([Careless(*SLIGHT)], stack).try_spec(text, SEED)
    assert {fault.kind for fault in wrong} >= {"jax float64 forward"}
    assert {fault.kind for fault in wrong} >= {"jax float64 gradient"}


def test_a_spec_that_is_refused_is_a_fault() -> None:
    (fault,) = try_text("model m(x: float) -> float { y }\n", (), {}, 0)
    assert fault.kind == "check SPC201"


def test_a_bug_of_the_compiler_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("missing")

    monkeypatch.setattr("specc.fuzz.trial.generate", fail)
    backends: list[Backend] = [load_backend("jax")]
    (fault,) = try_text("model m(x: float) -> float { x }\n", backends, {}, 0)
    assert fault.kind == "crash KeyError"


def test_a_case_is_a_spec_that_says_what_was_wrong(tmp_path: Path) -> None:
    case = Case(7, "model m(x: float) -> float {\n  x\n}\n", (Fault("kind", "why"),))
    path = save_case(tmp_path / "new", case)
    assert path.name == "seed_7.seq"
    assert path.read_text().startswith("# seed 7\n# kind: why\nmodel m(")


def test_the_bound_is_that_of_no_failure_in_so_many() -> None:
    assert Outcome(programs=300).bound == 0.01
    assert Outcome(programs=1).bound == 1
