"""Solved terms of a cell to its graph in the IR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import convert
from msgspec.structs import replace

from specc.diagnostics.codes import SIZE_MISMATCH, WRONG_OPTION
from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.op import IllTyped, Op, Weighted
from specc.ir.types import Type, features, floats
from specc.ir.weights import Start, Weight
from specc.lower.cell_terms import Term
from specc.lower.cell_weights import (
    Part,
    absent_weights,
    bias_weight,
    check_starts,
    recurrent_biases,
    shape_of,
    weight_of,
)
from specc.lower.recurrent_bias import RecurrentBiases
from specc.lower.recurrent_options import RecurrentOptions
from specc.lower.wording import shown
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.state import State as StateOp
from specc.text import Span


class Misfit(Exception):
    """A type rule's refusal of a layer inside the cell, with its place."""

    def __init__(self, error: IllTyped, span: Span) -> None:
        self.error, self.span = error, span
        super().__init__(error.message)


def make_graph(
    part: Part, options: RecurrentOptions, starts: Mapping[str, Start]
) -> Cell:
    """The graph of the cell; biases the user left out are gone from it.

    `starts`: how the use wants single weights to start.

    Raises `IllTyped` where a weight cannot have the option's value, and `Misfit` where
    a layer refuses its input.
    """
    biases = recurrent_biases(part, options)
    absent = absent_weights(part, options, biases)
    refs: dict[int, Ref] = {}
    nodes: list[Node] = []
    leading, equations = _order(part)
    for number in leading:
        if number not in absent:
            refs[number] = Ref(len(nodes))
            nodes.append(_node(part, part.terms[number], nodes, []))
    added = _added_biases(part, biases, nodes)
    for number in equations:
        term = part.terms[number]
        # Only sums have a side that is absent: anything else makes it no bias.
        kept = [operand for operand in term.operands if operand not in absent]
        if len(kept) < len(term.operands):
            refs[number] = _left_over(nodes, [refs[o] for o in kept], term)
        else:
            refs[number] = Ref(len(nodes))
            given = [refs[o] for o in kept]
            if term.layer is None:
                nodes.append(_node(part, term, nodes, given))
            else:
                nodes.append(_layer(part, term, nodes, given, refs, options))
        bias = added.get(_owing(term, number, biases))
        if bias is not None:
            refs[number] = _plus(nodes, refs[number], bias)
    chosen = options.recurrent_bias
    given_starts = {
        name: chosen
        for name, number in part.params.items()
        if number in biases.own.values() and chosen is not None and chosen != "none"
    } | dict(starts)
    own = {
        name: weight_of(part, name, number, options, given_starts.get(name))
        for name, number in part.params.items()
        if number not in absent
    }
    for product, name in biases.missing.items():
        own[name] = bias_weight(part, name, product, options)
    check_starts(part.name, own, starts)
    first = part.after[next(iter(part.states))]
    output = part.output if part.output is not None else first
    return Cell(
        name=part.name,
        nodes=tuple(nodes),
        weights=(*own.values(), *_inner_weights(nodes)),
        states=tuple(
            State(name=name, before=refs[term], after=refs[part.after[name]])
            for name, term in part.states.items()
        ),
        output=refs[output],
        outside=tuple(
            Outside(name=name, value=refs[term], mask=_mask(part, term, refs))
            for name, term in part.outside.items()
        ),
    )


def _mask(part: Part, term: int, refs: Mapping[int, Ref]) -> Ref | None:
    mask = part.terms[term].mask
    return None if mask is None else refs[mask]


def _inner_weights(nodes: Sequence[Node]) -> Iterator[Weight]:
    """The weights of the layers inside, under their paths; shared ones once."""
    for node in nodes:
        for weight in node.weights if node.owner is None else ():
            yield replace(weight, name=f"{node.name}.{weight.name}")


