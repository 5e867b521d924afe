"""Symbolic amounts: how much of something there is, as a polynomial over sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from specc.ir.size import Size
from specc.ir.types import Type

Factors = tuple[Size, ...]


class Amount(Struct, frozen=True):
    """A sum of `factor * size * size * ...`, none of these sizes a number.

    Sizes stay whole: a convolution costs `19200 * (T - 2)`. Terms of the same sizes are
    one, in the order of their text.
    """

    terms: tuple[tuple[Factors, int], ...] = ()

    @staticmethod
    def product(*factors: Size | int) -> Amount:
        """The product of numbers and sizes."""
        number, open_sizes = 1, []
        for factor in factors:
            fixed = factor if isinstance(factor, int) else factor.fixed
            if fixed is not None:
                number *= fixed
            elif isinstance(factor, Size):
                open_sizes.append(factor)
        key = tuple(sorted(open_sizes, key=str))
        return Amount(((key, number),)) if number else Amount()

    @property
    def fixed(self) -> int | None:
        """The number this amount is, or None while it depends on a name."""
        if not self.terms:
            return 0
        sizes, number = self.terms[0]
        return None if sizes or len(self.terms) > 1 else number

    def __add__(self, other: Amount) -> Amount:
        return total([self, other])

    def __mul__(self, factor: Amount | Size | int) -> Amount:
        other = factor if isinstance(factor, Amount) else Amount.product(factor)
        return total(
            Amount.product(n, m, *sizes, *others)
            for sizes, n in self.terms
            for others, m in other.terms
        )

    def replace(self, values: Mapping[str, Size]) -> Amount:
        """This amount with names replaced by sizes.

        A size below zero is none at all: no window fits into so few steps.
        """
        return total(
            Amount.product(n, *_replaced(sizes, values)) for sizes, n in self.terms
        )

    def __str__(self) -> str:
        """`16512 * B * T + 64 * B`, in ASCII."""
        return " + ".join(_term_text(*term) for term in self.terms) or "0"


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum of amounts."""
    numbers: dict[Factors, int] = {}
    for amount in amounts:
        for sizes, number in amount.terms:
            numbers[sizes] = numbers.get(sizes, 0) + number
    kept = ((sizes, number) for sizes, number in numbers.items() if number)
    return Amount(tuple(sorted(kept, key=_order)))


def elements(*types: Type) -> Amount:
    """How many numbers values of these types hold, for one example."""
    return total(Amount.product(*(a.size for a in type.axes)) for type in types)


def _replaced(sizes: Factors, values: Mapping[str, Size]) -> list[Size]:
    found = [size.replace(values) for size in sizes]
    return [size if size.fixed is None else Size(max(size.fixed, 0)) for size in found]


def _order(term: tuple[Factors, int]) -> tuple[int, str]:
    return -len(term[0]), _term_text(*term)


def _term_text(sizes: Factors, number: int) -> str:
    texts = [_factor_text(size) for size in sizes]
    if number != 1 or not sizes:
        texts.insert(0, str(number))
    return " * ".join(texts)


def _factor_text(size: Size) -> str:
    text = str(size)
    call = text.startswith("ceil(") and len(size.terms) == 1 and size.constant == 0
    return text if call or " " not in text else f"({text})"
