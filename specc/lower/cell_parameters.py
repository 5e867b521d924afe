"""A cell's head: its parameters, what each can be, and what it is by default."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct, field

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    NOT_YET,
    UNKNOWN_NAME,
    WRONG_DTYPE,
    WRONG_OPTION,
)
from specc.lower.cell_reads import CellInput, read_inputs
from specc.lower.constants import Known, Number, evaluate
from specc.lower.options import Option
from specc.lower.recurrent_options import recurrent_words
from specc.lower.types import lower_dtype
from specc.lower.wording import number_text
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.text import Span


class Parameter(Struct, frozen=True):
    """One parameter of a cell.

    `whole`: it is an `int`. `size`: a state or a weight has it as a size. `default` is
    None where it must be given.
    """

    option: Option
    whole: bool
    size: bool
    default: Number | str | None

    @property
    def name(self) -> str:
        return self.option.word


class ValueParameter(Struct, frozen=True):
    """A parameter that is a value: `memory: float[S, d]`."""

    name: tree.Name
    type: tree.TypeText


class BlockFile(Protocol):
    """What the body of a block can use."""

    @property
    def constants(self) -> Known: ...

    @property
    def blocks(self) -> Mapping[str, Block | None]: ...


class Block(Protocol):
    """What a cell has to know of a block that it uses."""

    @property
    def block(self) -> tree.Block: ...

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...

    @property
    def layers(self) -> tuple[str, ...]: ...

    @property
    def file(self) -> BlockFile: ...

    @property
    def given(self) -> frozenset[str]: ...


class Definition(Struct, frozen=True, eq=False):
    """A cell whose head is right.

    `constants` and `blocks` are those its equations may use, `cells` those it may
    advance; `right` is false where its equations are wrong. `inputs`: what a step
    reads, several vectors or one value. `values`: what it sees at every step besides.
    """

    cell: tree.Cell
    parameters: tuple[Parameter, ...]
    constants: Known
    inputs: tuple[CellInput, ...]
    right: bool = True
    values: tuple[ValueParameter, ...] = ()
    cells: Mapping[str, Definition | None] = field(default_factory=dict)
    blocks: Mapping[str, Block | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.cell.name.text


def define(
    cell: tree.Cell,
    constants: Known,
    sink: Sink,
    cells: Mapping[str, Definition | None],
    blocks: Mapping[str, Block | None] = MappingProxyType({}),
) -> Definition | None:
    """The cell with its parameters; None where something was reported."""
    places: dict[str, Span] = {}
    sizes = _size_names(cell)
    found, values = [], []
    for parameter in cell.parameters:
        new = _is_new(parameter.name, constants, places, sink)
        if new and parameter.name.text == "x" and not cell.inputs:
            message = "`x` is the input of a cell that names no other"
            span, help = parameter.name.span, "choose another name"
            sink.report(DUPLICATE_NAME, span, message, help=help)
            continue
        if parameter.kind is not None and parameter.kind.axes:
            value = _read_value(parameter, parameter.kind, sink)
            values += [value] if value is not None and new else []
            continue
        read = read_parameter(parameter, constants, sizes, sink)
        found += [read] if read is not None and new else []

    def is_new(name: tree.Name) -> bool:
        return _is_new(name, constants, places, sink)

    inputs = read_inputs(cell, is_new, sink)
    if inputs is None or len(found) + len(values) < len(cell.parameters):
        return None
    return Definition(
        cell,
        tuple(found),
        constants,
        inputs,
        values=tuple(values),
        cells=cells,
        blocks=blocks,
    )


def _read_value(
    parameter: tree.Parameter, kind: tree.TypeText, sink: Sink
) -> ValueParameter | None:
    """A parameter that is a value of floats; None where it was refused."""
    dtype = lower_dtype(kind.dtype, sink)
    if dtype is None:
        return None
    if dtype != "float" or kind.bound or kind.pad or kind.ragged:
        message = f"a cell sees floats, not `{kind.span.text}`"
        help = "as in `memory: float[S, d]`; a mask comes with the value"
        sink.report(WRONG_DTYPE, kind.span, message, help=help)
    elif parameter.default is not None:
        message = f"the value `{parameter.name.text}` has no default"
        sink.report(WRONG_OPTION, parameter.default.span, message, help="leave it out")
    else:
        return ValueParameter(parameter.name, kind)
    return None


def _size_names(cell: tree.Cell) -> frozenset[str]:
    """Names that stand alone as a size: `units` in `state h[units]`."""
    entries = [
        entry
        for statement in cell.body.statements
        if isinstance(statement, tree.State | tree.Param)
        for entry in statement.entries
    ]
    axes = (axis for entry in entries for axis in entry.axes or ())
    return frozenset(axis.text for axis in axes if isinstance(axis, tree.Name))


def _is_new(
    name: tree.Name, constants: Known, places: dict[str, Span], sink: Sink
) -> bool:
    if name.text in recurrent_words():
        message = f"`{name.text}` is an option of every recurrent layer"
        sink.report(DUPLICATE_NAME, name.span, message, help="choose another name")
        return False
    before = places.setdefault(name.text, name.span)
    if before is name.span and name.text not in constants:
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


def read_parameter(
    parameter: tree.Parameter,
    constants: Known,
    sizes: frozenset[str],
    sink: Sink,
) -> Parameter | None:
    """A parameter that is a number or a function; None where it was refused."""
    name, kind = parameter.name.text, parameter.kind
    if kind is None and isinstance(parameter.default, tree.Name):
        word = parameter.default.text
        if word in FUNCTIONS:
            return Parameter(Option(name, name, choices=FUNCTIONS), False, False, word)
        if word not in constants:
            _unknown_default(parameter.default, constants, sink)
            return None
    if kind is not None and not _is_number(kind, sink):
        return None
    whole = kind is not None and kind.dtype.text == "int"
    default = None
    if parameter.default is not None:
        default = evaluate(parameter.default, constants, sink)
        if default is None:
            return None
        if whole and not isinstance(default, int):
            message = f"`{name}` is a whole number, not {number_text(default)}"
            sink.report(WRONG_OPTION, parameter.default.span, message)
            return None
    option = Option(name, name, numeric=True, required=parameter.default is None)
    return Parameter(option, whole, name in sizes, default)


def _is_number(kind: tree.TypeText, sink: Sink) -> bool:
    dtype = lower_dtype(kind.dtype, sink)
    if dtype is None:
        return False
    clauses = (kind.axes, kind.bound, kind.pad, kind.ragged)
    if dtype != "bool" and not any(clauses):
        return True
    message = f"a parameter of type `{kind.span.text}` has no meaning yet"
    sink.report(NOT_YET, kind.span, message, help="`int` and `float` have one")
    return False


def _unknown_default(word: tree.Name, constants: Known, sink: Sink) -> None:
    sink.report(
        UNKNOWN_NAME,
        word.span,
        f"`{word.text}` is neither a number nor a function",
        help=did_you_mean(word.text, [*constants, *FUNCTIONS])
        or "as in `act = tanh` or `rate = 0.5`",
    )


Definitions = Mapping[str, Definition | None]
"""Cells by name; None where the head of one was reported as wrong."""
