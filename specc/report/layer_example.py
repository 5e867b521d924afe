"""A layer's example, worked out: weights and cost, or numbers without weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from specc.ir.amount import Amount
from specc.ir.graph import Model, Ref
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.lower import lower_text
from specc.ops._sequence import is_time
from specc.passes import run_passes
from specc.report.cost import Sizes, count_cost
from specc.report.formula import count_formula
from specc.syntax.format import format_text
from specc.text import Source

if TYPE_CHECKING:
    from specc.reference.arguments import Array

LENGTH = 5
"""How many steps an example has where its type leaves that open; the last is masked."""
MOST_AXES = 2
"""Values with more axes than these are not printed."""
MASKED = "-"
DIGITS = 4


class WorkedExample(Struct, frozen=True):
    """An example that was compiled. `text` is the spec, in canonical layout.

    `weights` go by the names of the equations where one layer has them all; `formula`
    is their count then. `numbers`: what it computes, a line for every input and output
    as name and text; empty where the layer has weights, whose numbers would be drawn.
    """

    text: str
    weights: tuple[tuple[str, Weight], ...]
    formula: str
    multiply_adds: Amount
    numbers: tuple[tuple[str, str], ...]


def work_out(example: str) -> WorkedExample:
    """Compile an example, `(x: float[T, 3]) -> y: float[T, 4] { x -> dense(4) }`.

    Raises `Failure` if it is no model. Needs NumPy.
    """
    text = format_text(Source("example", example_text(example)))
    model = run_passes(lower_text(text, "example"))
    owners = [node for node in model.nodes if node.weights and node.owner is None]
    alone = len(owners) == 1
    weights = tuple(
        (weight.name if alone else f"{node.name}.{weight.name}", weight)
        for node in owners
        for weight in node.weights
    )
    return WorkedExample(
        text=text,
        weights=weights,
        formula=count_formula([weight for _, weight in weights]) if alone else "",
        multiply_adds=count_cost(model, Sizes(batch=1)).multiply_adds,
        numbers=() if weights else _numbers(model),
    )


def example_text(example: str) -> str:
    """An example as a spec; what it declares besides the model stands before it."""
    declared, end, model = example.rpartition("\n}\n")
    return f"{declared}{end}model example{model}\n"


def _numbers(model: Model) -> tuple[tuple[str, str], ...]:
    """What goes in and what comes out, for one row; nothing where it is too much."""
    from specc.reference import run

    masks = {mask for _, mask in model.mask_of}
    given = [ref for ref in model.inputs if ref not in masks]
    refs = [*given, *(output.ref for output in model.outputs)]
    if any(model.type_of(ref).rank > MOST_AXES for ref in refs):
        return ()
    inputs = {
        model.nodes[ref.node].name: _given(model.type_of(ref), place)
        for place, ref in enumerate(model.inputs)
    }
    found = run(model, {}, inputs)
    names = [*(model.nodes[ref.node].name for ref in given), *found.outputs]
    return tuple(
        (name, _shown(model.type_of(ref), *_row(model, ref, found.values)))
        for name, ref in zip(names, refs, strict=True)
    )


def _row(
    model: Model, ref: Ref, values: Sequence[Sequence[Array]]
) -> tuple[Array, Array | None]:
    """The only row of a value, and of its mask if it has one."""
    mask = model.mask(ref)
    flags = None if mask is None else values[mask.node][mask.output][0]
    return values[ref.node][ref.output][0], flags


def _given(type: Type, place: int) -> Array:
    """Digits in no order, one row; the last step of a sequence does not count.

    Every input of a model has others, by its place.
    """
    import numpy as np

    shape = [1, *(axis.size.fixed or LENGTH for axis in type.axes)]
    places = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    if type.dtype == "bool":
        return places < shape[1] - 1
    digits = (7 * places + 4 * place + 3) % 10
    if type.dtype == "float":
        return digits.astype(np.float64)
    assert type.bound is not None, "ids in an example have a bound"
    ids = digits % type.bound
    if type.pad is not None:
        ids = np.where(ids == type.pad, (type.pad + 1) % type.bound, ids)
        ids[:, -1] = type.pad
    return ids


def _shown(type: Type, values: Array, mask: Array | None) -> str:
    """`[3, 0] [7, 4] -`: the steps of a sequence, those masked as a dash."""
    if not type.axes:
        return _number(values.item())
    if type.rank == 1 and not is_time(type):
        return _vector(values)
    steps = [_vector(step) if step.ndim else _number(step.item()) for step in values]
    counted = [True] * len(steps) if mask is None else mask.tolist()
    pairs = zip(steps, counted, strict=True)
    return " ".join(step if counts else MASKED for step, counts in pairs)


def _vector(values: Array) -> str:
    return f"[{', '.join(_number(value) for value in values.tolist())}]"


def _number(value: float) -> str:
    """At most four digits, and never `-0`."""
    return f"{round(value, DIGITS) + 0.0:.{DIGITS}g}"
