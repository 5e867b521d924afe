"""Forms: a cell's equations without names and without the order of sums and products.

Cells of equal form compute the same, and their weights correspond one to one. Forms are
digests made bottom-up, every part once, so they are linear in the size of the cell.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

from specc.ir.graph import Cell, Node
from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.state import State

FLATTENED = ("+", "*")
LONGEST = 20
"""No stock cell has a longer sum; a sum of sums of sums could be far longer."""
COMMUTATIVE = ("+", "*", "min", "max")


class Term(Struct, frozen=True):
    """A part of an equation: what it is, and the numbers of the terms it takes."""

    label: str
    operands: tuple[int, ...] = ()
    weight: str = ""


class Form(Struct, frozen=True):
    """What a cell computes, and its weights in an order that equal forms share."""

    results: tuple[str, ...]
    weights: tuple[str, ...]


@lru_cache(maxsize=64)  # layers that are alike run the same cell
def cell_form(cell: Cell) -> Form:
    """The form of a cell's states after the step."""
    places = {s.before.node: place for place, s in enumerate(cell.states)}
    terms = [_term(number, node, places) for number, node in enumerate(cell.nodes)]
    return find_form(terms, [state.after.node for state in cell.states])


def _term(number: int, node: Node, places: Mapping[int, int]) -> Term:
    operands = tuple(ref.node for ref in node.inputs)
    match node.op:
        case Input():
            return Term("x")
        case State():
            return Term(f"state {places[number]}")
        case Parameter():
            return Term("weight", weight=node.name)
        case Number(value=value):
            return Term(repr(value))
        case Function(function=name):
            return Term(name, operands)
        case Kept():  # whether it drops as Keras does is another question
            return Term("linear", operands)
        case Arithmetic(operator=operator):
            return Term(operator, operands)
    return Term(node.op.name(), operands)


def text_form(
    text: str,
    states: Sequence[str],
    functions: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> Form:
    """The form of equations written in Python, `h_` being `h` after the step.

    `functions` says what the names of functions stand for. Sums are without the weights
    `left_out`. Every name that is no state and has no equation is a weight.
    """
    reader = _Reader(states, functions, left_out)
    for line in text.strip().splitlines():
        name, _, equation = line.strip().partition(" = ")
        reader.names[name] = reader.read(ast.parse(equation, mode="eval").body)
    return find_form(reader.terms, [reader.names[f"{state}_"] for state in states])


class _Reader:
    OPERATORS: Mapping[type[ast.operator], str] = {
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.MatMult: "product",
    }

    def __init__(
        self,
        states: Sequence[str],
        functions: Mapping[str, str],
        left_out: Sequence[str],
    ) -> None:
        self.functions, self.left_out = functions, left_out
        self.terms = [Term("x"), *(Term(f"state {n}") for n in range(len(states)))]
        self.names = {name: number for number, name in enumerate(["x", *states])}

    def read(self, node: ast.expr) -> int:
        match node:
            case ast.Name(id=name):
                if name not in self.names:
                    self.names[name] = self._add(Term("weight", weight=name))
                return self.names[name]
            case ast.Constant(value=value):
                return self._add(Term(repr(float(value))))  # type: ignore[arg-type]
            case ast.Call(func=ast.Name(id=name), args=[operand]):
                return self._add(Term(self.functions[name], (self.read(operand),)))
            case ast.BinOp(left=left, right=ast.Name(id=name)) if name in self.left_out:
                return self.read(left)
            case ast.BinOp(left=left, op=op, right=right):
                operands = (self.read(left), self.read(right))
                return self._add(Term(self.OPERATORS[type(op)], operands))
        raise AssertionError(ast.dump(node))

    def _add(self, term: Term) -> int:
        self.terms.append(term)
        return len(self.terms) - 1


def find_form(terms: Sequence[Term], results: Sequence[int]) -> Form:
    """The form of some of the terms, all of which stand after those they take."""
    operands = _flatten(terms)
    rough = _digests(terms, operands, {})
    order = _weights_in_order(terms, operands, rough, results)
    exact = _digests(terms, operands, {name: str(n) for n, name in enumerate(order)})
    return Form(tuple(exact[number] for number in results), tuple(order))


def _flatten(terms: Sequence[Term]) -> list[tuple[int, ...]]:
    """The operands of every term; those of a sum of sums are one row."""
    found: list[tuple[int, ...]] = []
    for term in terms:
        row: list[int] = []
        for operand in term.operands:
            same = term.label in FLATTENED and terms[operand].label == term.label
            short = len(found[operand]) <= LONGEST
            row += found[operand] if same and short else (operand,)
        found.append(tuple(row))
    return found


def _digests(
    terms: Sequence[Term],
    operands: Sequence[tuple[int, ...]],
    weights: Mapping[str, str],
) -> list[str]:
    """A digest of each term; weights without a number are all alike."""
    found: list[str] = []
    for term, row in zip(terms, operands, strict=True):
        if term.label == "linear":
            found.append(found[row[0]])
            continue
        parts = [found[operand] for operand in row]
        if term.label in COMMUTATIVE:
            parts.sort()
        text = "\n".join([term.label, weights.get(term.weight, ""), *parts])
        found.append(sha256(text.encode()).hexdigest())
    return found


def _weights_in_order(
    terms: Sequence[Term],
    operands: Sequence[tuple[int, ...]],
    digests: Sequence[str],
    results: Sequence[int],
) -> list[str]:
    """The weights as they are met from the results down, in the order of digests."""
    order: dict[str, None] = {}
    seen: set[int] = set()
    waiting = list(reversed(results))
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        if terms[number].label == "weight":
            order[terms[number].weight] = None
        row = list(operands[number])
        if terms[number].label in COMMUTATIVE:
            row.sort(key=lambda operand: digests[operand])
        waiting += reversed(row)
    return list(order)
