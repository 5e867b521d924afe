"""A cell's equations, at the widths of one use, as a graph of the IR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    BAD_SIZE,
    CELL_SIZE_MISMATCH,
    DUPLICATE_NAME,
    NO_STATE,
    NOT_YET,
    OPEN_SHAPE,
    STATE_NOT_ADVANCED,
    UNDECLARED,
    UNUSED_NAME,
    UNUSED_PARAM,
    WRONG_OPTION,
    WRONG_PLACE,
)
from specc.ir.graph import Cell
from specc.ir.op import UNIT_LIMIT
from specc.ir.weights import Initializer, Role
from specc.lower.cell_graph import Part, make_graph
from specc.lower.cell_terms import Kind, Sizes, Term
from specc.lower.constants import evaluate, is_constant
from specc.lower.recurrent_options import RecurrentOptions
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.text import Span

INITIALIZERS: tuple[str, ...] = get_args(Initializer)


def lower_cell(
    cell: tree.Cell,
    names: Mapping[str, object],
    options: RecurrentOptions,
    width: int,
    span: Span,
    sink: Sink,
) -> Cell | None:
    """The cell for inputs of `width` features; None where something was reported.

    `names`: constants of the file and the cell's own arguments, numbers and functions.
    `span`: the use, for what is wrong with its options.
    """
    before = len(sink.diagnostics)
    lowerer = _CellLowerer(cell, names, sink)
    lowerer.lower(width)
    errors = [d for d in sink.diagnostics[before:] if d.code.severity == "error"]
    if errors:
        return None
    roles = {lowerer.terms[term].role for term in lowerer.params.values()}
    _check_options(roles, options, cell.name.text, span, sink)
    return make_graph(
        Part(
            name=cell.name.text,
            terms=lowerer.terms,
            sizes=lowerer.sizes,
            states=lowerer.states,
            after=lowerer.after,
            params=lowerer.params,
            initial=lowerer.initial,
            output=lowerer.output,
        ),
        options,
    )


def _check_options(
    roles: set[Role | None],
    options: RecurrentOptions,
    name: str,
    span: Span,
    sink: Sink,
) -> None:
    """Report options for kinds of weights that the cell does not have."""
    given = options.model_dump(exclude_defaults=True)
    wanted: dict[str, tuple[Role, ...]] = {
        "kernel": ("kernel",),
        "recurrent": ("recurrent",),
        "l1": ("kernel", "recurrent"),
        "l2": ("kernel", "recurrent"),
        "bias": ("bias",),
    }
    for option, kinds in wanted.items():
        if option in given and not roles.intersection(kinds):
            message = f"`{option}` means nothing here: `{name}` has no such weights"
            sink.report(WRONG_OPTION, span, message, help=f"leave `{option}` out")


class _CellLowerer:
    """Walks the statements of one cell and collects terms."""

    def __init__(
        self, cell: tree.Cell, names: Mapping[str, object], sink: Sink
    ) -> None:
        self.cell, self.names, self.sink = cell, names, sink
        self.terms: list[Term] = []
        self.sizes = Sizes()
        self.states: dict[str, int] = {}
        self.params: dict[str, int] = {}
        self.initial: dict[str, Initializer] = {}
        self.locals: dict[str, int] = {}
        self.after: dict[str, int] = {}
        self.used: set[int] = set()
        self.output: int | None = None

    def lower(self, width: int) -> None:
        span = self.cell.name.span
        self.locals["x"] = self._term(
            "input", "x", (), (self.sizes.new(width),), span, name="x"
        )
        self.used.add(self.locals["x"])
        for statement in self.cell.body.statements:
            if isinstance(statement, tree.State):
                self._declare_states(statement)
            if isinstance(statement, tree.Param):
                self._declare_params(statement)
        if not self.states:
            self.sink.report(
                NO_STATE,
                span,
                f"the cell `{self.cell.name.text}` has no state",
                help="declare one, as in `state h[units]`",
            )
            return
        for statement in self.cell.body.statements:
            self._statement(statement)
        self._check_advanced()
        self._check_used()

    # Declarations

    def _declare_states(self, statement: tree.State) -> None:
        for entry in statement.entries:
            sizes = self._declared_sizes(entry)
            if not self._is_new(entry.name) or sizes is None:
                continue
            if len(sizes) != 1 or entry.default is not None:
                message = f"a state has one size, as in `{entry.name.text}[units]`"
                self.sink.report(BAD_SIZE, entry.span, message)
                continue
            self.states[entry.name.text] = self._term(
                "state",
                entry.name.text,
                (),
                sizes,
                entry.name.span,
                name=entry.name.text,
                recurrent=True,
            )

    def _declare_params(self, statement: tree.Param) -> None:
        for entry in statement.entries:
            sizes = None if entry.axes is None else self._declared_sizes(entry)
            if not self._is_new(entry.name) or (entry.axes and sizes is None):
                continue
            name = entry.name.text
            self.params[name] = self._term(
                "param", name, (), sizes, entry.name.span, name=name
            )
            self._declare_initial(name, entry.default)

    def _declare_initial(self, name: str, default: tree.Expression | None) -> None:
        if default is None:
            return
        if isinstance(default, tree.Name) and default.text in INITIALIZERS:
            self.initial[name] = default.text  # type: ignore[assignment]
            return
        found = default.text if isinstance(default, tree.Name) else ""
        self.sink.report(
            WRONG_OPTION,
            default.span,
            f"`{name}` cannot start as `{' '.join(default.span.text.split())}`",
            label=f"expected one of {', '.join(INITIALIZERS)}",
            help=did_you_mean(found, INITIALIZERS),
        )

    def _declared_sizes(self, entry: tree.Declared) -> tuple[int, ...] | None:
        found = []
        for axis in entry.axes or ():
            number = evaluate(axis, self.names, self.sink)
            if number is None:
                return None
            if not isinstance(number, int) or not 1 <= number <= UNIT_LIMIT:
                message = f"a size is a whole number of at least 1, found {number}"
                self.sink.report(BAD_SIZE, axis.span, message)
                return None
            found.append(self.sizes.new(number))
        return tuple(found)

    def _is_new(self, name: tree.Name) -> bool:
        known = self.states | self.params | self.locals
        if name.text not in known and name.text not in self.names:
            return True
        others: tuple[Label, ...] = ()
        if name.text in known and name.text != "x":
            where = self.terms[known[name.text]].span
            others = (Label(where, "the first is here"),)
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` already names something in this cell",
            others=others,
            help="choose another name",
        )
        return False

    # Statements

    def _statement(self, statement: tree.Statement) -> None:
        if self.output is not None:
            message = "nothing can follow the line that gives the output"
            self.sink.report(WRONG_PLACE, statement.span, message)
            return
        if isinstance(statement, tree.Let):
            message = "`let` has no meaning inside a cell"
            self.sink.report(WRONG_PLACE, statement.span, message)
        if isinstance(statement, tree.Assign):
            self._assign(statement)
        if isinstance(statement, tree.Result):
            self._result(statement)

    def _result(self, statement: tree.Result) -> None:
        if len(statement.values) > 1:
            message = "a cell has one output; the others are its states"
            self.sink.report(WRONG_PLACE, statement.span, message)
            return
        self.output = self._expression(statement.values[0])
        if self.output is not None:
            self._settle(self.output)
            self.used.add(self.output)

    def _assign(self, statement: tree.Assign) -> None:
        if len(statement.targets) > 1:
            message = "`step` inside a cell has no meaning yet"
            self.sink.report(NOT_YET, statement.span, message)
            return
        target = statement.targets[0]
        if target.primed:
            self._advance(target, statement.value)
            return
        if target.text in self.states:
            self.sink.report(
                WRONG_PLACE,
                target.span,
                f"`{target.text}` is the state before the step and cannot change",
                help=f"write `{target.text}'` for the state after it",
            )
            return
        term = self._expression(statement.value)
        if not self._is_new(target):
            return
        if term is not None:
            self._settle(term)
            self.locals[target.text] = self._named(term, target.text)
        else:
            self.names = {**self.names, target.text: None}

    def _advance(self, target: tree.Name, value: tree.Expression) -> None:
        state = self.states.get(target.text)
        if state is None:
            self.sink.report(
                UNDECLARED,
                target.span,
                f"`{target.text}'` is no state of this cell",
                help=did_you_mean(target.text, self.states)
                or f"declare it: `state {target.text}[units]`",
            )
            return
        if target.text in self.after:
            message = f"`{target.text}'` is given twice"
            where = self.terms[self.after[target.text]].span
            others = (Label(where, "the first is here"),)
            self.sink.report(DUPLICATE_NAME, target.span, message, others=others)
            return
        term = self._expression(value)
        if term is None:
            self.after[target.text] = state
            return
        self._settle(term)
        if self._same(state, term, value.span):
            self.after[target.text] = self._named(term, f"{target.text}'")
            self.used.add(self.after[target.text])

    def _named(self, term: int, name: str) -> int:
        """The term, under this name unless it has one already."""
        if not self.terms[term].name:
            self.terms[term].name = name
        return term

    # Expressions

    def _expression(self, written: tree.Expression) -> int | None:
        """The term of an expression; None where something was reported."""
        if is_constant(written, self.names):
            number = evaluate(written, self.names, self.sink)
            return None if number is None else self._number(number, written.span)
        match written:
            case tree.Name():
                return self._name(written)
            case tree.Negative(operand=operand):
                return self._function("negative", operand, written.span)
            case tree.Arithmetic(first=first, rest=rest):
                return self._chain(first, rest)
            case tree.Power(base=base, exponent=exponent):
                left, right = self._expression(base), self._expression(exponent)
                return self._arithmetic("**", left, right, written.span)
            case tree.Call():
                return self._call(written)
        message = "layers inside a cell have no meaning yet"
        self.sink.report(NOT_YET, written.span, message)
        return None

    def _number(self, number: float, span: Span) -> int:
        return self._term("number", "", (), (), span, value=float(number))

    def _name(self, name: tree.Name) -> int | None:
        table = self.after if name.primed else self.states | self.params | self.locals
        if name.text in table:
            self.used.add(table[name.text])
            return table[name.text]
        if name.text in self.names and not name.primed:
            if self.names[name.text] is not None:
                message = f"`{name.text}` is a function: give it an argument"
                self.sink.report(WRONG_PLACE, name.span, message)
            return None
        if name.primed and name.text in self.states:
            message = f"`{name.text}'` is used before it is given"
            self.sink.report(WRONG_PLACE, name.span, message)
            return None
        known = [*self.states, *self.params, *self.locals, *self.names]
        self.sink.report(
            UNDECLARED,
            name.span,
            f"nothing in this cell is called `{name.text}`",
            help=did_you_mean(name.text, known)
            or f"declare a weight with `param {name.text}`",
        )
        return None

    def _call(self, call: tree.Call) -> int | None:
        name = call.function.text
        function = self.names.get(name, name)
        plain = all(argument.name is None for argument in call.arguments)
        values = [argument.value for argument in call.arguments]
        if plain and function in FUNCTIONS and len(values) == 1:
            return self._function(str(function), values[0], call.span)
        if plain and function in ("min", "max") and len(values) == 2:
            left, right = (self._expression(value) for value in values)
            return self._arithmetic(str(function), left, right, call.span)
        if plain and function == "softmax" and len(values) == 1:
            return self._vector_op("softmax", values, call.span)
        if plain and function == "concat" and len(values) > 1:
            return self._vector_op("concat", values, call.span)
        if function in (*FUNCTIONS, "min", "max", "softmax", "concat"):
            count = {"min": "two values", "max": "two values", "concat": "two or more"}
            message = f"`{name}` takes {count.get(str(function), 'one value')}"
            self.sink.report(WRONG_OPTION, call.span, message)
            return None
        near = did_you_mean(name, [*FUNCTIONS, *map(str, self.names)])
        if near is None:
            message = f"`{name}` inside a cell has no meaning yet"
            self.sink.report(NOT_YET, call.span, message)
        else:
            message = f"no function is called `{name}`"
            self.sink.report(UNDECLARED, call.function.span, message, help=near)
        return None

    def _vector_op(
        self, op: str, values: list[tree.Expression], span: Span
    ) -> int | None:
        terms = [self._expression(value) for value in values]
        known = [term for term in terms if term is not None]
        if len(known) < len(terms):
            return None
        numbers = []
        for term, value in zip(known, values, strict=True):
            self._settle(term)
            sizes = self.terms[term].sizes or ()
            numbers.append(self.sizes.number(sizes[0]) if len(sizes) == 1 else None)
            if len(sizes) != 1 or (op == "concat" and numbers[-1] is None):
                message = f"`{op}` needs values of known width here"
                self.sink.report(OPEN_SHAPE, value.span, message)
                return None
        recurrent = any(self.terms[term].recurrent for term in known)
        sizes = self.terms[known[0]].sizes or ()
        if op == "concat":
            sizes = (self.sizes.new(sum(n for n in numbers if n is not None)),)
        return self._term("op", op, tuple(known), sizes, span, recurrent=recurrent)

    def _function(
        self, function: str, operand: tree.Expression, span: Span
    ) -> int | None:
        term = self._expression(operand)
        if term is None:
            return None
        self._settle(term)
        base = self.terms[term]
        self._used_as(base, "scale")
        return self._term(
            "function", function, (term,), base.sizes, span, recurrent=base.recurrent
        )

    def _chain(
        self, first: tree.Expression, rest: tuple[tuple[str, tree.Expression], ...]
    ) -> int | None:
        left = self._expression(first)
        for operator, operand in rest:
            right = self._expression(operand)
            span = first.span.to(operand.span)
            if operator == "@":
                left = self._product(left, right, span)
            elif operator in ("//", "%"):
                message = f"`{operator}` works on constants only"
                self.sink.report(WRONG_PLACE, span, message)
                left = None
            else:
                left = self._arithmetic(operator, left, right, span)
        return left

    def _product(self, a: int | None, b: int | None, span: Span) -> int | None:
        if a is None or b is None:
            return None
        self._settle(b)
        left, right = self.terms[a], self.terms[b]
        if right.sizes is None or len(right.sizes) != 1:
            message = "`@` needs a value with one axis on its right"
            self.sink.report(CELL_SIZE_MISMATCH, span, message)
            return None
        if left.sizes is None:
            left.sizes = (self.sizes.new(), right.sizes[0])
        if not left.sizes or not self._unify(left.sizes[-1], right.sizes[0], span):
            return None
        self._used_as(left, "recurrent" if right.recurrent else "kernel")
        self._used_as(right, "scale")
        recurrent = left.recurrent or right.recurrent
        sizes = left.sizes[:-1]
        return self._term("product", "@", (a, b), sizes, span, recurrent=recurrent)

    def _arithmetic(
        self, operator: str, a: int | None, b: int | None, span: Span
    ) -> int | None:
        if a is None or b is None:
            return None
        for one, other in ((a, b), (b, a)):
            if self.terms[one].sizes is None:
                self.terms[one].sizes = self.terms[other].sizes or None
            self._settle(one)
        left, right = self.terms[a], self.terms[b]
        if left.sizes and right.sizes and not self._same(a, b, span):
            return None
        for term in (left, right):
            self._used_as(term, "bias" if operator == "+" else "scale")
        return self._term(
            "arithmetic",
            operator,
            (a, b),
            left.sizes or right.sizes,
            span,
            recurrent=left.recurrent or right.recurrent,
        )

    def _used_as(self, term: Term, role: Role) -> None:
        """Note what a weight is for; one that is only ever added is a bias."""
        if term.kind == "param" and term.role in (None, "bias"):
            term.role = role if term.role is None or role != "bias" else "bias"

    # Sizes

    def _settle(self, term: int) -> None:
        """A weight used as it stands is a vector."""
        if self.terms[term].sizes is None:
            self.terms[term].sizes = (self.sizes.new(),)

    def _same(self, a: int, b: int, span: Span) -> bool:
        left, right = self.terms[a].sizes or (), self.terms[b].sizes or ()
        if len(left) != len(right):
            message = f"a value of {len(left)} axes meets one of {len(right)}"
            self.sink.report(CELL_SIZE_MISMATCH, span, message)
            return False
        return all(
            self._unify(one, other, span)
            for one, other in zip(left, right, strict=True)
        )

    def _unify(self, a: int, b: int, span: Span) -> bool:
        left, right = self.sizes.number(a), self.sizes.number(b)
        if self.sizes.unify(a, b):
            return True
        self.sink.report(
            CELL_SIZE_MISMATCH,
            span,
            f"{left} numbers meet {right} in the cell `{self.cell.name.text}`",
            label=f"{left} against {right}",
            help="a weight in between, as in `W @ x`, changes the width",
        )
        return False

    # At the end

    def _check_advanced(self) -> None:
        for name, term in self.states.items():
            if name not in self.after:
                self.sink.report(
                    STATE_NOT_ADVANCED,
                    self.terms[term].span,
                    f"the state `{name}` is never advanced",
                    help=f"give it a line `{name}' = ...`",
                )

    def _check_used(self) -> None:
        for name, term in self.params.items():
            sizes = self.terms[term].sizes
            span = self.terms[term].span
            if term not in self.used:
                message = f"the weight `{name}` is never used"
                self.sink.report(UNUSED_PARAM, span, message, help="leave it out")
            elif sizes is None or any(self.sizes.number(s) is None for s in sizes):
                self.sink.report(
                    OPEN_SHAPE,
                    span,
                    f"the shape of `{name}` does not follow from its use",
                    help=f"give it sizes, as in `param {name}[units]`",
                )
        for name, term in self.locals.items():
            if term not in self.used:
                message = f"`{name}` is never used"
                span = self.terms[term].span
                self.sink.report(UNUSED_NAME, span, message, help="leave it out")

    def _term(
        self,
        kind: Kind,
        detail: str,
        operands: tuple[int, ...],
        sizes: tuple[int, ...] | None,
        span: Span,
        *,
        value: float = 0.0,
        name: str = "",
        recurrent: bool = False,
    ) -> int:
        self.terms.append(
            Term(kind, detail, operands, sizes, span, value, name, recurrent)
        )
        return len(self.terms) - 1
