"""Calls that give weights their first values, of the functions in `initial.py`."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, Tuple_, call, literal
from specc.ir.weights import Weight

TWO_FANS = ("glorot_uniform", "glorot_normal")
ONE_FAN = ("he_uniform", "he_normal", "lecun_uniform", "lecun_normal")
FROM_SEED = ("uniform", "normal", "orthogonal")


def draw_call(
    weight: Weight, path: Expression, names: tuple[str, ...] | None = None
) -> Expression:
    """The call that draws a weight from `seed`.

    `path`: the weight's canonical name. `names`: variables that stand for its sizes,
    for a weight of a cell; else the sizes are written as numbers.
    """
    shape = tuple(map(Atom, names)) if names else tuple(map(literal, weight.shape))
    fans = tuple(map(literal, weight.fans))
    if names:
        assert weight.fans == (weight.shape[-1], weight.shape[0]), weight.name
        fans = (shape[-1], shape[0])
    if weight.file is not None:
        return call("vectors", literal(weight.file), Tuple_(shape))
    seeded = (Atom("seed"), path, Tuple_(shape))
    if weight.initial in TWO_FANS:
        return call(weight.initial, *seeded, *fans)
    if weight.initial in ONE_FAN:
        return call(weight.initial, *seeded, fans[0])
    if weight.initial in FROM_SEED:
        return call(weight.initial, *seeded)
    return call(weight.initial, Tuple_(shape))
