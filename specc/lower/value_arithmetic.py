"""Arithmetic on a model's values: `h + 0.5 * u`."""

from __future__ import annotations

from specc.diagnostics import Sink
from specc.diagnostics.codes import NOT_A_VALUE, WRONG_PLACE
from specc.ir.graph import Ref
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.lower.arguments import Evaluate
from specc.lower.builder import Builder
from specc.lower.things import Broken, Constant, Thing, Value, describe, is_layer
from specc.ops.arithmetic import Arithmetic, Operator
from specc.ops.contract import Contract
from specc.ops.function import Function
from specc.ops.number import Number
from specc.syntax import tree
from specc.text import Span

NAMES: dict[str, str] = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "over",
    "**": "power",
    "@": "product",
}
OPERATORS: dict[str, Operator] = {
    "+": "+",
    "-": "-",
    "*": "*",
    "/": "/",
    "**": "**",
}


class ValueArithmetic:
    """Makes the nodes of the sums and products that stand in one body."""

    def __init__(self, evaluate: Evaluate, builder: Builder, sink: Sink) -> None:
        self.evaluate, self.builder, self.sink = evaluate, builder, sink

    def negative(self, operand: tree.Expression) -> Thing:
        """`-a`."""
        ref = self._ref(self.evaluate(operand), operand)
        if ref is None:
            return Broken()
        return self._made(Function(function="negative"), [ref], "minus", operand.span)

    def chain(
        self, first: tree.Expression, rest: tuple[tuple[str, tree.Expression], ...]
    ) -> Thing:
        """`a + b - c`, from left to right."""
        total = self.evaluate(first)
        for operator, operand in rest:
            right = self.evaluate(operand)
            total = self._pair(operator, total, right, first, operand)
        return total

    def _pair(
        self,
        operator: str,
        left: Thing,
        right: Thing,
        first: tree.Expression,
        operand: tree.Expression,
    ) -> Thing:
        span = first.span.to(operand.span)
        if isinstance(left, Broken) or isinstance(right, Broken):
            return Broken()
        if operator not in NAMES:
            message = f"`{operator}` works on numbers, not on values"
            help = "values take `+ - * / ** @`"
            self.sink.report(WRONG_PLACE, span, message, help=help)
            return Broken()
        a, b = self._ref(left, first), self._ref(right, operand)
        if a is None or b is None:
            return Broken()
        types = self.builder.type_of(a), self.builder.type_of(b)
        try:
            op = _operation(operator, *types)
        except IllTyped as error:
            self.builder.refuse(error, [a, b], span)
            return Broken()
        return self._made(op, [a, b], NAMES[operator], span)

    def _ref(self, thing: Thing, written: tree.Expression) -> Ref | None:
        """The value, or a number as one; None where it is neither."""
        if isinstance(thing, Value):
            return thing.ref
        if isinstance(thing, Constant):
            made = self.builder.add(
                Number(value=float(thing.value)), [], "number", written.span
            )
            return None if made is None else made[0]
        if not isinstance(thing, Broken):
            help = "apply it first: `value -> layer`" if is_layer(thing) else None
            message = f"expected a value, found {describe(thing)}"
            self.sink.report(NOT_A_VALUE, written.span, message, help=help)
        return None

    def _made(self, op: Op, refs: list[Ref], base: str, span: Span) -> Thing:
        made = self.builder.add(op, refs, base, span)
        return (
            Broken() if made is None else Value(made[0], self.builder.type_of(made[0]))
        )


def _operation(operator: str, a: Type, b: Type) -> Op:
    """The operation on two types; `IllTyped` where they do not meet."""
    if operator == "@":
        return Contract.last(a, b)
    return Arithmetic.of(OPERATORS[operator], a, b)
