"""Random choices as a generator of programs wants them: small and skewed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")
WIDTHS = (1, 2, 2, 3, 3, 4, 4, 5, 6, 8)
"""Sizes that go wrong in different ways: one, primes, powers of two, and equal ones."""


class Chance(Random):
    """A seeded source of choices."""

    def likely(self, share: float) -> bool:
        return self.random() < share

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.randrange(len(items))]

    def some(self, items: Sequence[Item], most: int) -> list[Item]:
        """Up to so many of them, at least one, in their order."""
        count = self.randint(1, min(most, len(items)))
        return [items[n] for n in sorted(self.sample(range(len(items)), count))]

    def width(self) -> int:
        return self.pick(WIDTHS)
