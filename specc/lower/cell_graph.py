"""Solved terms of a cell to its graph in the IR, with its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, convert
from msgspec.structs import fields, replace

from specc.diagnostics.codes import WRONG_OPTION
from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.op import IllTyped, Op, Weighted
from specc.ir.types import Type, features, floats
from specc.ir.weights import Initializer, Role, Weight
from specc.lower.cell_terms import Term, Terms
from specc.lower.recurrent_options import RecurrentOptions
from specc.lower.wording import shown
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.softmax import Softmax
from specc.ops.state import State as StateOp
from specc.text import Span

DEFAULTS: dict[Role, Initializer] = {
    "kernel": "glorot_uniform",
    "recurrent": "orthogonal",
    "bias": "zeros",
    "scale": "zeros",
}
CONCERNS: dict[str, tuple[Role, ...]] = {
    "kernel": ("kernel",),
    "recurrent": ("recurrent",),
    "l1": ("kernel", "recurrent"),
    "l2": ("kernel", "recurrent"),
    "bias": ("bias",),
    "frozen": ("kernel", "recurrent", "bias", "scale"),
}
"""The weights that an option of a recurrent layer is for."""


class Part(Struct, frozen=True):
    """A cell without errors: every size has its number."""

    name: str
    terms: Terms
    states: Mapping[str, int]
    after: Mapping[str, int]
    params: Mapping[str, int]
    initial: Mapping[str, Initializer]
    output: int | None
    outside: Mapping[str, int]


class Misfit(Exception):
    """A type rule's refusal of a layer inside the cell, with its place."""

    def __init__(self, error: IllTyped, span: Span) -> None:
        self.error, self.span = error, span
        super().__init__(error.message)


def check_options(part: Part, options: RecurrentOptions) -> None:
    """Refuse options for kinds of weights that the cell does not have."""
    roles = {_role(part, number) for number in part.params.values()}
    layers = [term for term in part.terms.all if term.kind == "layer"]
    if layers:  # only `frozen` is for their weights as well
        roles.add("scale")
    for field in fields(options):
        option, kinds = field.name, CONCERNS.get(field.name)
        if getattr(options, option) == field.default:
            continue
        if kinds is not None and not roles.intersection(kinds):
            raise IllTyped(
                WRONG_OPTION,
                f"`{option}` means nothing here: `{part.name}` has no such weights",
                help=f"leave `{option}` out",
            )


def make_graph(part: Part, options: RecurrentOptions) -> Cell:
    """The graph of the cell; biases the user left out are gone from it.

    Raises `IllTyped` where a weight cannot have the option's value, and `Misfit` where
    a layer refuses its input.
    """
    absent = {
        number
        for number in part.params.values()
        if options.bias == "none" and part.terms[number].role == "bias"
    }
    refs: dict[int, Ref] = {}
    nodes: list[Node] = []
    for number in _order(part):
        if number in absent:
            continue
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
    own = [
        _weight(part, name, number, options)
        for name, number in part.params.items()
        if number not in absent
    ]
    first = part.after[next(iter(part.states))]
    output = part.output if part.output is not None else first
    return Cell(
        name=part.name,
        nodes=tuple(nodes),
        weights=(*own, *_inner_weights(nodes)),
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
    """The weights of the layers inside, under their paths."""
    for node in nodes:
        for weight in node.weights:
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
    masks = tuple(_mask(part, operand, refs) for operand in term.operands)
    return Node(
        op=op,
        inputs=tuple(inputs),
        types=(result,),
        name=term.layer.path,
        span=term.span,
        values=(term.name,),
        weights=weights,
        masks=masks if op.uses_mask and any(masks) else (),
    )


def _order(part: Part) -> list[int]:
    """Input, values from outside, states, weights, then the equations."""
    seen = [n for n, term in enumerate(part.terms.all) if term.kind == "mask"]
    seen += part.outside.values()
    first = [0, *sorted(seen), *part.states.values(), *part.params.values()]
    leading = set(first)
    return first + [n for n in range(len(part.terms.all)) if n not in leading]


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
            return Input(type=floats(*_shape(part, term)))
        case "outside":
            return Input(type=_type(part, term))
        case "mask":
            return Input(type=Type(dtype="bool", axes=_type(part, term).axes))
        case "state":
            return StateOp(type=floats(*_shape(part, term)))
        case "param":
            return Parameter(type=floats(*_shape(part, term)))
        case "number":
            return Number(value=term.value)
        case "function":
            return convert({"function": term.detail}, Function)
        case "arithmetic":
            return convert({"operator": term.detail}, Arithmetic)
        case "product":
            return Product()
        case "op":
            return {"softmax": Softmax, "concat": Concat}[term.detail]()
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


def _shape(part: Part, term: Term) -> tuple[int, ...]:
    numbers = [part.terms.sizes.number(size) for size in term.sizes or ()]
    return tuple(number for number in numbers if number is not None)


def _role(part: Part, number: int) -> Role:
    """What a weight is for; one whose uses do not say is a kernel if it is a matrix."""
    term = part.terms[number]
    return term.role or ("kernel" if len(term.sizes or ()) > 1 else "scale")


def _weight(part: Part, name: str, number: int, options: RecurrentOptions) -> Weight:
    shape = _shape(part, part.terms[number])
    role = _role(part, number)
    initial = part.initial.get(name, DEFAULTS[role])
    if role == "recurrent" and initial == "orthogonal" and len(shape) != 2:
        initial = "glorot_uniform"
    return options.weight(name, shape, role, initial, (shape[-1], shape[0]))
