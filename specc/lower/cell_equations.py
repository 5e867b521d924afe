"""Expressions of a cell's equations to terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    NOT_A_NUMBER,
    NOT_YET,
    OPEN_SHAPE,
    UNDECLARED,
    WRONG_ARITY,
    WRONG_PLACE,
)
from specc.lower.cell_terms import RANK_HELP, WIDTH_HELP, Kind, Term, Terms
from specc.lower.constants import Number, evaluate, is_constant
from specc.lower.language import is_layer_name
from specc.lower.walk import names_in
from specc.lower.wording import counted, shown
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.text import Span

if TYPE_CHECKING:
    from specc.lower.cell_flows import Flows

_VECTOR_FUNCTIONS = ("min", "max", "softmax", "concat")
_OPEN_HELP = "only layers take a whole sequence, as in `(h, memory) -> attend(64)`"


class Equations:
    """What the names of one cell stand for, and the terms made of them.

    `names`: constants of the file, the cell's arguments, and None for what was wrong.
    `unknown`: arguments that have no number yet.
    """

    def __init__(
        self,
        terms: Terms,
        names: dict[str, Number | str | None],
        unknown: frozenset[str],
        sink: Sink,
    ) -> None:
        self.terms, self.names, self.unknown, self.sink = terms, names, unknown, sink
        self.states: dict[str, int] = {}
        self.params: dict[str, int] = {}
        self.locals: dict[str, int] = {}
        self.after: dict[str, int] = {}
        self.written: dict[str, int] = {}
        """Sizes written with arguments that have no number yet, by their text."""
        self.flows: Flows

    def function(self, name: str) -> str:
        """The function an argument stands for, or the name itself."""
        meant = self.names.get(name)
        return meant if isinstance(meant, str) else name

    def is_value(self, name: str) -> bool:
        """Whether a name stands for a value of the step."""
        return name in self.states or name in self.params or name in self.locals

    def size_of_text(self, text: str) -> int:
        """The size that a text stands for, before its arguments have numbers."""
        if text not in self.written:
            self.written[text] = self.terms.sizes.new(given=True)
        return self.written[text]

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
        if is_constant(written, self.names):
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
                return self._arithmetic("**", left, right, written.span)
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
        found = self.flows.run(flow)
        if found is None or len(found) == 1:
            return None if found is None else found[0]
        message = f"one value is needed here, but this flow gives {len(found)}"
        help = "name them first, as in `h', c' = (x, h, c) -> step(lstm(64))`"
        self.sink.report(WRONG_ARITY, flow.span, message, help=help)
        return None

    def _number(self, written: tree.Expression) -> int | None:
        number: Number | None = 1.0
        if not self.unknown & names_in(written):
            number = evaluate(written, self.names, self.sink)
        elif any(self.names.get(name, 0) is None for name in names_in(written)):
            return None
        if number is None:
            return None
        return self._add("number", "", (), (), written.span, float(number))

    def _name(self, name: tree.Name) -> int | None:
        if name.primed:
            return self._primed(name)
        for table in (self.states, self.params, self.locals):
            if name.text in table:
                return table[name.text]
        if isinstance(self.names.get(name.text), str) or name.text in FUNCTIONS:
            message = f"`{name.text}` is a function"
            help = f"give it an argument: `{name.text}(...)`"
            self.sink.report(WRONG_PLACE, name.span, message, help=help)
            return None
        known = [*self.states, *self.params, *self.locals, *self.names]
        self.sink.report(
            UNDECLARED,
            name.span,
            f"nothing in this cell is called `{name.text}`",
            help=did_you_mean(name.text, [*known, "x"])
            or f"declare a weight with `param {name.text}`",
        )
        return None

    def _primed(self, name: tree.Name) -> int | None:
        if name.text in self.after:
            return self.after[name.text]
        if name.text in self.states:
            self.sink.report(
                WRONG_PLACE,
                name.span,
                f"`{name.text}'` is used before it is given",
                help=f"move this line below `{name.text}' = ...`",
            )
        elif self.names.get(name.text, 0) is not None:
            self.sink.report(
                UNDECLARED,
                name.span,
                f"`{name.text}'` is no state of this cell",
                help=did_you_mean(name.text, self.states)
                or "only a state has a value after the step",
            )
        return None

    # Calls

    def _call(self, call: tree.Call) -> int | None:
        name = call.function.text
        function = str(self.names.get(name, name))
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
            return self._arithmetic(function, left, right, call.span)
        if function in ("softmax", "concat"):
            known = self.all(values)
            if known is None:
                return None
            return self.vector_op(function, known, call.span, values)
        return self._function(function, values[0], call.span)

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
        functions = [n for n, known in self.names.items() if isinstance(known, str)]
        self.sink.report(
            UNDECLARED,
            call.function.span,
            f"no function is called `{name}`",
            help=did_you_mean(name, [*FUNCTIONS, *_VECTOR_FUNCTIONS, *functions])
            or "weights multiply values with `@`, numbers with `*`",
        )

    def vector_op(
        self,
        op: str,
        known: Sequence[int],
        span: Span,
        places: Sequence[tree.Expression] = (),
    ) -> int | None:
        """`softmax` of a vector, or `concat` of several; `places`: where they stand."""
        if (op == "softmax") != (len(known) == 1):
            wanted = "1 value" if op == "softmax" else "2 values or more"
            message = f"`{op}` takes {wanted}, found {len(known)}"
            self.sink.report(WRONG_ARITY, span, message)
            return None
        sizes = self.terms.sizes
        spans = [place.span for place in places] or [span] * len(known)
        for term, place in zip(known, spans, strict=True):
            self.terms.used_as(term, "scale")
            if self._refuse_open(term, span):
                return None
            axes = self.terms.axes(term)
            if len(axes) != 1:
                found_text = self.terms.describe(term)
                message = f"`{op}` works on vectors, found {found_text}"
                self.terms.clash(place, message, RANK_HELP)
                return None
            if op == "concat" and not sizes.given(axes[0]):
                message = (
                    "the width of this value does not follow from what stands above"
                )
                help = "give its weights sizes, as in `param W[units, 8]`"
                self.sink.report(OPEN_SHAPE, place, message, help=help)
                return None
        axes = self.terms.axes(known[0])
        if op == "concat":
            numbers = [sizes.number(self.terms.axes(term)[0]) for term in known]
            whole = [number for number in numbers if number is not None]
            total = sum(whole) if len(whole) == len(numbers) else None
            axes = (sizes.new(total, given=True),)
        return self._add("op", op, tuple(known), axes, span)

    def _refuse_open(self, term: int, span: Span) -> bool:
        """Whether a term is a sequence, which equations cannot take."""
        if not self.terms.is_open(term):
            return False
        message = "an equation works on one step, found a sequence"
        self.sink.report(WRONG_PLACE, span, message, help=_OPEN_HELP)
        return True

    def _function(
        self, function: str, operand: tree.Expression, span: Span
    ) -> int | None:
        term = self.term(operand)
        return None if term is None else self.apply_function(function, term, span)

    def apply_function(self, function: str, term: int, span: Span) -> int | None:
        """A function of one number, element by element."""
        if self._refuse_open(term, span):
            return None
        self.terms.used_as(term, "scale")
        return self._add("function", function, (term,), self.terms.axes(term), span)

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
                left = self._product(left, right, span)
            elif operator in ("//", "%"):
                message = f"`{operator}` works on constants only"
                self.sink.report(WRONG_PLACE, span, message)
                left = None
            elif operator == "/" and self._is_zero(right):
                message = f"`{shown(span)}` divides by zero"
                self.sink.report(NOT_A_NUMBER, span, message)
                left = None
            else:
                left = self._arithmetic(operator, left, right, span)
        return left

    def _leading_constant(
        self, first: tree.Expression, rest: tuple[tuple[str, tree.Expression], ...]
    ) -> tree.Arithmetic:
        """What can be computed now at the start of a chain: `2 / units` of `* h`."""
        count = 0
        if is_constant(first, self.names):
            for _, operand in rest:
                if not is_constant(operand, self.names):
                    break
                count += 1
        last = rest[count - 1][1] if count else first
        return tree.Arithmetic(first.span.to(last.span), first, rest[:count])

    def _is_zero(self, number: int | None) -> bool:
        term = None if number is None else self.terms[number]
        return term is not None and term.kind == "number" and term.value == 0

    def _product(self, a: int | None, b: int | None, span: Span) -> int | None:
        if a is None or b is None:
            return None
        if self._refuse_open(a, span) or self._refuse_open(b, span):
            return None
        terms = self.terms
        right = terms.axes(b)
        left = terms[a].sizes
        if left is None:
            left = terms[a].sizes = (terms.sizes.new(), terms.sizes.new())
        if len(right) != 1 or not left:
            wrong = terms.describe(b) if len(right) != 1 else terms.describe(a)
            side = "right" if len(right) != 1 else "left"
            wanted = "a vector" if side == "right" else "a matrix or a vector"
            message = f"`@` takes {wanted} on its {side}, found {wrong}"
            terms.clash(span, message, RANK_HELP)
            return None
        numbers = terms.sizes.number(left[-1]), terms.sizes.number(right[0])
        if not terms.sizes.unify(left[-1], right[0]):
            message = (
                f"`@` sums over {numbers[0]:,} numbers on its left "
                f"and {numbers[1]:,} on its right"
            )
            terms.clash(span, message, WIDTH_HELP)
            return None
        terms.used_as(a, "recurrent" if terms[b].recurrent else "kernel")
        terms.used_as(b, "scale")
        return self._add("product", "@", (a, b), left[:-1], span)

    def _arithmetic(
        self, operator: str, a: int | None, b: int | None, span: Span
    ) -> int | None:
        if a is None or b is None:
            return None
        if self._refuse_open(a, span) or self._refuse_open(b, span):
            return None
        terms = self.terms
        for one, other in ((a, b), (b, a)):
            if terms[one].sizes is None:
                terms[one].sizes = terms[other].sizes or None
        left, right = terms.axes(a), terms.axes(b)
        if left and right and not terms.same(a, b, span):
            return None
        for term in (a, b):
            terms.used_as(term, "bias" if operator == "+" else "scale")
        return self._add("arithmetic", operator, (a, b), left or right, span)

    def _add(
        self,
        kind: Kind,
        detail: str,
        operands: tuple[int, ...],
        sizes: tuple[int, ...],
        span: Span,
        value: float = 0.0,
    ) -> int:
        recurrent = any(self.terms[operand].recurrent for operand in operands)
        return self.terms.add(
            Term(kind, detail, operands, sizes, span, value, recurrent=recurrent)
        )
