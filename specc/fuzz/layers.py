"""A layer of the language applied to values of a body, whatever the layer."""

from __future__ import annotations

from collections.abc import Sequence

from specc.fuzz.options import Given, call, draw_layer
from specc.fuzz.scope import FEW, Drawn, Scope, Value, draw_type, small
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.lower.options import op_options
from specc.ops import find_op
from specc.ops.concat import Concat
from specc.ops.spread import Spread

TRIES = 60
BOUNDED = {
    *("sigmoid", "tanh", "softsign", "hard_sigmoid", "softmax", "normalize"),
    *("layernorm", "rmsnorm", "sin", "cos", "cosine", "one_hot", "positions"),
}
"""Layers whose results are bounded whatever comes in."""
WILD = {"exp", "outer", "multiply", "dot", "sum"}
"""Layers whose results are not of the size of what comes in."""
NORMALISING = {"layernorm", "rmsnorm", "normalize", "cosine"}
COMPARING = {"cosine", "distance"}
"""Layers that of a value and itself give the same whatever it is."""
MOST_WILD = 1
KINKED = {"sqrt": "sigmoid", "log": "sigmoid", "exp": "tanh"}
"""Functions that need numbers of a size, and what makes such numbers of all."""


def add_layer(scope: Scope, name: str) -> bool:
    """A line that applies the layer to values that fit it; False if none was found."""
    op = find_op(name)
    assert op is not None, name
    # Options that seldom fit are drawn seldom unless something is made to fit them.
    options = [option.field for option in op_options(op)]
    wanted = (
        scope.chance.pick(options) if options and scope.chance.likely(0.6) else None
    )
    for attempt in range(TRIES):
        if attempt > 2 * TRIES // 3:
            wanted = None
        given = _values(scope, op, new=attempt > TRIES // (6 if wanted else 3))
        if name in COMPARING and len({id(one) for one in given}) < len(given):
            continue
        types = tuple(one.type if isinstance(one, Value) else one for one in given)
        made = draw_layer(
            scope.chance, op, spread(op, types), axes=not scope.inner, wanted=wanted
        )
        drawn = None if made is None else _drawn(made, given, types)
        if made is None or drawn is None:
            continue
        values = [
            one if isinstance(one, Value) else scope.add_input(one) for one in given
        ]
        names = [value.name for value in values]
        if len(names) > 1 and scope.chance.likely(0.3):
            source = call(name, [*names, *made.arguments])
            scope.add(source, names, (), drawn.types, drawn.wild)
        else:
            source = names[0] if len(names) == 1 else f"({', '.join(names)})"
            scope.add(source, names, (drawn.step,), drawn.types, drawn.wild)
        return True
    return False


def draw_step(scope: Scope, name: str, value: Value) -> Drawn | None:
    """The layer on this value alone, or None if it does not fit."""
    op = find_op(name)
    assert op is not None, name
    if op.arity()[0] > 1:
        return None
    made = draw_layer(scope.chance, op, (value.type,), axes=not scope.inner)
    return None if made is None else _drawn(made, (value,), (value.type,))


def _drawn(
    made: Given, given: Sequence[Value | Type], types: tuple[Type, ...]
) -> Drawn | None:
    """What the layer makes; None where it is too large or says nothing any more."""
    given_types = spread(type(made.op), types)
    along_steps = isinstance(made.op, Concat) and made.op.place is not None
    if along_steps and given_types != types:
        return None  # nothing is laid out there
    found = made.op.result(*given_types)
    results = found if isinstance(found, tuple) else (found,)
    if made.op.name() in NORMALISING and (types[0].last.fixed or 0) < FEW:
        return None
    wild = max((one.wild for one in given if isinstance(one, Value)), default=0)
    wild += made.op.name() in WILD or any(one == "exp" for one in made.arguments)
    if any(one.endswith("exp") for one in made.arguments):
        wild += 1
    if made.op.name() in BOUNDED:
        wild = 0
    if wild > MOST_WILD or not all(map(small, results)) or not all(map(_has, results)):
        return None
    return Drawn(made.text, results, wild)


def _has(type: Type) -> bool:
    """Whether no axis is empty."""
    return all(axis.size.fixed is None or axis.size.fixed > 0 for axis in type.axes)


def spread(op: type[Op], types: tuple[Type, ...]) -> tuple[Type, ...]:
    """The types as the layer gets them: `concat` lays values out along steps."""
    if op is not Concat or any(type.dtype != "float" for type in types):
        return types
    widest = max(types, key=lambda type: type.rank)
    found = []
    for type in types:
        try:
            made = Spread.of(type, widest)
            found.append(type if made is None else made.result(type, widest))
        except IllTyped:
            found.append(type)
    return tuple(found)


def _values(scope: Scope, op: type[Op], *, new: bool) -> list[Value | Type]:
    """Values for the layer; types stand for inputs to be added."""
    chance = scope.chance
    least, most = op.arity()
    count = chance.randint(least, max(least, min(most, 3)))
    free = 3 - len(scope.inputs) if scope.can_grow() else 0
    found: list[Value | Type] = []
    for _ in range(count):
        if free and (not scope.values or (new and chance.likely(0.6))):
            free -= 1
            like = found[0].type if found and isinstance(found[0], Value) else None
            same = like is not None and like.dtype == "float" and chance.likely(0.5)
            plain = like is not None and _is_plain(like)
            found.append(like if same and plain and like else draw_type(chance))
            continue
        if not scope.values:
            found.append(draw_type(chance))
            continue
        first = found[0] if found else None
        same_type = [v for v in scope.values if first and v.type == _type(first)]
        if same_type and chance.likely(0.5):
            found.append(chance.pick(same_type))
        else:
            found.append(scope.recent())
    return found


def _type(one: Value | Type) -> Type:
    return one.type if isinstance(one, Value) else one


def _is_plain(type: Type) -> bool:
    """Whether an input may have this type: its axes are numbers or names."""
    sizes = [axis.size for axis in type.axes]
    first = [axis.ragged for axis in type.axes]
    return (
        all(size.fixed is not None or str(size).isidentifier() for size in sizes)
        and not any(first[1:])
        and not type.unbatched
    )
