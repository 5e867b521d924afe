"""A block's head: its parameters, which of them are layers, and their defaults."""

from __future__ import annotations

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, UNUSED_NAME, WRONG_PLACE
from specc.lower.cell_parameters import Parameter, ValueParameter, read_parameter
from specc.lower.scope import BlockDefinition, FileNames
from specc.lower.types import lower_dtype
from specc.lower.walk import given_names, names_in
from specc.syntax import tree
from specc.text import Span

LAYER = "layer"
"""The type of a parameter that is a layer."""


def define_block(
    block: tree.Block, names: FileNames, sink: Sink
) -> BlockDefinition | None:
    """The block with its parameters; None where something was reported."""
    places: dict[str, Span] = {}
    parameters: list[Parameter] = []
    layers: list[str] = []
    values: list[ValueParameter] = []
    broken = False
    names_given = [given.name for given in block.parameters]
    names_given += [given.name for given in block.inputs]
    for name in names_given:
        broken |= not _is_new(name, names, places, sink)
    for parameter in block.parameters:
        if parameter.kind is not None and parameter.kind.dtype.text == LAYER:
            broken |= not _is_plain(parameter, sink)
            layers.append(parameter.name.text)
            continue
        if parameter.kind is not None and _is_value(parameter.kind):
            broken |= not _is_plain(parameter, sink)
            broken |= lower_dtype(parameter.kind.dtype, sink) is None
            values.append(ValueParameter(parameter.name, parameter.kind))
            continue
        read = read_parameter(parameter, names.constants, frozenset(), sink)
        broken |= read is None
        parameters += [] if read is None else [read]
    broken |= not _all_used(block, sink)
    if broken:
        return None
    return BlockDefinition(
        block,
        tuple(parameters),
        tuple(layers),
        names,
        given_names(block.body),
        tuple(values),
    )


def _is_value(kind: tree.TypeText) -> bool:
    """Whether a parameter of a type is a value: numbers have no axes and no bound."""
    return bool(kind.axes or kind.bound or kind.pad or kind.ragged)


def _all_used(block: tree.Block, sink: Sink) -> bool:
    """Whether the block uses all that its head names."""
    types = tuple(given.type for given in block.inputs)
    types += tuple(given.kind for given in block.parameters)
    used = names_in((block.body, types))
    fine = True
    names = [given.name for given in block.parameters]
    names += [given.name for given in block.inputs]
    for name in names:
        if name.text not in used:
            fine = False
            message = f"`{name.text}` is never used in the block `{block.name.text}`"
            sink.report(UNUSED_NAME, name.span, message, help="leave it out")
    return fine


def _is_plain(parameter: tree.Parameter, sink: Sink) -> bool:
    if parameter.default is None:
        return True
    what = "value" if parameter.kind and _is_value(parameter.kind) else "layer"
    message = f"the {what} `{parameter.name.text}` has no default"
    sink.report(WRONG_PLACE, parameter.default.span, message, help="leave it out")
    return False


def _is_new(
    name: tree.Name, names: FileNames, places: dict[str, Span], sink: Sink
) -> bool:
    before = places.setdefault(name.text, name.span)
    if before is name.span and name.text not in names.constants:
        return True
    others = () if before is name.span else (Label(before, "the first is here"),)
    sink.report(
        DUPLICATE_NAME,
        name.span,
        f"`{name.text}` already names something here",
        others=others,
        help="choose another name",
    )
    return False
