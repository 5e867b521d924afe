"""Terms made of other terms: functions, products, sums, vectors side by side."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink
from specc.diagnostics.codes import OPEN_SHAPE, WRONG_ARITY, WRONG_PLACE
from specc.lower.cell_terms import RANK_HELP, WIDTH_HELP, Kind, Term, Terms
from specc.syntax import tree
from specc.text import Span

VECTOR_OPS = ("softmax", "concat")
_OPEN_HELP = "only layers take a whole sequence, as in `(h, memory) -> attend(64)`"


class Operators:
    """Makes terms of one cell from terms; what does not fit is reported."""

    def __init__(self, terms: Terms, sink: Sink) -> None:
        self.terms, self.sink = terms, sink

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
        return self.add("op", op, tuple(known), axes, span)

    def _refuse_open(self, term: int, span: Span) -> bool:
        """Whether a term is a sequence, which equations cannot take."""
        if not self.terms.is_open(term):
            return False
        message = "an equation works on one step, found a sequence"
        self.sink.report(WRONG_PLACE, span, message, help=_OPEN_HELP)
        return True

    def apply_function(self, function: str, term: int, span: Span) -> int | None:
        """A function of one number, element by element."""
        if self._refuse_open(term, span):
            return None
        self.terms.used_as(term, "scale")
        return self.add("function", function, (term,), self.terms.axes(term), span)

    def product(self, a: int | None, b: int | None, span: Span) -> int | None:
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
        return self.add("product", "@", (a, b), left[:-1], span)

    def arithmetic(
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
        return self.add("arithmetic", operator, (a, b), left or right, span)

    def add(
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
