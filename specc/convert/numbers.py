"""A table applied to arrays: weights of ours from those elsewhere, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from specc.codegen.elsewhere import Share, Table
from specc.diagnostics import Sink
from specc.diagnostics.codes import LOST_NUMBERS
from specc.ir.graph import Model
from specc.reference.arguments import model_weights
from specc.text import Span
from specc.verify.arrays import Array, Arrays

Read = Callable[[str], Array]
"""Gives an array of a file, or any other, by its name."""


def to_ours(model: Model, table: Table, read: Read) -> Arrays:
    """The weights of a model from the arrays of another world.

    Raises `Failure` if numbers that nothing here stands for are not zero.
    """
    shapes = {name: weight.shape for name, (weight, _) in model_weights(model).items()}
    theirs = {name: read(name) for name in table.shapes}
    found: Arrays = {}
    lost: dict[str, Span] = {}
    for match in table.matches:
        terms = [part(theirs[share.array], share) for share in match.theirs]
        if not match.ours:
            arrays = (share.array for share in match.theirs)
            for name, term in zip(arrays, terms, strict=True):
                if term.any():
                    lost[name] = table.owner[name].span
            continue
        first, *others = match.ours
        dtype = np.result_type(*(terms or theirs.values()))
        found[first] = total(terms, shapes[first], dtype)
        for name in others:
            found[name] = np.zeros(shapes[name], found[first].dtype)
    _refuse_lost(lost, "the model has nothing in their place")
    return {name: found[name] for name in shapes}


def to_theirs(model: Model, table: Table, weights: Mapping[str, Array]) -> Arrays:
    """The arrays of another world from the weights of a model.

    Raises `Failure` if weights that nothing there stands for are not zero.
    """
    spans = {name: span for name, (_, span) in model_weights(model).items()}
    lost: dict[str, Span] = {}
    dtypes: dict[str, list[np.dtype[np.generic]]] = {}
    for match in table.matches:
        for share in match.theirs:
            given = [weights[name].dtype for name in match.ours]
            dtypes.setdefault(share.array, []).extend(given)
        if not match.theirs:
            lost |= {name: spans[name] for name in match.ours if weights[name].any()}
    _refuse_lost(lost, "there is nothing in their place")
    every = [weight.dtype for weight in weights.values()]
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
    """The share of an array in a canonical shape; a view of it if it is in C order."""
    whole = array.reshape(share.whole)
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


def _refuse_lost(lost: Mapping[str, Span], why: str) -> None:
    sink = Sink()
    for name, span in lost.items():
        message = f"the numbers of `{name}` are not all zero, and {why}"
        sink.report(LOST_NUMBERS, span, message)
    sink.stop_on_errors()
