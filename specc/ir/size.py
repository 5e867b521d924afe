"""Symbolic sizes: the length of an axis, as a number or in terms of named lengths.

A size is `constant + sum(factor * atom)`, an atom being a name (`T`) or the floor of a
size over a number (`(T - 3) // 2`). The form is normal: whole multiples stand outside a
floor, and a floor of a floor is one. So sizes that windows and strides make are equal
for every length only where they compare equal.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Floor(Struct, frozen=True):
    """`size // divisor`, every number in `size` reduced to 0 <= n < divisor."""

    size: Size
    divisor: int


class Size(Struct, frozen=True):
    """The length of an axis."""

    constant: int = 0
    terms: tuple[tuple[str | Floor, int], ...] = ()

    @staticmethod
    def named(name: str) -> Size:
        return Size(0, ((name, 1),))

    @property
    def fixed(self) -> int | None:
        """The number this size is, or None while it depends on a name."""
        return None if self.terms else self.constant

    @property
    def names(self) -> frozenset[str]:
        """The named lengths this size depends on."""
        found: set[str] = set()
        for atom, _ in self.terms:
            found |= {atom} if isinstance(atom, str) else atom.size.names
        return frozenset(found)

    @property
    def divisor(self) -> int:
        """The largest number that a part of this size is divided by."""
        floors = [atom for atom, _ in self.terms if isinstance(atom, Floor)]
        return max((floor.divisor for floor in floors), default=1)

    def __add__(self, other: Size | int) -> Size:
        if isinstance(other, int):
            return Size(self.constant + other, self.terms)
        factors = dict(self.terms)
        for atom, factor in other.terms:
            factors[atom] = factors.get(atom, 0) + factor
        terms = tuple(sorted(((a, f) for a, f in factors.items() if f), key=_order))
        return Size(self.constant + other.constant, terms)

    def __sub__(self, other: Size | int) -> Size:
        return self + (-other if isinstance(other, int) else other * -1)

    def __mul__(self, factor: int) -> Size:
        if factor == 0:
            return Size(0)
        terms = tuple((atom, f * factor) for atom, f in self.terms)
        return Size(self.constant * factor, terms)

    def __floordiv__(self, divisor: int) -> Size:
        if divisor == 1:
            return self
        whole, left = divmod(self.constant, divisor)
        outside = [(atom, factor // divisor) for atom, factor in self.terms]
        inside = [(atom, factor % divisor) for atom, factor in self.terms]
        total = Size(whole, tuple((atom, f) for atom, f in outside if f))
        rest = tuple((atom, f) for atom, f in inside if f)
        return total + _floor(Size(left, rest), divisor) if rest else total

    def ceil(self, divisor: int) -> Size:
        """This size divided by a number, rounded up."""
        return (self + (divisor - 1)) // divisor

    def at(self, lengths: Mapping[str, int]) -> int:
        """The number this size is where every named length is known."""
        total = self.constant
        for atom, factor in self.terms:
            if isinstance(atom, str):
                total += factor * lengths[atom]
            else:
                total += factor * (atom.size.at(lengths) // atom.divisor)
        return total

    def replace(self, values: Mapping[str, Size]) -> Size:
        """This size with names replaced by sizes."""
        total = Size(self.constant)
        for atom, factor in self.terms:
            if isinstance(atom, str):
                part = values.get(atom, Size.named(atom))
            else:
                part = atom.size.replace(values) // atom.divisor
            total = total + part * factor
        return total

    def __str__(self) -> str:
        if not self.terms:
            return str(self.constant)
        if len(self.terms) == 1 and self.terms[0][1] == 1:
            atom = self.terms[0][0]
            if isinstance(atom, Floor):
                return _floor_text(atom, self.constant)
        return _sum_text([(_atom_text(a), f) for a, f in self.terms], self.constant)


def _floor(size: Size, divisor: int) -> Size:
    """A floor of numbers below the divisor; a floor of one floor is a single one."""
    if len(size.terms) == 1:
        atom, factor = size.terms[0]
        if isinstance(atom, Floor) and factor == 1:
            top = atom.size + size.constant * atom.divisor
            return top // (atom.divisor * divisor)
    return Size(0, ((Floor(size, divisor), 1),))


def _order(term: tuple[str | Floor, int]) -> str:
    return _atom_text(term[0])


def _atom_text(atom: str | Floor) -> str:
    return atom if isinstance(atom, str) else _floor_text(atom, 0)


def _floor_text(floor: Floor, added: int) -> str:
    """`T // 4`, `ceil(T / 2)`, or as windows count their steps, `(T - 3) // 2 + 1`."""
    size, divisor = floor.size, floor.divisor
    if added == 0 and size.constant == divisor - 1:
        return f"ceil({_bracketed(size - size.constant)} / {divisor})"
    if added == 0:
        return f"{_bracketed(size)} // {divisor}"
    return f"{_bracketed(size + (added - 1) * divisor)} // {divisor} + 1"


def _bracketed(size: Size) -> str:
    text = str(size)
    return f"({text})" if " " in text else text


def _sum_text(parts: list[tuple[str, int]], constant: int) -> str:
    text = ""
    for atom, factor in sorted(parts, key=lambda part: part[1] < 0):
        piece = f"{abs(factor)} * {_wrap(atom)}" if abs(factor) != 1 else atom
        if text:
            text += f" {'-' if factor < 0 else '+'} {piece}"
        else:
            text = piece if factor > 0 else f"-{_wrap(piece)}"
    if constant:
        text += f" {'-' if constant < 0 else '+'} {abs(constant)}"
    return text


def _wrap(atom: str) -> str:
    return f"({atom})" if " " in atom and not atom.startswith("ceil(") else atom
