"""Contractions as `einsum` is told them: a letter for every axis."""

from __future__ import annotations

import pytest

from specc.codegen.einsum import subscripts
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops.contract import Contract


def value(*sizes: str | int, unbatched: bool = False) -> Type:
    axes = tuple(
        Axis(size=Size(s) if isinstance(s, int) else Size.named(s)) for s in sizes
    )
    return Type(dtype="float", axes=axes, unbatched=unbatched)


SUMS = {
    "btd,bsd->bts": (value("T", 4), value("S", 4)),
    "btd,bsd->bts ": (value("T", 4), value("T", 4)),
    "btd,d->bt": (value("T", 4), value(4, unbatched=True)),
    "de,bte->btd": (value(3, 4, unbatched=True), value("T", 4)),
    "de,fe->df": (value(3, 4, unbatched=True), value(5, 4, unbatched=True)),
    "btd,bsd->bts  ": (value("B", 4), value("S", 4)),
}


@pytest.mark.parametrize("text", SUMS)
def test_lengths_have_their_own_letters_and_the_batch_has_b(text: str) -> None:
    a, b = SUMS[text]
    assert subscripts(Contract.last(a, b), a, b) == text.strip()


def test_no_two_axes_share_a_letter() -> None:
    a, b = value("Time", "Tall", 4), value("T", "Tiny", 4)
    sides, result = subscripts(Contract.last(a, b), a, b).split("->")
    assert len(set(result)) == 5
    assert set(sides.replace(",", "")) == {*result, "d"}
