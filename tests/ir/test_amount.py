"""Amounts are polynomials that mean what they say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from specc.ir.amount import Amount, total
from specc.ir.size import Size

T, S = Size.named("T"), Size.named("S")
SIZES = [T, S, T - 2, (T - 3) // 2 + 1, T.ceil(4), Size(5)]
sizes = st.lists(st.sampled_from(SIZES), max_size=3)
amounts = st.builds(lambda n, s: Amount.product(n, *s), st.integers(1, 9), sizes)
lengths = st.fixed_dictionaries({"T": st.integers(4, 50), "S": st.integers(4, 50)})


def at(amount: Amount, given: dict[str, int]) -> int:
    fixed = amount.replace({name: Size(n) for name, n in given.items()}).fixed
    assert fixed is not None
    return fixed


@given(amounts, amounts, st.sampled_from(SIZES), lengths)
def test_sums_and_products_are_those_of_numbers(a, b, size, given) -> None:
    assert at(a + b, given) == at(a, given) + at(b, given)
    assert at(a * size, given) == at(a, given) * size.at(given)


@given(amounts, amounts)
def test_order_does_not_matter(a: Amount, b: Amount) -> None:
    assert a + b == b + a and str(a + b) == str(total([b, a]))


def test_an_amount_reads_as_a_product() -> None:
    amount = Amount.product(3, 4, T - 2, Size.named("B")) + Amount.product(7)
    assert str(amount) == "12 * B * (T - 2) + 7"
    assert str(Amount()) == "0" and str(Amount.product(T)) == "T"


def test_nothing_is_left_of_a_product_with_zero() -> None:
    assert Amount.product(0, T) == Amount() and (Amount.product(T) * 0).fixed == 0


def test_too_few_steps_for_a_window_are_none() -> None:
    assert Amount.product(8, T - 4).replace({"T": Size(2)}).fixed == 0
