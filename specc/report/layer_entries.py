"""Everything the reference of layers describes: ops, library cells, library blocks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

from msgspec import Struct

from specc.ir.op import Op
from specc.lower import check_text
from specc.ops import find_op, op_names
from specc.ops.function import FUNCTIONS, Function
from specc.report.layer_options import (
    OptionRow,
    general_options,
    own_options,
    recurrent_words,
)
from specc.report.layer_words import LayerWords, read_words
from specc.report.special_layers import special_layers

Kind = Literal["layer", "cell", "block"]
_WORD = re.compile(r"`([a-z_]+)(?:\(| [A-Z] \{)")
"""The word in a spec that an op of the compiler stands for: `over`, `bi`."""
_DECLARATION = re.compile(
    r"^(?P<comment>(?:#[^\n]*\n)*)(?P<spec>[a-z]+ (?P<name>\w+)\(.*?^})",
    re.MULTILINE | re.DOTALL,
)
"""In the library every declaration begins a line and ends with a brace on its own."""
CELL_EXAMPLE = "(x: float[T, 3] ragged) -> y: float[T, {width}] {{ x -> {name}(4) }}"
"""For a cell whose comment has none; it gives as many numbers as it has units, or as
its input."""


class Entry(Struct, frozen=True):
    """One layer, cell or block.

    `words` are all names it describes. `spec`: the declaration of a cell or a block, as
    it stands in the library. `options` are its own, `general` those it shares: with
    layers that have weights, or a cell with all recurrent layers.
    """

    kind: Kind
    name: str
    words: tuple[str, ...]
    about: LayerWords
    options: tuple[OptionRow, ...] = ()
    general: tuple[str, ...] = ()
    spec: str = ""


def all_entries() -> tuple[Entry, ...]:
    """The layers in the order of their names, then cells and blocks as they stand."""
    found = (find_op(name) for name in op_names())
    layers = [_layer(op) for op in found if op and is_described(op)]
    for name, about in special_layers().items():
        layers.append(Entry("layer", name, (name,), about))
    cells, blocks = _declared("cell", "cells.seq"), _declared("block", "blocks.seq")
    return (*sorted(layers, key=lambda layer: layer.name), *cells, *blocks)


def is_described(op: type[Op]) -> bool:
    """Whether a spec can write it; of the compiler's own ops, those with an example."""
    return not op.internal or "\n    Example: " in (op.__doc__ or "")


def layer_words(op: type[Op]) -> LayerWords:
    """What the file and the class of an op say of it."""
    first_line = (sys.modules[op.__module__].__doc__ or "").partition("\n")[0]
    return read_words(first_line, op.__doc__ or "")


def _layer(op: type[Op]) -> Entry:
    about = layer_words(op)
    if op is Function:
        return Entry("layer", "functions of one number", FUNCTIONS, about)
    word = _WORD.search(about.call)
    name = word[1] if word and op.internal else op.name()
    general = tuple(general_options(op))
    return Entry("layer", name, (name,), about, tuple(own_options(op)), general)


def _declared(kind: Kind, file: str) -> Iterator[Entry]:
    """The declarations of a library file, each with the comment right above it."""
    text = (files("specc.specs.std") / file).read_text(encoding="utf-8")
    for found in _DECLARATION.finditer(text):
        name = found["name"]
        comment = re.sub(r"^# ?", "", found["comment"], flags=re.MULTILINE)
        summary, _, example = comment.partition("\nExample: ")
        about = LayerWords(
            call=f"`{name}`",
            summary=" ".join(summary.split()),
            example=example or _cell_example(name),
        )
        general = tuple(recurrent_words()) if kind == "cell" else ()
        yield Entry(kind, name, (name,), about, general=general, spec=found["spec"])


def _cell_example(name: str) -> str:
    wide, narrow = (CELL_EXAMPLE.format(name=name, width=width) for width in (4, 3))
    return narrow if check_text(f"model example{wide}\n") else wide