def _layer(
    part: Part,
    term: Term,
    nodes: list[Node],
    inputs: list[Ref],
    refs: Mapping[int, Ref],
    options: RecurrentOptions,
) -> Node:
    """A layer inside the cell; it is frozen where the whole cell is."""
    assert term.layer is not None
    op = term.layer.op
    if options.frozen and isinstance(op, Weighted):
        op = replace(op, frozen=True)
    types = [nodes[ref.node].types[ref.output] for ref in inputs]
    try:
        result = op.result(*types)
        weights = op.weights(*types)
    except IllTyped as error:
        raise Misfit(error, term.span) from error
    assert isinstance(result, Type)
    path = term.layer.path
    owner = next((n for n, node in enumerate(nodes) if node.name == path), None)
    if owner is not None and nodes[owner].weights != weights:
        raise Misfit(_clash(path, types), term.span)
    masks = tuple(
        _mask(part, operand, refs) if reading else None
        for operand, reading in zip(term.operands, op.reads(*types), strict=True)
    )
    return Node(
        op=op,
        inputs=tuple(inputs),
        types=(result,),
        name=term.layer.path,
        span=term.span,
        values=(term.name,),
        weights=weights,
        owner=owner,
        masks=masks if any(masks) else (),
    )


def _clash(path: str, types: Sequence[Type]) -> IllTyped:
    found = " and ".join(f"`{type}`" for type in types)
    return IllTyped(
        SIZE_MISMATCH,
        f"`{path}` has one set of weights of another width, but is used on {found}",
        help="bind a second layer with `let` for values of another width",
    )


def _order(part: Part) -> tuple[list[int], list[int]]:
    """Input, values from outside, states, weights; and the equations."""
    seen = [n for n, term in enumerate(part.terms.all) if term.kind == "mask"]
    seen += part.outside.values()
    first = [0, *sorted(seen), *part.states.values(), *part.params.values()]
    leading = set(first)
    return first, [n for n in range(len(part.terms.all)) if n not in leading]


def _added_biases(
    part: Part, biases: RecurrentBiases, nodes: list[Node]
) -> dict[int, Ref]:
    """The weights that the use adds, by the product that each is for."""
    found: dict[int, Ref] = {}
    for product, name in biases.missing.items():
        term = part.terms[product]
        op = Parameter(type=floats(*shape_of(part, term)))
        found[product] = Ref(len(nodes))
        nodes.append(
            Node(op=op, inputs=(), types=(op.type,), name=name, span=term.span)
        )
    return found


def _owing(term: Term, number: int, biases: RecurrentBiases) -> int:
    """The product whose bias is added here: this one, or the last of this sum."""
    if term.kind == "arithmetic" and term.operands[-1] in biases.owed:
        return term.operands[-1]
    return -1 if number in biases.owed else number


def _plus(nodes: list[Node], sum: Ref, bias: Ref) -> Ref:
    """A value and a bias added to it, under the value's name."""
    node = nodes[sum.node]
    nodes[sum.node] = replace(node, name="")
    op = Arithmetic(operator="+")
    nodes.append(replace(node, op=op, inputs=(sum, bias)))
    return Ref(len(nodes) - 1)


def _left_over(nodes: list[Node], kept: list[Ref], sum: Term) -> Ref:
    """A sum whose other side is gone: its operand, under the sum's name."""
    node = nodes[kept[0].node] if kept else None
    if node is None or node.type.rank != len(sum.sizes or ()):
        raise IllTyped(
            WRONG_OPTION,
            f"`bias = none` would leave nothing of `{shown(sum.span)}`",
            help="leave `bias = none` out",
        )
    if sum.name and not node.name:
        nodes[kept[0].node] = replace(node, name=sum.name)
    return kept[0]


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
            return Input(type=floats(*shape_of(part, term)))
        case "part":
            size = next(iter(shape_of(part, term)), None)
            return Section(start=int(term.value), size=size)
        case "outside":
            return Input(type=_type(part, term))
        case "mask":
            return Input(type=Type(dtype="bool", axes=_type(part, term).axes))
        case "state":
            return StateOp(type=floats(*shape_of(part, term)))
        case "param":
            return Parameter(type=floats(*shape_of(part, term)))
        case "number":
            return Number(value=term.value)
        case "function":
            return convert({"function": term.detail}, Function)
        case "arithmetic":
            return convert({"operator": term.detail}, Arithmetic)
        case "product":
            return Product()
        case "op":
            return Softmax() if term.detail == "softmax" else Concat()
        case "layer":
            raise AssertionError("a layer has its op")


def _type(part: Part, term: Term) -> Type:
    """The type of a value from outside, whose axes may be open."""
    sizes = part.terms.sizes
    axes = [
        sizes.opens.get(size) or features(sizes.number(size) or 0)
        for size in term.sizes or ()
    ]
    return Type(dtype="float", axes=tuple(axes))
