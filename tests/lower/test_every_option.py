"""No option is silent: each one turned changes the model, or is refused aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec import structs

from specc.ir.graph import Node
from specc.lower import check_text, lower_text
from specc.lower.cell_parameters import Definition
from specc.lower.library import library_cells
from specc.lower.options import Option, op_options
from specc.lower.recurrent_calls import MERGE
from specc.lower.recurrent_options import recurrent_options, start_options
from specc.ops import find_op, layer_names

REQUIRED = {
    **{"units": 8, "dim": 8, "filters": 8, "kernel_size": 3, "p": 0.5, "size": 2},
    **{"stddev": 0.5, "start": 1, "n": 2, "sizes": "4, 12", "heads": 2},
}
TURNED = {
    **{"stride": 2, "dilation": 2, "groups": 2, "n": 3, "epsilon": 0.1},
    **{"l1": 0.25, "l2": 0.25, "p": 0.25, "length": 20, "sizes": "2, 24"},
    **{"dropout": 0.25, "heads": 4, "recurrent_dropout": 0.25, "weight_dropout": 0.25},
    **{"r_min": 0.5, "r_max": 0.75, "max_phase": 1, "kv_heads": 1},
}
INPUTS = {
    **{"embed": "int[T] < 9", "flatten": "float[12, 4]", "crop": "float[12, 4]"},
    **{"positions": "float[12, 4]", "reshape": "float[12, 4]"},
    **{"split": "float[T, 16]", "repeat_vector": "float[4]"},
}
TWO = {"attend", "concat", "cross_attend", "distance", "outer"}
"""Layers of two values."""


def lowered(layer: str, given: str) -> Node | None:
    """The node a layer becomes; None where it is refused."""
    values = "(x, x)" if layer.partition("(")[0] in TWO else "x"
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
    return lower_text(head).nodes[-1]


def arguments(options: tuple[Option, ...], but: str = "") -> list[str]:
    """What a layer must be given, besides one option."""
    needed = [o for o in options if o.required and o.field != but]
    return [
        written(o, o.choices[0] if o.choices else REQUIRED[o.field]) for o in needed
    ]


def written(option: Option, value: object) -> str:
    return str(value) if option.many else f"{option.word} = {value}"


def values(option: Option) -> Iterator[str]:
    """The ways in which an option can be turned."""
    if option.flag:
        yield option.word
    if option.text:
        yield f'{option.word} = "vectors.txt"'
    if option.numeric:
        number = TURNED.get(option.field) or REQUIRED.get(option.field, 1) + 2
        yield written(option, number)
    for choice in option.choices:
        yield f"{option.word} = {choice}"
    if option.formula:
        yield f"{option.word} = uniform(-0.25, 0.125)"
        yield f"{option.word} = log(2 * uniform(1, 9))"


def meaning(node: Node) -> object:
    return structs.asdict(node.op), node.weights, node.types


def check_option(
    layer: str,
    options: tuple[Option, ...],
    option: Option,
    given: str,
    defaults: frozenset[str] = frozenset(),
) -> None:
    """Every value of an option but the default changes the layer or is refused."""
    needed = arguments(options)
    base = lowered(f"{layer}({', '.join(needed)})", given)
    assert base is not None
    usual = {*defaults, *(str(weight.initial) for weight in base.weights)}
    fields = {field.name: field for field in structs.fields(base.op)}
    if option.field in fields:
        usual.add(str(fields[option.field].default))
    if option.required and option.choices:
        usual.add(option.choices[0])
    silent = []
    for value in values(option):
        rest = arguments(options, option.field)
        node = lowered(f"{layer}({', '.join([*rest, value])})", given)
        if node is not None and meaning(node) == meaning(base):
            silent.append(value.split("= ")[-1])
    assert set(silent) <= usual
    assert len(silent) < len(list(values(option))), "nothing turns it"


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


@pytest.mark.parametrize(
    ("name", "option"), OPTIONS, ids=lambda part: getattr(part, "field", part)
)
def test_every_option_of_a_layer_is_heard(name: str, option: Option) -> None:
    op = find_op(name)
    assert op is not None
    check_option(name, op_options(op), option, INPUTS.get(name, "float[T, 4]"))


@pytest.mark.parametrize(
    ("definition", "option"),
    CELLS,
    ids=lambda part: getattr(part, "field", getattr(part, "name", "")),
)
def test_every_option_of_a_cell_is_heard(
    definition: Definition, option: Option
) -> None:
    options = tuple(p.option for p in definition.parameters)
    defaults = frozenset(str(p.default) for p in definition.parameters)
    check_option(definition.name, options, option, "float[T, 4]", defaults)


def test_every_merge_of_two_directions_is_heard() -> None:
    layers = [f"bi(gru(4), {merge})" for merge in MERGE.choices]
    nodes = [lowered(layer, "float[T, 4]") for layer in layers]
    found = [meaning(node) for node in nodes if node is not None]
    assert all(found.count(one) == 1 for one in found)
    assert len(found) == 5


def test_first_states_are_heard() -> None:
    plain = lowered("gru(4)", "float[T, 4]")
    given = lowered("gru(4, init = 1)", "float[T, 4]")
    assert plain is not None and given is not None
    assert len(given.inputs) == len(plain.inputs) + 1


def test_how_each_weight_of_a_cell_starts_is_heard() -> None:
    starts = ["zeros", "normal", "0.25", "uniform(1, 2)", "2 * normal(0.1)"]
    for definition in filter(None, library_cells().values()):
        base = lowered(f"{definition.name}(4)", "float[T, 4]")
        assert base is not None
        for option in start_options(definition.cell):
            found = [
                lowered(f"{definition.name}(4, {option.word} = {start})", "float[T, 4]")
                for start in starts
            ]
            weights = [node.weights for node in found if node is not None]
            assert len(weights) == len(starts)
            different = [
                {w.name for w in made if w not in base.weights} for made in weights
            ]
            assert all(names <= {option.word} for names in different)
            assert sum(not names for names in different) <= 1, "its own start"


def test_the_tests_above_know_every_kind_of_option() -> None:
    for _, option in (*OPTIONS, *CELLS):
        assert list(values(option)), option
