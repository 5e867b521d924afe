"""Random programs are right in every backend, and so are their twins."""

from __future__ import annotations

from contextlib import ExitStack

from specc.codegen.backend import Backend, load_backend
from specc.fuzz.campaign import Campaign, case_text
from specc.verify.installed import missing_modules, use_one_thread
from tests.campaigns._protocol import CONFIDENT, Budget, Mishap, Result

SHARE = 3.0
BACKENDS = ("jax", "tensorflow")
APART = 1_000_000
"""How far the programs of one seed are from those of the next."""


def run(budget: Budget, seed: int) -> Result:
    """Programs by `specc fuzz`, in each backend whose framework is installed."""
    use_one_thread()
    backends = able_backends()
    failures: list[Mishap] = []
    failed = dict.fromkeys((backend.name for backend in backends), 0)
    tried = twins = 0
    with ExitStack() as stack:
        campaign = Campaign(backends, stack)
        for turn in budget.turns():
            number = seed * APART + turn
            count, case = campaign.try_seed(number)
            tried += 1
            twins += count
            if case is None:
                continue
            told = "; ".join(map(str, case.faults))[:600]
            failures.append(Mishap(str(number), told, case_text(case)))
            for name in failed:
                kinds = [fault.kind.split()[0] for fault in case.faults]
                # What is no backend's own is wrong in all of them.
                failed[name] += any(k == name or k not in failed for k in kinds)
    notes: dict[str, int | float | str] = {"twins": twins}
    for name, wrong in failed.items():
        bound = "-" if wrong else f"{CONFIDENT / tried:.2g}"
        notes[name] = f"{tried} programs, {wrong} failed, bound {bound}"
    return Result(tried, "programs", tuple(failures), notes=notes)


def able_backends() -> list[Backend]:
    """The backends whose programs can run here."""
    found = [load_backend(name) for name in BACKENDS]
    return [backend for backend in found if not missing_modules(backend.modules)]
