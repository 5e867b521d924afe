"""Names are identifiers, unique, and never a word of Python's or a backend's."""

from __future__ import annotations

import builtins
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.codegen.names import Names, ValueUse, allocate, is_python_word

wanted_names = st.text(max_size=70) | st.sampled_from(
    ["dense", "dense_2", "lambda", "input", "x" * 63, "x" * 64, "jnp", "match"]
)


@given(st.lists(wanted_names, max_size=40))
def test_every_name_is_a_fresh_ascii_identifier(wanted: list[str]) -> None:
    names = Names({"jnp"})
    given_out = [names.take(name) for name in wanted]
    assert len(set(given_out)) == len(wanted)
    for name in given_out:
        assert name.isascii() and name.isidentifier() and len(name) <= 63
        assert not is_python_word(name) and name != "jnp" and name[0] != "_"


def test_every_word_of_this_python_is_known() -> None:
    words = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist} - {"_"}
    assert [word for word in words if not is_python_word(word)] == []


def test_a_free_name_is_kept_and_a_taken_one_counted_up() -> None:
    names = Names({"jnp"})
    wanted = ["dense", "dense", "dense_2", "dense", "jnp", "input", "input", "2d", "_h"]
    assert [names.take(name) for name in wanted] == [
        *("dense", "dense_2", "dense_2_2", "dense_3", "jnp_2"),
        *("input_", "input__2", "n2d", "h"),
    ]


def test_a_long_name_is_cut_and_stays_unique() -> None:
    names = Names()
    assert names.take("a" * 100) == "a" * 63
    assert names.take("a" * 100) == "a" * 61 + "_2"


def test_many_equal_names_take_no_quadratic_time() -> None:
    names = Names()
    assert [names.take("dense") for _ in range(100_000)][-1] == "dense_100000"


def test_a_chain_is_one_variable() -> None:
    chain = [ValueUse(None, i, i + 1) for i in range(4)]
    assert allocate(chain, Names()) == ["x"] * 4


def test_a_value_that_is_still_needed_keeps_its_variable() -> None:
    branches = [
        ValueUse(None, 0, 3),
        ValueUse(None, 1, 3),
        ValueUse(None, 2, 3),
        ValueUse(None, 3, 4),
    ]
    assert allocate(branches, Names()) == ["x", "x_2", "x_3", "x"]


def test_results_of_one_statement_differ_and_an_unread_one_is_an_underscore() -> None:
    results = [ValueUse(None, 0, 2), ValueUse(None, 0, 1), ValueUse(None, 0, 0)]
    assert allocate(results, Names()) == ["x", "x_2", "_"]


def test_a_named_value_is_never_overwritten_while_it_is_read() -> None:
    values = [
        ValueUse("x", 0, 2),
        ValueUse(None, 1, 2),
        ValueUse(None, 2, 3),
        ValueUse("h", 3, 9),
        ValueUse("h", 4, 9),
    ]
    assert allocate(values, Names()) == ["x", "x_2", "x", "h", "h_2"]


def test_a_name_is_free_until_the_value_that_has_it_is_made() -> None:
    values = [
        ValueUse(None, 0, 2, "skip"),
        ValueUse(None, 2, 5, "skip"),
        ValueUse("skip", 3, 6),
        ValueUse(None, 6, 7, "skip"),
    ]
    assert allocate(values, Names()) == ["skip", "skip_2", "skip", "skip"]


@pytest.mark.parametrize("reserved", [set(), {"x"}])
@given(
    st.lists(
        st.builds(
            lambda wanted, defined, life, chain: ValueUse(
                wanted, defined, defined + life, chain
            ),
            st.sampled_from([None, None, "x", "h", "mask"]),
            st.integers(0, 20),
            st.integers(0, 8),
            st.sampled_from(["x", "x", "h"]),
        ),
        max_size=30,
    )
)
def test_no_two_living_values_share_a_variable(
    reserved: set[str], values: list[ValueUse]
) -> None:
    variables = allocate(values, Names(reserved))
    assert not reserved & set(variables)
    pairs = list(zip(values, variables, strict=True))
    for i, (one, name) in enumerate(pairs):
        for other, its_name in pairs[i + 1 :]:
            if name != its_name or name == "_":
                continue
            assert one.last <= other.defined or other.last <= one.defined
            assert one.defined != other.defined
