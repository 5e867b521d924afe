"""A table applied to arrays: weights of ours from those elsewhere, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from specc.codegen.elsewhere import Share, Table
from specc.diagnostics import Diagnostic, Failure, Label
from specc.diagnostics.codes import LOST_NUMBERS
from specc.verify.arrays import Array, Arrays

Read = Callable[[str], Array]
"""Gives an array of a file, or any other, by its name."""


def to_ours(table: Table, read: Read, shapes: Mapping[str, tuple[int, ...]]) -> Arrays:
    """Our weights, of these shapes, from the arrays of another world.

    Raises `Failure` if numbers that nothing here stands for are not zero.
    """
    theirs = {name: read(name) for name in table.shapes}
    found: Arrays = {}
    lost: list[str] = []
    for match in table.matches:
        terms = [part(theirs[share.array], share) for share in match.theirs]
        if not match.ours:
            lost += [
                s.array for s, t in zip(match.theirs, terms, strict=True) if t.any()
            ]
            continue
        first, *others = match.ours
        dtype = np.result_type(*theirs.values()) if not terms else terms[0].dtype
        found[first] = total(terms, shapes[first], dtype)
        for name in others:
            found[name] = np.zeros(shapes[name], found[first].dtype)
    _refuse_lost(table, dict.fromkeys(lost), "the model has nothing in their place")
    return {name: found[name] for name in shapes}


def to_theirs(table: Table, weights: Mapping[str, Array]) -> Arrays:
    """The arrays of another world from our weights.

    Raises `Failure` if weights that nothing there stands for are not zero.
    """
    lost: dict[str, None] = {}
    every = [weight.dtype for weight in weights.values()]
    dtypes: dict[str, list[np.dtype[np.generic]]] = {}
    for match in table.matches:
        for share in match.theirs:
            given = [weights[name].dtype for name in match.ours]
            dtypes.setdefault(share.array, []).extend(given)
        if not match.theirs:
            lost |= dict.fromkeys(name for name in match.ours if weights[name].any())
    _refuse_lost(table, lost, "there is nothing in their place")
    found: Arrays = {
        name: np.zeros(shape, np.result_type(*(dtypes[name] or every)))
        for name, shape in table.shapes.items()
    }
    for match in table.matches:
        if match.ours and match.theirs:
            terms = [weights[name] for name in match.ours]
            share = match.theirs[0]
            view = part(found[share.array], share)
            view[...] = total(terms, view.shape, view.dtype)
    return found


def part(array: Array, share: Share) -> Array:
    """The share of an array, as a view of it that has a canonical shape."""
    whole = array.reshape(share.whole)
    assert whole.base is not None or whole is array, "a view"
    cut = [slice(None)] * len(share.whole)
    if cut:
        cut[share.axis] = slice(share.start, share.start + share.size)
    return whole[tuple(cut)].transpose(share.order)


def total(
    terms: Sequence[Array], shape: tuple[int, ...], dtype: np.dtype[np.generic]
) -> Array:
    """The sum of arrays, rounded once; a single one is the very same numbers."""
    if not terms:
        return np.zeros(shape, dtype)
    if len(terms) == 1:
        return np.ascontiguousarray(terms[0]).reshape(shape)
    wide = [np.asarray(term, np.float64) for term in terms]
    result: Array = np.sum(wide, axis=0).astype(dtype)
    return result


def _refuse_lost(table: Table, names: Mapping[str, None], why: str) -> None:
    if not names:
        return
    raise Failure(
        Diagnostic(
            LOST_NUMBERS,
            f"the numbers of `{name}` are not all zero, and {why}",
            tuple(Label(table.owner[name].span) for _ in "1" if name in table.owner),
        )
        for name in names
    )
