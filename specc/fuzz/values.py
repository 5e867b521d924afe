"""Arithmetic, functions and products of values, and weights of the model's own."""

from __future__ import annotations

from specc.fuzz.layers import BOUNDED, KINKED, MOST_WILD, WILD
from specc.fuzz.scope import Scope, Value, small
from specc.ir.op import IllTyped
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower.contraction import NAME as CONTRACT
from specc.ops.arithmetic import Arithmetic
from specc.ops.contract import Contract

TRIES = 30


def add_function(scope: Scope, name: str) -> bool:
    """A function of one number, as a layer or as a call."""
    value = _float(scope)
    if value is None:
        return False
    wild = value.wild + (name in WILD)
    if name in KINKED or name in BOUNDED:
        wild = 0
    if wild > MOST_WILD:
        return False
    before = f" -> {KINKED[name]}" if name in KINKED else ""
    if before and name != "exp":
        return _function_clear_of_zero(scope, name, value)
    if not before and scope.chance.likely(0.4):
        scope.add(f"{name}({value.name})", [value.name], (), [value.type], wild)
        return True
    steps = [KINKED[name], name] if name in KINKED else [name]
    scope.add(value.name, [value.name], steps, [value.type], wild)
    return True


def _function_clear_of_zero(scope: Scope, name: str, value: Value) -> bool:
    """A function that is not smooth at 0, of numbers above it."""
    source = f"{name}(0.5 + {KINKED[name]}({value.name}))"
    scope.add(source, [value.name], (), [value.type])
    return True


def add_arithmetic(scope: Scope) -> bool:
    """`a + 0.5 * b` and its like."""
    chance = scope.chance
    for _ in range(TRIES):
        a = _float(scope)
        if a is None:
            return False
        if chance.likely(0.3):
            number = chance.pick(("2", "0.5", "1", "-1.5", "3"))
            text = chance.pick(
                (
                    f"{number} * {a.name}",
                    f"{a.name} - {number}",
                    f"1 - {a.name}",
                    f"{a.name} / 4",
                    f"-{a.name}",
                    f"{a.name} ** 2 / 2",
                    f"(1 + {a.name} ** 2) ** 0.5",
                    f"1 / (1 + {a.name} ** 2)",
                    f"2 ** tanh({a.name})",
                )
            )
            wild = a.wild + ("** 2 / 2" in text)
            if wild <= MOST_WILD:
                scope.add(text, [a.name], (), [a.type], wild)
                return True
            continue
        b = chance.pick(scope.values)
        if b.type.dtype != "float":
            continue
        try:
            found = Arithmetic.of("+", a.type, b.type).result(a.type, b.type)
        except IllTyped:
            continue
        text, product = chance.pick(
            (
                (f"{a.name} + {b.name}", False),
                (f"{a.name} - {b.name}", False),
                (f"{a.name} + 0.5 * {b.name} - 1", False),
                (f"{a.name} * {b.name}", True),
                (f"{a.name} / (1 + {b.name} ** 2)", False),
                (f"{a.name} * sigmoid({b.name})", False),
                (f"({a.name} + {b.name}) * tanh({a.name})", False),
                (f"-{a.name} * cos({b.name}) / 2", False),
            )
        )
        wild = max(a.wild, b.wild) + product
        if wild <= MOST_WILD:
            scope.add(text, sorted({a.name, b.name}), (), [found], wild)
            return True
    return False


def add_product(scope: Scope) -> bool:
    """`a @ b`, or `contract(a, b, S)`."""
    chance = scope.chance
    for _ in range(TRIES):
        a = _float(scope)
        if a is None:
            return False
        b = chance.pick(scope.values)
        wild = max(a.wild, b.wild) + 1
        if not a.type.axes or not b.type.axes or wild > MOST_WILD:
            continue
        text = f"{a.name} @ {b.name}"
        try:
            if chance.likely(0.5) or scope.inner:
                op = Contract.last(a.type, b.type)
            else:
                size = chance.pick(a.type.axes).size
                op = Contract.over(a.type, b.type, size)
                text = f"{CONTRACT}({a.name}, {b.name}, {size})"
            found = op.result(a.type, b.type)
        except IllTyped:
            continue
        if small(found):
            scope.add(text, sorted({a.name, b.name}), (), [found], wild)
            return True
    return False


def add_param(scope: Scope) -> bool:
    """Weights of the model's own, which meet a value."""
    chance = scope.chance
    value = _float(scope)
    width = value.type.last.fixed if value and value.type.axes else None
    if value is None or width is None or value.type.axes[-1].ragged or scope.inner:
        return False
    if value.wild >= MOST_WILD:
        return False
    name = scope.fresh("w")
    units = chance.width()
    start = chance.pick(("", "", " = normal(0.5)", " = uniform(-1, 1)"))
    sizes, text, axes = chance.pick(
        (
            (f"{width}", f"{value.name} * {name}", value.type.axes),
            (f"{width}", f"{value.name} + {name}", value.type.axes),
            (
                f"{units}, {width}",
                f"{name} @ {value.name}",
                (*value.type.axes[:-1], Axis(Size(units))),
            ),
        )
    )
    scope.declare(f"param {name}[{sizes}]{start}", name)
    made = Type("float", tuple(axes))
    scope.add(text, [value.name], (), [made], value.wild + 1)
    return small(made)


def _float(scope: Scope) -> Value | None:
    """A value of floats to go on from, if there is one."""
    floats = [value for value in scope.values if value.type.dtype == "float"]
    if not floats:
        return None
    found = scope.recent()
    return found if found.type.dtype == "float" else scope.chance.pick(floats)
