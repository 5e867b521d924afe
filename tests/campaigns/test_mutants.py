"""Seeded faults are faults, none is stale, and the proof finds them."""

from __future__ import annotations

import ast
from collections import Counter

import pytest
from msgspec.structs import replace

from specc.compiler import compile
from tests.campaigns import mutants
from tests.campaigns._protocol import Budget
from tests.campaigns.seeded.catalogue import MUTANTS
from tests.campaigns.seeded.judging import CHECKS, Kill
from tests.campaigns.seeded.making import Job, make
from tests.campaigns.seeded.mutant import Mutant, mutated
from tests.campaigns.seeded.peers import PEERS
from tests.campaigns.seeded.specs import SPECS
from tests.campaigns.seeded.training import TRUTHS
from tests.campaigns.seeded.trials import Verdict, judge_all

FEWEST = 150
PROOFS = {
    "program": SPECS,
    "training": {name: truth.text for name, truth in TRUTHS.items()},
    "exchange": {name: peer.text for name, peer in PEERS.items()},
}


def named(mutant: Mutant) -> str:
    return f"{mutant.file}: {mutant.name}"


def find(name: str, file: str) -> Mutant:
    (found,) = (one for one in MUTANTS if one.name == name and file in one.file)
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=named)
def test_no_mutant_is_stale_and_each_compiles(mutant: Mutant) -> None:
    ast.parse(mutated(mutant))
    assert mutant.spec in PROOFS[mutant.proof]
    assert mutant.by in ("", "count", *CHECKS)


def test_mutants_are_many_and_none_is_there_twice() -> None:
    assert len(MUTANTS) >= FEWEST
    again = [name for name, count in Counter(map(named, MUTANTS)).items() if count > 1]
    assert not again
    every = Counter((one.file, one.old, one.new, one.by) for one in MUTANTS)
    assert max(every.values()) == 1


@pytest.mark.parametrize("proof", PROOFS)
def test_every_spec_is_right_and_serves_a_mutant(proof: str) -> None:
    used = {one.spec for one in MUTANTS if one.proof == proof}
    assert used == set(PROOFS[proof])
    for text in PROOFS[proof].values():
        compile(f"{text}\n").model()


def test_what_is_not_there_once_is_stale() -> None:
    mutant = find("scale left out", "specc_jax")
    for old in ("nowhere in the file", "scores"):
        with pytest.raises(ValueError, match="not one"):
            mutated(replace(mutant, old=old))


def test_a_fault_is_made_in_a_copy_and_nowhere_else() -> None:
    mutant = find("epsilon outside", "normalizing")
    job = Job(SPECS[mutant.spec], backends=("jax",))
    right, wrong = make(job)["jax"], make(job, mutant)["jax"]
    changed = set(wrong.splitlines()) - set(right.splitlines())
    assert changed == {"    " + mutant.new}
    assert make(job)["jax"] == right


def test_one_that_survives_fails_the_campaign(capsys, monkeypatch) -> None:
    mutant = find("epsilon outside", "normalizing")
    killed = Verdict(mutant, "jax", Kill("output", "off"), "", 1.0)
    lost = Verdict(mutant, "jax", Kill("", ""), "survived", 1.0)
    found = mutants.result([killed, lost])
    assert found.notes == {"killed by output": 1}
    assert [one.what for one in found.failures] == ["survived"]
    for verdicts, code in (([killed], 0), ([lost], 1)):
        monkeypatch.setattr(mutants, "judge_all", lambda *_, v=verdicts: v)
        assert mutants.main([]) == code
    assert "NOT KILLED: survived" in capsys.readouterr().out


@pytest.mark.framework
def test_a_slice_is_killed() -> None:
    found = mutants.run(Budget(cases=10), seed=1)
    assert found.failures == ()
    assert found.tried == 10


@pytest.mark.framework
def test_what_is_no_fault_survives_or_is_the_same() -> None:
    mutant = find("epsilon outside", "normalizing")
    equal = replace(mutant, new="return x / jnp.sqrt(epsilon + variance)")
    unread = replace(find("tanh for erf", "specc_jax"), spec="dense")
    verdicts = judge_all([equal, unread])
    assert [one.failure for one in verdicts] == ["survived", "the program is the same"]
