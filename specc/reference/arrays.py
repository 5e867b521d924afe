"""Primitives that sum, multiply, look up and rearrange arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from specc.reference.tape import Floats, Ids, Placed, Pull, Value, made


def sum_over(x: Value, axis: int, *, keep: bool = False) -> Value:
    """The sum over an axis; `keep` leaves the axis with length 1."""

    def pull(g: Floats) -> Floats:
        return np.broadcast_to(g if keep else np.expand_dims(g, axis), x.shape)

    return made(x.data.sum(axis=axis, keepdims=keep), (x, pull))


def max_over(x: Value, axis: int) -> Value:
    """The largest along an axis, -inf if it is empty; ties share the gradient."""
    if x.shape[axis] == 0:
        return Value(x.data.sum(axis=axis) - np.inf)
    best = np.argmax(x.data.real, axis=axis, keepdims=True)
    y = np.take_along_axis(x.data, best, axis)
    ties = (x.data == y).astype(x.dtype)
    share = ties / ties.sum(axis=axis, keepdims=True)
    return made(y.squeeze(axis), (x, lambda g: np.expand_dims(g, axis) * share))


def matmul(x: Value, w: Value) -> Value:
    """y_o = sum_i x_i w_io over the last axis of x.  x: [..., in], w: [in, out]."""
    assert w.ndim == 2, "matmul takes a matrix on the right"

    def pull_matrix(g: Floats) -> Floats:
        rows = x.data.reshape(-1, w.shape[0])
        return rows.T @ g.reshape(-1, w.shape[1])

    return made(x.data @ w.data, (x, lambda g: g @ w.data.T), (w, pull_matrix))


def take(table: Value, ids: Ids) -> Value:
    """Rows of a table.  table: [rows, dim], ids of any shape: [..., dim]."""
    return made(table.data[ids], (table, lambda g: Placed(ids, g)))


def concatenate(values: Sequence[Value], axis: int) -> Value:
    """Values side by side along an axis they have."""
    links = []
    start = 0
    for value in values:
        stop = start + value.shape[axis]
        links.append((value, _part(start, stop, axis)))
        start = stop
    return made(np.concatenate([value.data for value in values], axis), *links)


def _part(start: int, stop: int, axis: int) -> Pull:
    """The pull-back to one part of a concatenation."""

    def pull(g: Floats) -> Floats:
        index = [slice(None)] * g.ndim
        index[axis] = slice(start, stop)
        return g[tuple(index)]

    return pull


def stack(values: Sequence[Value], axis: int) -> Value:
    """Values of one shape along a new axis."""
    shape = list(values[0].shape)
    shape.insert(axis, 1)
    return concatenate([reshape(value, shape) for value in values], axis)


def reshape(x: Value, shape: Sequence[int]) -> Value:
    """The same numbers, the last axis fastest, in another shape."""
    return made(x.data.reshape(tuple(shape)), (x, lambda g: g.reshape(x.shape)))


def transpose(x: Value) -> Value:
    """The transpose of a matrix."""
    return made(x.data.T, (x, lambda g: g.T))


def move_last(x: Value, axis: int) -> Value:
    """The same numbers with an axis moved behind all others."""
    moved = np.moveaxis(x.data, axis, -1)
    return made(moved, (x, lambda g: np.moveaxis(g, -1, axis)))


def broadcast_to(x: Value, shape: Sequence[int]) -> Value:
    """The same numbers repeated along axes of length 1."""
    return made(np.broadcast_to(x.data, tuple(shape)), (x, lambda g: g))


def pad(x: Value, widths: Sequence[tuple[int, int]]) -> Value:
    """Zeros before and after, as many as said for each axis."""
    sizes = zip(widths, x.shape, strict=True)
    inside = tuple(slice(before, before + size) for (before, _), size in sizes)
    return made(np.pad(x.data, widths), (x, lambda g: g[inside]))


def pad_steps(x: Value, before: int, after: int) -> Value:
    """Zeros before and after, along axis 1."""
    return pad(x, [(0, 0), (before, after), *((0, 0) for _ in x.shape[2:])])
