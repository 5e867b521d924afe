"""Every option of every layer and cell, and the ways in which each can be turned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs

from specc.ir.graph import Model, Node
from specc.lower import check_text, lower_text
from specc.lower.library import library_cells
from specc.lower.options import Option, op_options
from specc.lower.recurrent_options import recurrent_options
from specc.ops import find_op, layer_names

REQUIRED = {
    **{"units": 8, "dim": 8, "filters": 8, "kernel_size": 3, "p": 0.5, "size": 2},
    **{"stddev": 0.5, "start": 1, "n": 2, "sizes": "4, 12", "heads": 2},
}
TURNED = {
    **{"stride": 3, "dilation": 2, "groups": 2, "n": 3, "epsilon": 0.1},
    **{"l1": 0.25, "l2": 0.25, "p": 0.25, "length": 20, "sizes": "2, 24"},
    **{"dropout": 0.25, "heads": 4, "recurrent_dropout": 0.25, "weight_dropout": 0.25},
    **{"r_min": 0.5, "r_max": 0.75, "max_phase": 1, "kv_heads": 1, "momentum": 0.5},
}
SECTIONS = "2, 14"
"""Other widths for `split`, whose sum is what its input has."""
BESIDE = {
    ("self_attend", "base"): ("heads = 1", "rotary"),
    **{
        ("attend", field): ("additive", "units = 8")
        for field in ("frozen", "kernel", "l1", "l2", "bias")
    },
}
"""What else must stand there for an option to have a meaning."""
INPUTS = {
    **{"embed": "int[T] < 9", "flatten": "float[12, 4]", "crop": "float[12, 4]"},
    **{"positions": "float[12, 4]", "reshape": "float[12, 4]"},
    **{"split": "float[T, 16]", "repeat_vector": "float[4]"},
}
STEPS = "float[T, 4]"
TWO = {"attend", "concat", "cross_attend", "distance", "outer"}
"""Layers of two values."""
FILE = "vectors.txt"


def lowered(layer: str, given: str) -> Model | None:
    """The model of one layer; None where it is refused."""
    values = "(x, x * x)" if layer.partition("(")[0] in TWO else "x"
    text = f"model m(x: {given}) -> bool {{\n  {values} -> {layer}\n}}"
    (found,) = check_text(text)
    if found.code.number == "SPC214":
        many = ", ".join(["bool"] * int(found.message.split()[-1]))
        text = text.replace("-> bool", f"-> {many}")
        found = check_text(text)[0]
    if found.code.number != "SPC313":
        assert found.code.number in ("SPC205", "SPC206", "SPC305", "SPC307"), (
            found.message
        )
        return None
    types = [re.findall("`([^`]*)`", d.message)[-1] for d in check_text(text)]
    head = re.sub(r"-> [^{]*{", f"-> {', '.join(types)} {{", text)
    return lower_text(head)


def called(
    name: str,
    options: tuple[Option, ...],
    option: Option | None = None,
    *values: str,
) -> str:
    """A layer with what it must be given, and values for an option."""
    field = option.field if option else ""
    needed = [
        written(o, o.choices[0] if o.choices else REQUIRED[o.field])
        for o in options
        if o.required and not (values and o.field == field)
    ]
    return f"{name}({', '.join([*BESIDE.get((name, field), needed), *values])})"


def written(option: Option, value: object) -> str:
    return str(value) if option.many else f"{option.word} = {value}"


def values(option: Option, layer: str = "") -> Iterator[str]:
    """The ways in which an option can be turned."""
    if layer == "split" and option.many:
        yield SECTIONS
        return
    if option.flag:
        yield option.word
    if option.text:
        yield f'{option.word} = "{FILE}"'
    if option.numeric:
        number = TURNED.get(option.field) or REQUIRED.get(option.field, 1) + 2
        yield written(option, number)
    for choice in option.choices:
        yield f"{option.word} = {choice}"
    if option.formula:
        yield f"{option.word} = uniform(-0.25, 0.125)"
        yield f"{option.word} = log(2 * uniform(1, 9))"


def meaning(node: Node) -> object:
    """All that a backend is told of a layer."""
    return structs.asdict(node.op), node.weights, node.types


OPTIONS = [
    (name, option)
    for name in sorted(layer_names())
    if (op := find_op(name)) is not None
    for option in op_options(op)
]
CELLS = [
    (definition, option)
    for definition in library_cells().values()
    if definition is not None
    for option in (*(p.option for p in definition.parameters), *recurrent_options())
]
