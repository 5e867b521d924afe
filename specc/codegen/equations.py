"""A cell's equations as statements of a program: one step, from the cell's graph.

Every equation becomes a statement under its own name. What depends on weights alone is
computed before the first step. An expression grows only so long before a part of it
gets a statement, so no cell can ask more of Python than it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from typing import Protocol

from msgspec import Struct

from specc.codegen.cell_layers import is_layer, kept_states, layer_step
from specc.codegen.equation_flow import Flow
from specc.codegen.expressions import (
    Atom,
    Binary,
    Expression,
    Index,
    Slice,
    Tuple_,
    Unary,
    literal,
)
from specc.codegen.gate_sums import GateSum, Vectors
from specc.codegen.layout import layout
from specc.codegen.names import Names
from specc.codegen.operands import Operand, aligned
from specc.codegen.plan import Step
from specc.codegen.snippets import mentioned_names
from specc.codegen.statements import Assign, Comment, Statement, assigned_names
from specc.ir.graph import Cell, ProductGroup
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.state import State
from specc.passes.group_products import sum_name


class ElementNotation(Protocol):
    """How a backend writes weights, and what is done element by element."""

    def weight(self, name: str) -> Expression:
        """A weight as it stands."""
        ...

    def function(self, name: str, x: Expression) -> Expression:
        """A function of one number, element by element."""
        ...

    def smaller(self, a: Expression, b: Expression) -> Expression:
        """The smaller of two numbers, element by element."""
        ...

    def larger(self, a: Expression, b: Expression) -> Expression:
        """The larger of two numbers, element by element."""
        ...

    def softmax(self, x: Expression) -> Expression:
        """Softmax over the last axis."""
        ...


class Notation(ElementNotation, Protocol):
    """How a backend writes what equations are made of."""

    def concat(self, parts: Sequence[Operand]) -> Expression:
        """Vectors side by side; one at least is batched, or none is."""
        ...

    def product(self, a: Operand, b: Operand) -> Expression:
        """`a @ b`: the sum over the last axis of both."""
        ...

    @property
    def joins_vectors(self) -> bool:
        """Whether vectors of weights may stand side by side."""
        ...

    def vectors(self, joint: Vectors) -> Expression:
        """Vectors of weights side by side, where they may stand so."""
        ...

    def products(self, group: ProductGroup, operand: Expression) -> Expression:
        """Several products with one operand, side by side in the group's order."""
        ...

    def split(self, whole: Expression, sizes: Sequence[int]) -> Expression:
        """The parts of what stands side by side, as a sequence."""
        ...

    def layer(self, step: Step) -> Sequence[Statement]:
        """The statements of a layer inside the cell."""
        ...


class Equations(Struct, frozen=True):
    """One step. `fixed` comes before the first step, `body` is every step.

    `before` are the variables that hold the states when `body` begins; `outside` those
    of the values from outside, each with its mask after it; `kept` those of the masks
    that states are dropped by while training.
    """

    fixed: tuple[Statement, ...]
    body: tuple[Statement, ...]
    before: tuple[str, ...]
    outside: tuple[str, ...]
    kept: tuple[str, ...]
    after: tuple[Operand, ...]
    output: Operand


def print_equations(cell: Cell, notation: Notation, names: Names, x: str) -> Equations:
    """The statements of one step.

    `names` is the scope they stand in, x the variable of what the cell reads.
    """
    return _Printer(cell, notation, names, x).print()


