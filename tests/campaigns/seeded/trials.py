"""Mutants made, judged and told; beside each the same without a fault, which passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property

from msgspec import Struct

from specc.codegen.backend import Backend, load_backend
from specc.verify.process import Worker
from tests.campaigns.seeded.exchange import judge_exchange
from tests.campaigns.seeded.judging import CHECKS, Kill, judge, parameters
from tests.campaigns.seeded.making import Broken, Job, make
from tests.campaigns.seeded.mutant import Mutant, mutated
from tests.campaigns.seeded.specs import SPECS
from tests.campaigns.seeded.training import TRUTHS, judge_training, trained

BACKENDS = ("jax", "tensorflow")
NOTHING = Kill("", "")


class Verdict(Struct, frozen=True):
    """What became of a mutant in one backend.

    `failure` says why where it was not killed, or should not have been.
    """

    mutant: Mutant
    backend: str
    kill: Kill
    failure: str
    seconds: float


class Missed(Exception):
    """A mutant that nothing found, or that is none; the message says which."""


def judge_all(
    mutants: Sequence[Mutant], tell: Callable[[Verdict], None] = lambda _: None
) -> list[Verdict]:
    """Judge the mutants, those of each backend in a thread; `tell` is told of each."""
    with ThreadPoolExecutor(len(BACKENDS)) as pool:
        shares = [[one for one in mutants if name in one.shown_in] for name in BACKENDS]
        found = pool.map(lambda *share: _judged(*share, tell), BACKENDS, shares)
        return [verdict for own in found for verdict in own]


def _judged(
    name: str, mutants: Sequence[Mutant], tell: Callable[[Verdict], None]
) -> list[Verdict]:
    found = []
    with ExitStack() as stack:
        bench = _Bench(load_backend(name), stack)
        for mutant in mutants:
            began = time.monotonic()
            kill, failure = NOTHING, ""
            try:
                kill = bench.kill(mutant)
            except Missed as missed:
                failure = str(missed)
            spent = time.monotonic() - began
            found.append(Verdict(mutant, name, kill, failure, spent))
            tell(found[-1])
    return found


class _Bench:
    """The children of one backend, and what is known of programs without a fault."""

    def __init__(self, backend: Backend, stack: ExitStack) -> None:
        self.backend, self.stack = backend, stack
        self.right: dict[tuple[str, str], dict[str, str]] = {}
        self.sound: set[tuple[str, str, str]] = set()

    @cached_property
    def worker(self) -> Worker:
        return self.stack.enter_context(Worker(self.backend, quick=True))

    @cached_property
    def trained(self) -> Worker:
        return self.stack.enter_context(trained(self.backend))

    def kill(self, mutant: Mutant) -> Kill:
        """What finds the fault. Raises `Missed`."""
        try:
            mutated(mutant)
        except ValueError as error:
            raise Missed(f"stale: {error}") from error
        try:
            kill = self._found(mutant)
        except Broken as error:
            raise Missed(f"the compiler breaks: {_last_line(error)}") from error
        if not kill.check:
            raise Missed("survived")
        return kill

    def _found(self, mutant: Mutant) -> Kill:
        if mutant.proof == "exchange":
            control = judge_exchange(self.trained, mutant, None)
            self._require_sound(control)
            try:
                return judge_exchange(self.trained, mutant, mutant)
            except Broken as error:
                return Kill("exchange", f"it breaks: {_last_line(error)}")
        training = mutant.proof == "training"
        text = TRUTHS[mutant.spec].text if training else SPECS[mutant.spec]
        job = Job(text, mutant.target, (self.backend.name,))
        key = text, mutant.target
        if key not in self.right:
            self.right[key] = make(job)
        right, wrong = self.right[key], make(job, mutant)
        if wrong == right:
            raise Missed("the program is the same")
        if not training:
            return self._judged(mutant, text, right, wrong)
        one, other = (program[self.backend.name] for program in (right, wrong))
        kill = judge_training(self.trained, other, mutant.spec)
        if ("training", *key) not in self.sound:
            self._require_sound(judge_training(self.trained, one, mutant.spec))
            self.sound.add(("training", *key))
        return kill

    def _judged(
        self, mutant: Mutant, text: str, right: dict[str, str], wrong: dict[str, str]
    ) -> Kill:
        if mutant.by == "count":
            found, counted = wrong["count"], parameters(text)
            self._require_sound(_count(right["count"], counted))
            return _count(found, counted)
        name, checks = self.backend.name, list(CHECKS)
        asked = [mutant.by] if mutant.by else checks
        kill = judge(self.worker, wrong[name], text, asked)
        last = kill.check if kill.check in asked else asked[0]
        for check in asked[: asked.index(last) + 1]:
            key = check, text, mutant.target
            if key not in self.sound:
                self._require_sound(judge(self.worker, right[name], text, [check]))
                self.sound.add(key)
        return kill

    def _require_sound(self, control: Kill) -> None:
        if control.check:
            message = f"{control.check}: {control.message}"
            raise Missed(f"so it is without a fault: {message}")


def _last_line(error: Broken) -> str:
    return str(error).strip().splitlines()[-1]


def _count(told: str, counted: int) -> Kill:
    if told == str(counted):
        return NOTHING
    return Kill("count", f"{told} parameters are told, there are {counted}")
