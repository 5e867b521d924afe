"""`recurrent_bias`: the biases of the products of weights with states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from specc.lower.cell_terms import Terms


class RecurrentBiases(Struct, frozen=True):
    """Biases that belong to one product with a state, in a cell's terms.

    `own`: those that the equations have, by the product; `missing`: names for the
    others, by the product. `owed`: of these, the products to whose sum the bias is
    added after them: `W @ x + U @ h + d`.
    """

    own: Mapping[int, int]
    missing: Mapping[int, str]
    owed: frozenset[int]


def find_recurrent_biases(
    terms: Terms, params: Mapping[str, int], taken: frozenset[str]
) -> RecurrentBiases:
    """What the equations have, and what there would be room for.

    In a sum, a bias right after a product with a state is that product's own if the
    sum has another bias, or no other product.
    """
    products = {
        number: term.operands[0]
        for number, term in enumerate(terms.all)
        if term.kind == "product"
        and terms[term.operands[0]].kind == "param"
        and terms[term.operands[0]].role == "recurrent"
        and len(term.sizes or ()) == 1
    }
    own: dict[int, int] = {}
    for row in _sums(terms):
        biases = [n for n in row if terms[n].role == "bias"]
        multiplied = [n for n in row if terms[n].kind == "product"]
        for before, number in pairwise(row):
            alone = len(biases) == 1 and len(multiplied) > 1
            if before in products and number in biases and not alone:
                own[before] = number
    names = {number: name for name, number in params.items()}
    used = set(taken)
    missing: dict[int, str] = {}
    for product, weight in products.items():
        if product not in own:
            missing[product] = _name(names[weight], used)
    return RecurrentBiases(own, missing, _added_last(terms, frozenset(missing)))


def _name(weight: str, used: set[str]) -> str:
    """`d_i` for `U_i`, or another name that is free."""
    owner, dot, own = weight.rpartition(".")
    _, line, rest = own.partition("_")
    wanted = [f"d{line}{rest}", f"d_{own}", *(f"d_{own}_{n}" for n in range(2, 100))]
    names = (f"{owner}{dot}{one}" for one in wanted)
    name = next(name for name in names if name not in used)
    used.add(name)
    return name


def _sums(terms: Terms) -> Iterator[list[int]]:
    """What every sum adds up, in order; a sum in a sum is part of it."""
    rows: dict[int, list[int]] = {}
    inner: set[int] = set()
    for number, term in enumerate(terms.all):
        if term.kind != "arithmetic" or term.detail != "+":
            continue
        row: list[int] = []
        for operand in term.operands:
            inner |= {operand} & rows.keys()
            row += rows.get(operand, [operand])
        rows[number] = row
    return (row for number, row in rows.items() if number not in inner)


def _added_last(terms: Terms, products: frozenset[int]) -> frozenset[int]:
    """Those of some products that are only the right side of one sum."""
    uses: dict[int, list[bool]] = {}
    for term in terms.all:
        adds = term.kind == "arithmetic" and term.detail == "+"
        for place, operand in enumerate(term.operands):
            if operand in products:
                uses.setdefault(operand, []).append(adds and place == 1)
    return frozenset(
        n for n, found in uses.items() if found == [True] and not terms[n].name
    )
