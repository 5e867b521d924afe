"""What a campaign is: so many cases tried under a seed, and what became of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

CONFIDENT = 3.0
"""No failure in n tries: with 95 % confidence, fewer than 3/n of all cases fail."""


class Budget(Struct, frozen=True):
    """How much may be tried: so many cases, or for so many seconds, or both."""

    cases: int | None = None
    seconds: float | None = None

    def turns(self) -> Iterator[int]:
        """Numbers of cases, from 0; one at least, and no end without a limit."""
        end = None if self.seconds is None else time.monotonic() + self.seconds
        turn = 0
        while True:
            yield turn
            turn += 1
            if self.cases is not None and turn >= self.cases:
                return
            if end is not None and time.monotonic() >= end:
                return

    def part(self, share: float) -> Budget:
        """A share of it, for one of several kinds of cases."""
        cases = None if self.cases is None else max(1, round(self.cases * share))
        return Budget(cases, None if self.seconds is None else self.seconds * share)


class Mishap(Struct, frozen=True):
    """A case that failed: its name, by which it can be made again, and how."""

    case: str
    what: str
    input: str = ""


class Result(Struct, frozen=True):
    """What a campaign found.

    `sampled`: cases were drawn at random from many more, so that there is a bound on
    the rest; otherwise they are all there are. `unit` is what a case is, in the plural.
    `notes` are figures worth keeping: counts by kind, the most time or memory used.
    """

    tried: int
    unit: str
    failures: tuple[Mishap, ...] = ()
    sampled: bool = True
    notes: dict[str, int | float | str] = {}

    @property
    def bound(self) -> float | None:
        """The highest rate of failing cases that no failure leaves likely."""
        if self.failures or not self.sampled or not self.tried:
            return None
        return CONFIDENT / self.tried


class Campaign(Protocol):
    """A module of this folder whose name has no underscore in front.

    `SHARE` is its part of the time there is, by weight; 0 for one that is as large as
    it is and runs as a whole.
    """

    SHARE: float

    def run(self, budget: Budget, seed: int) -> Result:
        """Try cases until the budget is used up. The same seed, the same cases."""
        ...