class _Printer:
    def __init__(self, cell: Cell, notation: Notation, names: Names, x: str) -> None:
        self.cell, self.notation, self.names = cell, notation, names
        self.flow = Flow(cell, sums_of_weights=notation.joins_vectors)
        self.fixed: list[Statement] = []
        self.body: list[Statement] = []
        self.values: list[Operand] = []
        self.parts: dict[int, Expression] = {}
        self.shared: dict[int, str] = {}
        self.sum = sum_name(cell)
        self.variables = self._leaf_names(x)
        self.masks = {
            cell.states[n].name: self.names.take(f"keep_{cell.states[n].name}")
            for n in kept_states(cell)
        }

    def print(self) -> Equations:
        before = tuple(self.variables[state.before.node] for state in self.cell.states)
        for number in range(len(self.cell.nodes)):
            self.values.append(self._value(number))
        return Equations(
            fixed=tuple(self.fixed),
            body=tuple(self.body),
            before=before,
            outside=tuple(
                self.variables[ref.node]
                for one in self.cell.outside
                for ref in (one.value, one.mask)
                if ref is not None
            ),
            kept=tuple(self.masks.values()),
            after=tuple(self.values[state.after.node] for state in self.cell.states),
            output=self.values[self.cell.output.node],
        )

    def _leaf_names(self, x: str) -> dict[int, str]:
        """Variables of the input and the states, which come before all others."""
        others = {
            number: self.names.take(node.name)
            for number, node in enumerate(self.cell.nodes)
            if isinstance(node.op, Input | State) and number > 0
        }
        return {0: x, **others}

    def _value(self, number: int) -> Operand:
        node, batched = self.cell.nodes[number], self.flow.batched[number]
        if number in self.flow.joined:
            return Operand(Atom("_"), node.type.rank, batched)
        if is_layer(node):
            return Operand(self._layer(number), node.type.rank, batched)
        expression = self._expression(number)
        if number in self.flow.stored:
            target = Atom(self._variable(number, number))
            self._block(number).append(Assign((target,), expression))
            expression = target
        weight = node.name if isinstance(node.op, Parameter) else ""
        return Operand(expression, node.type.rank, batched, weight)

    def _block(self, number: int) -> list[Statement]:
        return self.body if self.flow.stepwise[number] else self.fixed

    def _layer(self, number: int) -> Expression:
        """The variable of a layer's result, after the statements that make it."""
        node = self.cell.nodes[number]
        inputs = [self._input_variable(ref.node) for ref in node.inputs]
        masks = [
            None if ref is None else self.variables[ref.node] for ref in node.masks
        ]
        variable = self._variable(number, number, node.name.replace(".", "_"))
        step = layer_step(self.cell, number, [*inputs, variable], masks)
        if self.flow.stepwise[number]:
            self._layer_body(self.notation.layer(step))
        else:
            self.fixed.extend(self.notation.layer(step))
        return Atom(variable)

    def _layer_body(self, statements: Sequence[Statement]) -> None:
        """A layer's statements: those that see nothing of the step stand before it.

        Attention in a decoder makes the keys of what it attends to once.
        """
        leaves = [self.variables[state.before.node] for state in self.cell.states]
        moving = {self.variables[0], *leaves, *assigned_names(self.body)}
        comments: list[Statement] = []
        for statement in statements:
            if isinstance(statement, Comment):
                comments.append(statement)
                continue
            read = mentioned_names(layout([statement]))
            fixed = isinstance(statement, Assign) and moving.isdisjoint(read)
            (self.fixed if fixed else self.body).extend((*comments, statement))
            moving.update(() if fixed else assigned_names([statement]))
            comments = []

    def _input_variable(self, number: int) -> str:
        """The variable that a layer reads; a number has none."""
        expression = self.values[number].expression
        if isinstance(expression, Atom):
            return expression.text
        if isinstance(self.cell.nodes[number].op, Number):
            return "_"
        variable = self.names.take("part")
        self._block(number).append(Assign((Atom(variable),), expression))
        return variable

    def _variable(self, number: int, at: int, role: str = "part") -> str:
        """The variable for a value assigned where node `at` stands.

        A state after the step takes the variable of the state before it, once nobody
        reads that any more: `c = f * c + i * g`.
        """
        if number in self.shared:
            return self.shared[number]
        name = self.cell.nodes[number].local
        for place, state in enumerate(self.cell.states):
            if name != f"{state.name}'":
                continue
            if self.flow.stepwise[number] and self.flow.last_read[place] <= at:
                return self.variables[state.before.node]
            return self.names.take(f"{state.name}_new")
        if not name and number == self.cell.output.node:
            role = "output"
        return self.names.take(name or role)

    def _expression(self, number: int) -> Expression:
        node = self.cell.nodes[number]
        inputs = [self.values[ref.node] for ref in node.inputs]
        plain = [value.expression for value in inputs]
        if number in self.flow.together:
            return self._part(number)
        match node.op:
            case Input() | State():
                return Atom(self.variables[number])
            case Parameter():
                return self.notation.weight(node.name)
            case Number(value=value):
                return number_text(value)
            case Function(function="linear"):
                return plain[0]
            case Kept(state=state):
                return Binary("*", plain[0], Atom(self.masks[state]))
            case Function(function="negative"):
                return Unary("-", plain[0])
            case Function(function=name):
                return self.notation.function(name, plain[0])
            case Arithmetic(operator="min"):
                return self.notation.smaller(*aligned(inputs))
            case Arithmetic(operator="max"):
                return self.notation.larger(*aligned(inputs))
            case Arithmetic(operator="+" | "-" | "*" | "/" | "**" as operator):
                return Binary(operator, *aligned(inputs))
            case Product():
                return self.notation.product(inputs[0], inputs[1])
            case Section(start=start, stop=stop):
                whole = stop == self.cell.nodes[node.inputs[0].node].type.last.at({})
                ends = Slice(
                    literal(start) if start else None, None if whole else literal(stop)
                )
                return Index(plain[0], Tuple_((Slice(), ends)))
            case Softmax():
                return self.notation.softmax(plain[0])
            case Concat():
                return self.notation.concat(inputs)
        raise AssertionError(f"a cell has no {node.op.name()}")

    def _part(self, number: int) -> Expression:
        """A value that is made together with others, by the first of them."""
        if number in self.parts:
            return self.parts[number]
        if number in self.flow.sum_of:
            self._make_sums(self.flow.sum_of[number])
        else:
            self._make_products(self.flow.group_of[number])
        return self.parts[number]

    def _make_products(self, group: ProductGroup) -> None:
        operand = self.values[group.operand.node]
        by = operand.expression.text if isinstance(operand.expression, Atom) else "part"
        names = []
        for product in group.products:
            matrix = self.cell.nodes[product].inputs[0].node
            role = f"{self.cell.nodes[matrix].name}_{by}"
            names.append(self._variable(product, group.products[0], role))
        made = self.notation.products(group, operand.expression)
        self._split(group.products, names, made, self._block(group.operand.node))

    def _make_sums(self, one: GateSum) -> None:
        first = one.members[0]
        names = [self._gate_variable(member, first) for member in one.members]
        whole = reduce(partial(Binary, "+"), map(self._term, one.terms))
        self._split(one.members, names, whole, self.body)

    def _term(self, term: ProductGroup | Vectors) -> Expression:
        if isinstance(term, ProductGroup):
            operand = self.values[term.operand.node].expression
            return self.notation.products(term, operand)
        return self.notation.vectors(term)

    def _gate_variable(self, number: int, at: int) -> str:
        """The variable of a gate's sum: the gate's own, if it is a function of that.

        `i, f = split(x @ W + h @ U)` before `i = sigmoid(i)`, and `z_i, z_f` before
        `i = sigmoid(z_i + p_i * c)`.
        """
        reader = gate = self.flow.sole_reader(number)
        while gate is not None and not self.cell.nodes[gate].local:
            gate = self.flow.sole_reader(gate)
        if gate is None or self.cell.nodes[number].local:
            return self._variable(number, at, self.sum)
        node = self.cell.nodes[gate]
        is_next = gate == reader and isinstance(node.op, Function)
        if not is_next or node.local.endswith("'"):
            return self._variable(number, at, f"{self.sum}_" + node.local.rstrip("'"))
        self.shared[gate] = self._variable(number, at, node.local)
        return self.shared[gate]

    def _split(
        self,
        numbers: Sequence[int],
        names: Sequence[str],
        whole: Expression,
        block: list[Statement],
    ) -> None:
        targets = tuple(map(Atom, names))
        self.parts.update(zip(numbers, targets, strict=True))
        sizes = [self.cell.nodes[number].type.last.at({}) for number in numbers]
        block.append(Assign(targets, self.notation.split(whole, sizes)))


def number_text(value: float) -> Expression:
    """A number, as a whole one where it is one: `1 - z`, `x**2`."""
    whole = value.is_integer() and abs(value) < 2**31
    return literal(int(value) if whole else value)
