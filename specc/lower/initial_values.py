"""How a weight starts: `zeros`, `uniform(-0.1, 0.1)`, `log(uniform(1, 99))`."""

from __future__ import annotations

import math
from collections.abc import Collection

from msgspec import Struct, convert, field

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    NOT_A_NUMBER,
    TOO_LARGE,
    UNKNOWN_NAME,
    WRONG_ARITY,
    WRONG_OPTION,
)
from specc.ir.formula import Formula, Part
from specc.ir.weights import Start
from specc.lower.constants import Known, Number, evaluate, is_constant
from specc.lower.formula_ranges import Range, part_range
from specc.lower.options import INITIALIZERS
from specc.lower.walk import names_in, nodes_in
from specc.lower.wording import counted, number_text, one_of, shown
from specc.syntax import tree

SPREADS = ("uniform", "normal", "truncated_normal")
"""Take a limit or a deviation, or two numbers: both limits, or mean and deviation."""
FUNCTIONS = ("exp", "log", "sqrt", "abs", "sin", "cos", "tanh")
PLAIN = ("zeros", "ones")
DRAWS = ("constant", "truncated_normal", *(n for n in INITIALIZERS if n not in PLAIN))
"""Initialisers that take numbers: of those not above, the one to multiply them by."""
MOST_PARTS = 50
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "negative": 3, "**": 4}
TIGHT = 5
EXAMPLE = "as in `uniform(-0.1, 0.1)`, `normal(0.02)` or `constant(0.5)`"


def is_formula(written: tree.Expression) -> bool:
    """Whether it draws from an initialiser, and is more than its name."""
    if isinstance(written, tree.Name):
        return False
    calls = (node for node in nodes_in(written) if isinstance(node, tree.Call))
    drawn = any(call.function.text in DRAWS for call in calls)
    return drawn or bool(names_in(written) & set(INITIALIZERS))


