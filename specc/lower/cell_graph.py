"""Solved terms of a cell to its graph in the IR, with its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specc.ir.graph import Cell, Node, Ref, State
from specc.ir.op import Op
from specc.ir.types import Type, floats
from specc.ir.weights import Initializer, Role, Weight
from specc.lower.cell_terms import Sizes, Term
from specc.lower.recurrent_options import RecurrentOptions
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.softmax import Softmax
from specc.ops.state import State as StateOp

DEFAULTS: dict[Role, Initializer] = {
    "kernel": "glorot_uniform",
    "recurrent": "orthogonal",
    "bias": "zeros",
    "scale": "zeros",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A cell without errors: every size has its number."""

    name: str
    terms: list[Term]
    sizes: Sizes
    states: Mapping[str, int]
    after: Mapping[str, int]
    params: Mapping[str, int]
    initial: Mapping[str, Initializer]
    output: int | None


def make_graph(part: Part, options: RecurrentOptions) -> Cell:
    """The graph of the cell; biases the user left out are gone from it."""
    absent = {
        term
        for term in part.params.values()
        if options.bias == "none" and part.terms[term].role == "bias"
    }
    refs: dict[int, Ref] = {}
    nodes: list[Node] = []
    for number in _order(part):
        if number in absent:
            continue
        term = part.terms[number]
        kept = [operand for operand in term.operands if operand not in absent]
        if term.operands and not kept:
            absent.add(number)
        elif len(kept) < len(term.operands):
            refs[number] = _renamed(nodes, refs[kept[0]], term.name)
        else:
            refs[number] = Ref(len(nodes))
            nodes.append(_node(part, term, nodes, [refs[o] for o in kept]))
    first = part.after[next(iter(part.states))]
    output = part.output if part.output is not None else first
    return Cell(
        name=part.name,
        nodes=tuple(nodes),
        weights=tuple(
            _weight(part, name, term, options)
            for name, term in part.params.items()
            if term not in absent
        ),
        states=tuple(
            State(name=name, before=refs[term], after=refs[part.after[name]])
            for name, term in part.states.items()
        ),
        output=refs[output],
    )


def _order(part: Part) -> list[int]:
    """Input, states, weights, then the equations."""
    first = [0, *part.states.values(), *part.params.values()]
    leading = set(first)
    return first + [n for n in range(len(part.terms)) if n not in leading]


def _renamed(nodes: list[Node], ref: Ref, name: str) -> Ref:
    """A sum whose other side is gone: its operand, under the sum's name."""
    node = nodes[ref.node]
    if name and not node.name:
        nodes[ref.node] = node.model_copy(update={"name": name})
        return ref
    return ref


def _node(part: Part, term: Term, nodes: list[Node], inputs: list[Ref]) -> Node:
    op = _op(part, term)
    types = [nodes[ref.node].types[ref.output] for ref in inputs]
    result = op.result(*types)
    assert isinstance(result, Type)
    return Node(
        op=op, inputs=tuple(inputs), types=(result,), name=term.name, span=term.span
    )


def _op(part: Part, term: Term) -> Op:
    match term.kind:
        case "input":
            return Input(type=floats(*_shape(part, term)))
        case "state":
            return StateOp(type=floats(*_shape(part, term)))
        case "param":
            return Parameter(type=floats(*_shape(part, term)))
        case "number":
            return Number(value=term.value)
        case "function":
            return Function(function=term.detail)
        case "arithmetic":
            return Arithmetic(operator=term.detail)
        case "product":
            return Product()
        case "op":
            return {"softmax": Softmax, "concat": Concat}[term.detail]()


def _shape(part: Part, term: Term) -> tuple[int, ...]:
    numbers = [part.sizes.number(size) for size in term.sizes or ()]
    return tuple(number for number in numbers if number is not None)


def _weight(part: Part, name: str, number: int, options: RecurrentOptions) -> Weight:
    term = part.terms[number]
    shape = _shape(part, term)
    role = term.role or ("kernel" if len(shape) > 1 else "scale")
    initial = part.initial.get(name, DEFAULTS[role])
    if role == "recurrent" and initial == "orthogonal" and len(shape) != 2:
        initial = "glorot_uniform"
    return options.weight(name, shape, role, initial, (shape[-1], shape[0]))
