"""Expressions of a cell's equations to terms."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    NOT_A_NUMBER,
    NOT_YET,
    UNDECLARED,
    WRONG_ARITY,
    WRONG_PLACE,
)
from specc.lower.cell_blocks import BlockRunner
from specc.lower.cell_flows import Flows
from specc.lower.cell_names import PathNames
from specc.lower.cell_operators import VECTOR_OPS, Operators
from specc.lower.cell_scope import CellScope
from specc.lower.cell_step import Stepper
from specc.lower.constants import Number, evaluate, is_constant
from specc.lower.language import is_layer_name
from specc.lower.walk import names_in
from specc.lower.wording import counted, shown
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.text import Span

_VECTOR_FUNCTIONS = ("min", "max", *VECTOR_OPS)


class Equations:
    """Makes terms of the expressions in one cell; what is wrong is reported."""

    def __init__(
        self, scope: CellScope, paths: PathNames, stepper: Stepper, sink: Sink
    ) -> None:
        self.scope, self.terms, self.sink = scope, scope.terms, sink
        self.operators = Operators(scope.terms, sink)
        self.flows = Flows(scope, self.operators, self.all, paths, stepper, sink)
        self.flows.blocks = BlockRunner(self.flows, sink)

    def all(self, written: Sequence[tree.Expression]) -> tuple[int, ...] | None:
        """The terms of several expressions; None where one was reported."""
        found = [self.term(one) for one in written]
        known = tuple(term for term in found if term is not None)
        return known if len(known) == len(found) else None

    def several(self, written: tree.Expression) -> tuple[int, ...] | None:
        """The terms of a flow or a tuple; None where something was reported."""
        if isinstance(written, tree.Flow):
            return self.flows.run(written)
        items = written.items if isinstance(written, tree.Tuple) else (written,)
        return self.all(items)

    def term(self, written: tree.Expression) -> int | None:
        """The term of an expression; None where something was reported."""
        if is_constant(written, self.scope.names):
            return self._number(written)
        match written:
            case tree.Name():
                return self._name(written)
            case tree.Negative(operand=operand):
                return self._function("negative", operand, written.span)
            case tree.Arithmetic(first=first, rest=rest):
                return self._chain(first, rest)
            case tree.Power(base=base, exponent=exponent):
                left, right = self.term(base), self.term(exponent)
                return self.operators.arithmetic("**", left, right, written.span)
            case tree.Call(function=name) if self.flows.blocks.knows(name.text):
                return self._one_of(self.flows.blocks.run(written, (), None), written)
            case tree.Call(body=None):
                return self._call(written)
            case tree.Flow():
                return self._single(written)
            case tree.String() | tree.List() | tree.Labelled():
                message = "this has no place in an equation"
                self.sink.report(WRONG_PLACE, written.span, message)
                return None
        if isinstance(written, tree.Tuple):
            message = "one value is needed here, found several"
            help = "lay vectors side by side with `concat(a, b)`"
            self.sink.report(WRONG_PLACE, written.span, message, help=help)
            return None
        message = "this has no meaning inside a cell yet"
        self.sink.report(NOT_YET, written.span, message)
        return None

    def _single(self, flow: tree.Flow) -> int | None:
        return self._one_of(self.flows.run(flow), flow)

    def _one_of(
        self, found: tuple[int, ...] | None, flow: tree.Expression
    ) -> int | None:
        if found is None or len(found) == 1:
            return None if found is None else found[0]
        message = f"one value is needed here, but this flow gives {len(found)}"
        help = "name them first, as in `h', c' = (x, h, c) -> step(lstm(64))`"
        self.sink.report(WRONG_ARITY, flow.span, message, help=help)
        return None

    def _number(self, written: tree.Expression) -> int | None:
        number: Number | None = 1.0
        if not self.scope.unknown & names_in(written):
            number = evaluate(written, self.scope.names, self.sink)
        elif any(self.scope.names.get(name, 0) is None for name in names_in(written)):
            return None
        if number is None:
            return None
        return self.operators.add("number", "", (), (), written.span, float(number))

    def _name(self, name: tree.Name) -> int | None:
        if name.primed:
            return self._primed(name)
        for table in (self.scope.states, self.scope.params, self.scope.locals):
            if name.text in table:
                return table[name.text]
        if isinstance(self.scope.names.get(name.text), str) or name.text in FUNCTIONS:
            message = f"`{name.text}` is a function"
            help = f"give it an argument: `{name.text}(...)`"
            self.sink.report(WRONG_PLACE, name.span, message, help=help)
            return None
        known = [
            *self.scope.states,
            *self.scope.params,
            *self.scope.locals,
            *self.scope.names,
        ]
        self.sink.report(
            UNDECLARED,
            name.span,
            f"nothing in this cell is called `{name.text}`",
            help=did_you_mean(name.text, [*known, "x"])
            or f"declare a weight with `param {name.text}`",
        )
        return None

    def _primed(self, name: tree.Name) -> int | None:
        if name.text in self.scope.after:
            return self.scope.after[name.text]
        if name.text in self.scope.states:
            self.sink.report(
                WRONG_PLACE,
                name.span,
                f"`{name.text}'` is used before it is given",
                help=f"move this line below `{name.text}' = ...`",
            )
        elif self.scope.names.get(name.text, 0) is not None:
            self.sink.report(
                UNDECLARED,
                name.span,
                f"`{name.text}'` is no state of this cell",
                help=did_you_mean(name.text, self.scope.states)
                or "only a state has a value after the step",
            )
        return None

    # Calls

    def _call(self, call: tree.Call) -> int | None:
        name = call.function.text
        if name in self.flows.lets:
            return self._bound(call)
        function = str(self.scope.names.get(name, name))
        if function not in (*FUNCTIONS, *_VECTOR_FUNCTIONS):
            if is_layer_name(name) or name == "step" or self.flows.stepper.knows(name):
                return self._layer(call)
            self._no_function(call)
            return None
        values = [argument.value for argument in call.arguments]
        least, most = {"concat": (2, 10**6), "min": (2, 2), "max": (2, 2)}.get(
            function, (1, 1)
        )
        named = any(argument.name is not None for argument in call.arguments)
        if named or not least <= len(values) <= most:
            wanted = counted(least, "value") + (" or more" if most > 2 else "")
            found = "a name for one" if named else str(len(values))
            message = f"`{name}` takes {wanted}, found {found}"
            self.sink.report(WRONG_ARITY, call.span, message)
            return None
        if function in ("min", "max"):
            left, right = (self.term(value) for value in values)
            return self.operators.arithmetic(function, left, right, call.span)
        if function in ("softmax", "concat"):
            known = self.all(values)
            if known is None:
                return None
            return self.operators.vector_op(function, known, call.span, values)
        return self._function(function, values[0], call.span)

    def _bound(self, call: tree.Call) -> int | None:
        """A layer that `let` binds, on the values in its call."""
        terms = self.all([argument.value for argument in call.arguments])
        found = None
        if terms is not None:
            found = self.flows.apply_bound(call.function.text, terms)
        return found[0] if found is not None and len(found) == 1 else None

    def _layer(self, call: tree.Call) -> int | None:
        """A layer on the values in its call: `layernorm(W_i @ x)`."""
        if call.function.text != "step":
            return self.flows.layer(call, ())
        message = "`step` stands after an arrow"
        help = "as in `h', c' = (x, h, c) -> step(lstm(64))`"
        self.sink.report(WRONG_PLACE, call.span, message, help=help)
        return None

    def _no_function(self, call: tree.Call) -> None:
        name = call.function.text
        functions = [
            n for n, known in self.scope.names.items() if isinstance(known, str)
        ]
        self.sink.report(
            UNDECLARED,
            call.function.span,
            f"no function is called `{name}`",
            help=did_you_mean(name, [*FUNCTIONS, *_VECTOR_FUNCTIONS, *functions])
            or "there are the activations, such as `tanh`, and "
            "`exp log sqrt abs sin cos min max softmax concat outer`",
        )

    def _function(
        self, function: str, operand: tree.Expression, span: Span
    ) -> int | None:
        term = self.term(operand)
        return (
            None
            if term is None
            else self.operators.apply_function(function, term, span)
        )

    # Operators

    def _chain(
        self, first: tree.Expression, rest: tuple[tuple[str, tree.Expression], ...]
    ) -> int | None:
        fixed = self._leading_constant(first, rest)
        rest = rest[len(fixed.rest) :]
        left = self.term(fixed if fixed.rest else first)
        for operator, operand in rest:
            right = self.term(operand)
            span = first.span.to(operand.span)
            if operator == "@":
                left = self.operators.product(left, right, span)
            elif operator in ("//", "%"):
                message = f"`{operator}` works on constants only"
                self.sink.report(WRONG_PLACE, span, message)
                left = None
            elif operator == "/" and self._is_zero(right):
                message = f"`{shown(span)}` divides by zero"
                self.sink.report(NOT_A_NUMBER, span, message)
                left = None
            else:
                left = self.operators.arithmetic(operator, left, right, span)
        return left

    def _leading_constant(
        self, first: tree.Expression, rest: tuple[tuple[str, tree.Expression], ...]
    ) -> tree.Arithmetic:
        """What can be computed now at the start of a chain: `2 / units` of `* h`."""
        count = 0
        if is_constant(first, self.scope.names):
            for _, operand in rest:
                if not is_constant(operand, self.scope.names):
                    break
                count += 1
        last = rest[count - 1][1] if count else first
        return tree.Arithmetic(first.span.to(last.span), first, rest[:count])

    def _is_zero(self, number: int | None) -> bool:
        term = None if number is None else self.terms[number]
        return term is not None and term.kind == "number" and term.value == 0
