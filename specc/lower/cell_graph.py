"""Solved terms of a cell to its graph in the IR, with its weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, convert
from msgspec.structs import replace

from specc.diagnostics.codes import SIZE_MISMATCH, WRONG_OPTION
from specc.ir.formula import Formula
from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.op import IllTyped, Op, Weighted
from specc.ir.types import Type, features, floats
from specc.ir.weights import Role, Start, Weight
from specc.lower.cell_terms import Term, Terms
from specc.lower.recurrent_bias import RecurrentBiases, find_recurrent_biases
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

DEFAULTS: dict[Role, Start] = {
    "kernel": "glorot_uniform",
    "recurrent": "orthogonal",
    "bias": "zeros",
    "scale": "zeros",
}
CONCERNS: dict[str, tuple[Role, ...]] = {
    "kernel": ("kernel",),
    "recurrent": ("recurrent",),
    "recurrent_bias": ("recurrent",),
    "weight_dropout": ("recurrent",),
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
    initial: Mapping[str, Start]
    output: int | None
    outside: Mapping[str, int]


class Misfit(Exception):
    """A type rule's refusal of a layer inside the cell, with its place."""

    def __init__(self, error: IllTyped, span: Span) -> None:
        self.error, self.span = error, span
        super().__init__(error.message)


NOT_GIVEN = RecurrentOptions()


def check_options(part: Part, options: RecurrentOptions) -> None:
    """Refuse options for kinds of weights that the cell does not have."""
    roles = {_role(part, number) for number in part.params.values()}
    layers = [term for term in part.terms.all if term.kind == "layer"]
    if layers:  # only `frozen` is for their weights as well
        roles.add("scale")
    for option in options.__struct_fields__:
        kinds = CONCERNS.get(option)
        if getattr(options, option) == getattr(NOT_GIVEN, option):
            continue
        if kinds is not None and not roles.intersection(kinds):
            raise IllTyped(
                WRONG_OPTION,
                f"`{option}` means nothing here: `{part.name}` has no such weights",
                help=f"leave `{option}` out",
            )


def make_graph(
    part: Part, options: RecurrentOptions, starts: Mapping[str, Start]
) -> Cell:
    """The graph of the cell; biases the user left out are gone from it.

    `starts`: how the use wants single weights to start.

    Raises `IllTyped` where a weight cannot have the option's value, and `Misfit` where
    a layer refuses its input.
    """
    biases = _recurrent_biases(part, options)
    absent = _absent(part, options, biases)
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
        name: _weight(part, name, number, options, given_starts.get(name))
        for name, number in part.params.items()
        if number not in absent
    }
    for product, name in biases.missing.items():
        own[name] = _bias_weight(part, name, product, options)
    _check_starts(part.name, own, starts)
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


NO_BIASES = RecurrentBiases({}, {}, frozenset())


def _recurrent_biases(part: Part, options: RecurrentOptions) -> RecurrentBiases:
    """The biases of products with states, where the use says something of them."""
    wanted = options.recurrent_bias
    if wanted is None:
        return NO_BIASES
    taken = frozenset((*part.params, *(term.name for term in part.terms.all)))
    found = find_recurrent_biases(part.terms, part.params, taken)
    if wanted != "none":
        return found
    if not found.own:
        raise IllTyped(
            WRONG_OPTION,
            f"`recurrent_bias = none` means nothing here: `{part.name}` has no bias "
            "that belongs to a product with a state",
            help="leave `recurrent_bias` out",
        )
    return RecurrentBiases(found.own, {}, frozenset())


def _absent(part: Part, options: RecurrentOptions, biases: RecurrentBiases) -> set[int]:
    """The biases that the use leaves out."""
    recurrent = set(biases.own.values())
    absent = recurrent if options.recurrent_bias == "none" else set()
    if options.bias == "none":
        every = {n for n in part.params.values() if part.terms[n].role == "bias"}
        absent = absent | (every - recurrent)
    return absent


def _added_biases(
    part: Part, biases: RecurrentBiases, nodes: list[Node]
) -> dict[int, Ref]:
    """The weights that the use adds, by the product that each is for."""
    found: dict[int, Ref] = {}
    for product, name in biases.missing.items():
        term = part.terms[product]
        op = Parameter(type=floats(*_shape(part, term)))
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


def _bias_weight(
    part: Part, name: str, product: int, options: RecurrentOptions
) -> Weight:
    shape, start = _shape(part, part.terms[product]), options.recurrent_bias
    assert start is not None and start != "none", "it was asked for"
    plain = replace(options, bias=None)
    return plain.weight(name, shape, "bias", start, (shape[0], shape[0]))


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
        case "part":
            size = next(iter(_shape(part, term)), None)
            return Section(start=int(term.value), size=size)
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


def _shape(part: Part, term: Term) -> tuple[int, ...]:
    numbers = [part.terms.sizes.number(size) for size in term.sizes or ()]
    return tuple(number for number in numbers if number is not None)


def _role(part: Part, number: int) -> Role:
    """What a weight is for; one whose uses do not say is a kernel if it is a matrix."""
    term = part.terms[number]
    return term.role or ("kernel" if len(term.sizes or ()) > 1 else "scale")


def _weight(
    part: Part, name: str, number: int, options: RecurrentOptions, start: Start | None
) -> Weight:
    shape = _shape(part, part.terms[number])
    role = _role(part, number)
    initial = part.initial.get(name, DEFAULTS[role])
    if role == "recurrent" and initial == "orthogonal" and len(shape) != 2:
        initial = "glorot_uniform"
    if start is not None:
        initial = start
        options = replace(options, kernel=None, recurrent=None, bias=None)
    return options.weight(name, shape, role, initial, (shape[-1], shape[0]))


def _check_starts(
    cell: str, weights: Mapping[str, Weight], starts: Mapping[str, Start]
) -> None:
    """Refuse a start for a weight that is gone, or from one of another shape."""
    for name in starts:
        if name not in weights:
            raise IllTyped(
                WRONG_OPTION,
                f"`{cell}` has no `{name}` here, which shall start as `{starts[name]}`",
                help=f"leave `{name}` out",
            )
    for weight in weights.values():
        uses = weight.initial.uses if isinstance(weight.initial, Formula) else ()
        for name in uses:
            other = weights.get(name)
            if other is None or other.shape != weight.shape:
                found = "is left out" if other is None else f"has {list(other.shape)}"
                raise IllTyped(
                    WRONG_OPTION,
                    f"`{weight.name}` of {list(weight.shape)} numbers starts from "
                    f"`{name}`, which {found}",
                )
