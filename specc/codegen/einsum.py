"""`"btd,bsd->bts"`: a contraction as `einsum` of NumPy, JAX and TensorFlow takes it."""

from __future__ import annotations

from specc.ir.size import Size
from specc.ir.types import Type
from specc.ops.contract import Contract

BATCH = "b"
FOR_LENGTHS = "tsuvwxyzpqrlmn"
FOR_SIZES = "defghijkacolmn"


def subscripts(op: Contract, a: Type, b: Type) -> str:
    """The axes of both sides and of the result, a letter each.

    A length has the letter it is called by, if that is free: `T` is t.
    """
    rank = len({*op.left, *op.right} - {None})
    sizes: dict[int | None, Size] = {}
    for x, places in ((a, op.left), (b, op.right)):
        sizes |= dict(zip(places, (axis.size for axis in x.axes), strict=True))
    letters: dict[int | None, str] = {}
    for place in dict.fromkeys((*op.left, *op.right)):
        letters[place] = _letter(sizes[place], {BATCH, *letters.values()})
    sides = (_side(op.left, a, letters), _side(op.right, b, letters))
    whole = a.unbatched and b.unbatched
    result = "".join(letters[place] for place in range(rank))
    return f"{','.join(sides)}->{'' if whole else BATCH}{result}"


def _side(
    places: tuple[int | None, ...], x: Type, letters: dict[int | None, str]
) -> str:
    own = "".join(letters[place] for place in places)
    return own if x.unbatched else BATCH + own


def _letter(size: Size, taken: set[str]) -> str:
    wanted = FOR_SIZES
    if size.fixed is None:
        wanted = FOR_LENGTHS
        if size == Size.named(str(size)) and str(size)[0].isalpha():
            wanted = str(size)[0].lower() + wanted
    return next(
        letter for letter in wanted + FOR_SIZES + FOR_LENGTHS if letter not in taken
    )