class StartReader(Struct):
    """Reads how weights start.

    `names`: constants; `unknown` are those whose number is not known yet. `weights`:
    those of the same cell that stand before, and `prefix` the path of that cell.
    """

    names: Known
    sink: Sink
    unknown: frozenset[str] = frozenset()
    weights: Collection[str] = ()
    prefix: str = ""
    parts: list[Part] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)
    ranges: list[Range | None] = field(default_factory=list)

    def read(self, written: tree.Expression, weight: str = "") -> Start | None:
        """The start of a weight; None where something was reported."""
        if isinstance(written, tree.Name) and written.text in INITIALIZERS:
            return written.text  # type: ignore[return-value]
        if is_constant(written, self.names):
            number = self._constant(written)
            made = None if number is None else self._draw("constant", (number,))
        else:
            made = self._part(written)
        if made is None:
            return None
        if len(self.parts) > MOST_PARTS:
            message = f"a weight's start has at most {MOST_PARTS} parts"
            self.sink.report(TOO_LARGE, written.span, message)
            return None
        text, _ = self.texts[made]
        return Formula(parts=tuple(self.parts), text=text, weight=weight)

    def _part(self, written: tree.Expression) -> int | None:
        """The number of the part an expression is; None where it was refused."""
        if is_constant(written, self.names):
            number = self._constant(written)
            return None if number is None else self._number(number)
        match written:
            case tree.Name(primed=False):
                return self._name(written)
            case tree.Negative(operand=operand):
                return self._apply("function", "negative", [operand])
            case tree.Power(base=base, exponent=exponent):
                return self._apply("operator", "**", [base, exponent])
            case tree.Arithmetic(first=first, rest=rest):
                return self._chain(first, rest)
            case tree.Call(body=None):
                return self._call(written)
        message = f"`{shown(written.span)}` is no number that a weight can start with"
        self.sink.report(NOT_A_NUMBER, written.span, message, help=EXAMPLE)
        return None

    def _constant(self, written: tree.Expression) -> Number | None:
        if self.unknown & names_in(written):
            return 1
        return evaluate(written, self.names, self.sink)

    def _name(self, name: tree.Name) -> int | None:
        if name.text in INITIALIZERS:
            return self._draw(name.text, ())
        if name.text in self.weights:
            full = self.prefix + name.text
            return self._add(Part(kind="weight", word=full), name.text, TIGHT)
        known = [*INITIALIZERS, *self.weights, *self.names]
        self.sink.report(
            WRONG_OPTION,
            name.span,
            f"a weight cannot start as `{name.text}`: no initialiser, number or weight "
            "above is called so",
            help=did_you_mean(name.text, known) or EXAMPLE,
        )
        return None

    def _chain(
        self,
        first: tree.Expression,
        rest: tuple[tuple[str, tree.Expression], ...],
    ) -> int | None:
        left = self._part(first)
        for operator, operand in rest:
            right = self._part(operand)
            if left is None or right is None:
                return None
            if operator not in BINDING:
                message = f"`{operator}` has no place in how a weight starts"
                self.sink.report(WRONG_OPTION, operand.span, message)
                return None
            left = self._made("operator", operator, [left, right])
        return left

    def _call(self, call: tree.Call) -> int | None:
        name = call.function.text
        values = [argument.value for argument in call.arguments]
        if any(argument.name is not None for argument in call.arguments):
            message = f"`{name}` takes its numbers without names here"
            self.sink.report(WRONG_OPTION, call.span, message, help=EXAMPLE)
            return None
        if name in DRAWS:
            return self._given(call, values)
        counts = {"min": 2, "max": 2} | dict.fromkeys(FUNCTIONS, 1)
        if name not in counts:
            self.sink.report(
                UNKNOWN_NAME,
                call.function.span,
                f"no initialiser is called `{name}`",
                help=did_you_mean(name, [*DRAWS, *counts])
                or f"there are {one_of(DRAWS)}",
            )
            return None
        if len(values) != counts[name]:
            wanted = counted(counts[name], "value")
            message = f"`{name}` takes {wanted}, found {len(values)}"
            self.sink.report(WRONG_ARITY, call.span, message)
            return None
        made = self._apply("function", name, values)
        return None if made is None or not self._is_real(made, call) else made

    def _is_real(self, made: int, call: tree.Call) -> bool:
        """Whether a root or a logarithm is a number, whatever is drawn."""
        name, operand = call.function.text, self.parts[made].parts[0]
        found = self.ranges[operand]
        if name not in ("log", "sqrt") or self.unknown or found is None:
            return True
        if found[0] >= 0 and (name == "sqrt" or found[1] > 0):
            return True
        wanted = "0 or above" if name == "sqrt" else "above 0"
        least = number_text(found[0]) if math.isfinite(found[0]) else "any number"
        inner = self.texts[operand][0]
        message = f"`{name}` takes what is {wanted}, but `{inner}` may be {least}"
        help = "draw from other numbers, as in `log(uniform(1, 99))`"
        self.sink.report(WRONG_OPTION, call.span, message, help=help)
        return False

    def _given(self, call: tree.Call, values: list[tree.Expression]) -> int | None:
        """A draw with its numbers."""
        name = call.function.text
        most = 2 if name in SPREADS else 1
        if not 1 <= len(values) <= most:
            wanted = "1 number or 2" if most > 1 else "1 number"
            message = f"`{name}` takes {wanted}, found {len(values)}"
            help = f"the word alone, `{name}`, is enough" if not values else None
            self.sink.report(WRONG_ARITY, call.span, message, help=help)
            return None
        found = [self._constant(value) for value in values]
        numbers = tuple(float(number) for number in found if number is not None)
        if len(numbers) < len(found):
            return None
        if name in SPREADS and len(numbers) == 1:
            numbers = (-numbers[0] if name == "uniform" else 0.0, numbers[0])
        if not self.unknown & names_in(call) and not self._spread(call, numbers):
            return None
        return self._draw(name, numbers)

    def _spread(self, call: tree.Call, numbers: tuple[float, ...]) -> bool:
        """Whether two numbers are in order, and a deviation is above zero."""
        name = call.function.text
        if name == "uniform" and not numbers[0] < numbers[1]:
            message = (
                "`uniform` goes from a smaller number to a larger one, found "
                f"{number_text(numbers[0])} and {number_text(numbers[1])}"
            )
        elif name in ("normal", "truncated_normal") and numbers[1] <= 0:
            message = f"a deviation is above 0, found {number_text(numbers[1])}"
        else:
            return True
        help = "for one number everywhere, write `constant(...)`"
        self.sink.report(WRONG_OPTION, call.span, message, help=help)
        return False

    # Parts

    def _apply(
        self, kind: str, word: str, operands: list[tree.Expression]
    ) -> int | None:
        parts = [self._part(operand) for operand in operands]
        known = [part for part in parts if part is not None]
        return self._made(kind, word, known) if len(known) == len(parts) else None

    def _made(self, kind: str, word: str, parts: list[int]) -> int:
        part = convert({"kind": kind, "word": word, "parts": parts}, Part)
        texts = [self.texts[number] for number in parts]
        if word == "negative":
            return self._add(part, f"-{_operand(texts[0], 3)}", 3)
        if kind == "function":
            inside = ", ".join(text for text, _ in texts)
            return self._add(part, f"{word}({inside})", TIGHT)
        own, power = BINDING[word], word == "**"
        left = _operand(texts[0], own + power)
        right = _operand(texts[1], own + (not power))
        return self._add(part, f"{left} {word} {right}", own)

    def _number(self, number: Number) -> int:
        binding = TIGHT if number >= 0 else BINDING["negative"]
        part = Part(kind="number", numbers=(float(number),))
        return self._add(part, _plain(number), binding)

    def _draw(self, name: str, numbers: tuple[Number, ...]) -> int:
        shown_ = numbers[1:] if len(numbers) == 2 and numbers[0] == 0 else numbers
        shown_ = numbers if name == "uniform" else shown_
        text = f"{name}({', '.join(map(_plain, shown_))})" if numbers else name
        part = Part(kind="draw", word=name, numbers=tuple(map(float, numbers)))
        return self._add(part, text, TIGHT)

    def _add(self, part: Part, text: str, binding: int) -> int:
        self.ranges.append(part_range(part, self.ranges))
        self.parts.append(part)
        self.texts.append((text, binding))
        return len(self.parts) - 1


def constant(number: Number) -> Formula:
    """One number everywhere."""
    part = Part(kind="draw", word="constant", numbers=(float(number),))
    return Formula(parts=(part,), text=f"constant({_plain(number)})")


def _plain(number: Number) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _operand(text: tuple[str, int], least: int) -> str:
    return f"({text[0]})" if text[1] < least else text[0]
