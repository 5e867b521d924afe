"""The weights of a cell: what each is for, where it starts, which are left out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from specc.diagnostics.codes import WRONG_OPTION
from specc.ir.formula import Formula
from specc.ir.op import IllTyped
from specc.ir.weights import Role, Start, Weight
from specc.lower.cell_terms import Term, Terms
from specc.lower.recurrent_bias import RecurrentBiases, find_recurrent_biases
from specc.lower.recurrent_options import RecurrentOptions

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


NO_BIASES = RecurrentBiases({}, {}, frozenset())


def recurrent_biases(part: Part, options: RecurrentOptions) -> RecurrentBiases:
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


def absent_weights(
    part: Part, options: RecurrentOptions, biases: RecurrentBiases
) -> set[int]:
    """The biases that the use leaves out."""
    recurrent = set(biases.own.values())
    absent = recurrent if options.recurrent_bias == "none" else set()
    if options.bias == "none":
        every = {n for n in part.params.values() if part.terms[n].role == "bias"}
        absent = absent | (every - recurrent)
    return absent


def bias_weight(
    part: Part, name: str, product: int, options: RecurrentOptions
) -> Weight:
    """A bias that the use adds to a product with a state."""
    shape, start = shape_of(part, part.terms[product]), options.recurrent_bias
    assert start is not None and start != "none", "it was asked for"
    plain = replace(options, bias=None)
    return plain.weight(name, shape, "bias", start, (shape[0], shape[0]))


def shape_of(part: Part, term: Term) -> tuple[int, ...]:
    """The sizes of a term, as numbers."""
    numbers = [part.terms.sizes.number(size) for size in term.sizes or ()]
    return tuple(number for number in numbers if number is not None)


def _role(part: Part, number: int) -> Role:
    """What a weight is for; one whose uses do not say is a kernel if it is a matrix."""
    term = part.terms[number]
    return term.role or ("kernel" if len(term.sizes or ()) > 1 else "scale")


def weight_of(
    part: Part, name: str, number: int, options: RecurrentOptions, start: Start | None
) -> Weight:
    """A weight of the cell's own, as its role, the use and its line say."""
    shape = shape_of(part, part.terms[number])
    role = _role(part, number)
    initial = part.initial.get(name, DEFAULTS[role])
    if role == "recurrent" and initial == "orthogonal" and len(shape) != 2:
        initial = "glorot_uniform"
    if start is not None:
        initial = start
        options = replace(options, kernel=None, recurrent=None, bias=None)
    return options.weight(name, shape, role, initial, (shape[-1], shape[0]))


def check_starts(
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
