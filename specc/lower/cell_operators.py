"""Terms made of other terms: functions, products, sums, vectors side by side."""

from __future__ import annotations

from collections.abc import Sequence

from specc.diagnostics import Sink
from specc.diagnostics.codes import OPEN_SHAPE, WRONG_ARITY, WRONG_PLACE
from specc.ir.weights import Role
from specc.lower.cell_terms import AXES_HELP, RANK_HELP, WIDTH_HELP, Kind, Term, Terms
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
            first = self.terms.axes(known[0])
            if not axes or not self.terms.unify(first[:-1], axes[:-1]):
                found_text = self.terms.describe(term)
                message = f"`{op}` works along the last axis, found {found_text}"
                if axes:
                    start = self.terms.describe(known[0])
                    message = f"`{op}` cannot lay {found_text} beside {start}"
                self.terms.clash(place, message, RANK_HELP)
                return None
            if op == "concat" and not sizes.given(axes[-1]):
                message = (
                    "the width of this value does not follow from what stands above"
                )
                help = "give its weights sizes, as in `param W[units, 8]`"
                self.sink.report(OPEN_SHAPE, place, message, help=help)
                return None
        axes = self.terms.axes(known[0])
        if op == "concat":
            numbers = [sizes.number(self.terms.axes(term)[-1]) for term in known]
            whole = [number for number in numbers if number is not None]
            total = sum(whole) if len(whole) == len(numbers) else None
            axes = (*axes[:-1], sizes.new(total, given=True))
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
        if not right or not left:
            side = "left" if right else "right"
            message = f"`@` takes vectors and matrices, found a number on its {side}"
            terms.clash(span, message, RANK_HELP)
            return None
        numbers = terms.sizes.number(left[-1]), terms.sizes.number(right[-1])
        if not terms.sizes.unify(left[-1], right[-1]):
            message = (
                f"`@` sums over {numbers[0]:,} numbers on its left "
                f"and {numbers[1]:,} on its right"
            )
            terms.clash(span, message, WIDTH_HELP)
            return None
        terms.used_as(a, "recurrent" if terms[b].recurrent else "kernel")
        matrix: Role = "recurrent" if terms[a].recurrent else "kernel"
        terms.used_as(b, matrix if len(right) > 1 else "scale")
        if len(right) > 1 and terms[b].varies and not terms[a].varies:
            # The axes of weights come last: the same sums, the other way round.
            return self.add("product", "@", (b, a), (*right[:-1], *left[:-1]), span)
        return self.add("product", "@", (a, b), (*left[:-1], *right[:-1]), span)

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
        if left and right and not self._meet(a, b, span):
            return None
        for term in (a, b):
            terms.used_as(term, "bias" if operator == "+" else "scale")
        return self.add("arithmetic", operator, (a, b), max(left, right, key=len), span)

    def _meet(self, a: int, b: int, span: Span) -> bool:
        """Whether two terms have equal shapes, or one the last axes of the other."""
        terms = self.terms
        left, right = terms.axes(a), terms.axes(b)
        if len(left) == len(right):
            return terms.same(a, b, span)
        texts = terms.describe(a), terms.describe(b)
        shared = min(len(left), len(right))
        if terms.unify(left[-shared:], right[-shared:]):
            return True
        message = f"{texts[0]} meets {texts[1]} in the cell `{terms.cell}`"
        terms.clash(span, message, AXES_HELP)
        return False

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
