"""Many programs, one after the other, in every backend; what fails is made small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct, field

from specc.atomic import write_bytes
from specc.codegen.backend import Backend
from specc.fuzz.draw import draw
from specc.fuzz.program import write
from specc.fuzz.reduce import reduce_text
from specc.fuzz.trial import Fault, try_text
from specc.fuzz.twin_trial import smaller_case, twin_faults
from specc.verify.process import Worker

OTHER = 1_000_000_007
"""How far the seed is of the numbers by which a doubt is settled."""
REDUCING = 120.0
"""Seconds that are spent on making one spec small."""


class Case(Struct, frozen=True):
    """A seed whose program fails: the spec, made small, and what is wrong with it."""

    seed: int
    text: str
    faults: tuple[Fault, ...]


class Outcome(Struct):
    """What a campaign came to."""

    programs: int = 0
    twins: int = 0
    doubts: int = 0
    """Programs that lost too much in float32 on some numbers, and not on others."""
    seconds: float = 0.0
    cases: list[Case] = field(default_factory=list)

    @property
    def bound(self) -> float:
        """The share of programs that fail is below it with 95 % confidence."""
        return min(1.0, 3 / self.programs) if self.programs else 1.0


class Campaign:
    """The workers and the rules of one run over seeds."""

    def __init__(self, backends: Sequence[Backend], stack: ExitStack) -> None:
        """The workers are stopped with the stack."""
        self.backends = backends
        self.quick = {b.name: stack.enter_context(_worker(b, True)) for b in backends}
        self.doubts = 0
        self._stack = stack
        self._thorough: dict[str, Worker] = {}

    def try_seed(self, seed: int) -> tuple[int, Case | None]:
        """How many twins its program has, and the case that it is if it fails."""
        program = draw(seed)
        text = write(program)
        faults = self._confirmed(text, seed)
        if faults:
            return 0, Case(seed, self.reduced(text, seed, faults[0]), tuple(faults))
        twins, wrong = twin_faults(program, self.backends, seed)
        if wrong:
            text = write(smaller_case(program, self.backends, seed, wrong[0]))
        return twins, Case(seed, text, tuple(wrong)) if wrong else None

    def try_spec(self, text: str, seed: int) -> list[Fault]:
        """What is wrong with a spec."""
        return self._confirmed(text, seed)

    def _confirmed(self, text: str, seed: int) -> list[Fault]:
        """Faults that are there, too, where programs run as users run them.

        TensorFlow has no gradient of a grouped convolution on a CPU, say, unless it
        traces the function that it is in. And what is lost in float32 on a few numbers
        may be lost by chance: it is a fault where other numbers lose it too.
        """
        found = try_text(text, self.backends, self.quick, seed)
        if not any(_is_of_a_run(fault, self.backends) for fault in found):
            return found
        found = try_text(text, self.backends, self.thorough, seed)
        if not found or not all("float32" in fault.kind for fault in found):
            return found
        again = try_text(text, self.backends, self.thorough, seed + OTHER)
        kinds = {fault.kind for fault in again}
        self.doubts += found != [] and not again
        return [fault for fault in found if fault.kind in kinds]

    @property
    def thorough(self) -> Mapping[str, Worker]:
        """Workers that hurry in nothing; started when there is something to confirm."""
        for backend in self.backends:
            if backend.name not in self._thorough:
                worker = self._stack.enter_context(_worker(backend, False))
                self._thorough[backend.name] = worker
        return self._thorough

    def reduced(self, text: str, seed: int, fault: Fault) -> str:
        """The spec made small; another one that fails the same way."""
        concerned = [b for b in self.backends if fault.kind.startswith(b.name)]
        stop = time.monotonic() + REDUCING

        def fails(smaller: str) -> bool:
            if time.monotonic() > stop:
                return False
            chosen = concerned or self.backends
            found = try_text(smaller, chosen, self.thorough, seed)
            return any(one.kind == fault.kind for one in found)

        return reduce_text(text, fails)


def _worker(backend: Backend, quick: bool) -> Worker:
    return Worker(backend, quick=quick, timeout=300)


def _is_of_a_run(fault: Fault, backends: Sequence[Backend]) -> bool:
    return fault.kind.startswith(tuple(backend.name for backend in backends))


def run_campaign(
    backends: Sequence[Backend],
    seeds: Iterator[int],
    *,
    seconds: float | None,
    tell: Callable[[int, Outcome, Case | None], None],
) -> Outcome:
    """Try seeds until there are none left or the time is over."""
    start = time.monotonic()
    outcome = Outcome()
    with ExitStack() as stack:
        campaign = Campaign(backends, stack)
        for seed in seeds:
            twins, case = campaign.try_seed(seed)
            outcome.programs += 1
            outcome.twins += twins
            outcome.doubts = campaign.doubts
            outcome.seconds = time.monotonic() - start
            if case is not None:
                outcome.cases.append(case)
            tell(seed, outcome, case)
            if seconds is not None and outcome.seconds > seconds:
                break
    return outcome


def case_text(case: Case) -> str:
    """A case as a spec with what is wrong with it as a comment."""
    told = [
        f"# {line}"[:88]
        for fault in case.faults[:3]
        for line in str(fault).split("\n")[:1]
    ]
    return "\n".join([f"# seed {case.seed}", *told, case.text])


def save_case(folder: Path, case: Case) -> Path:
    """Write a case as a file named after its seed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"seed_{case.seed}.seq"
    write_bytes(path, case_text(case).encode())
    return path
