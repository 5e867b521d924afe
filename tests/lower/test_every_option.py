"""No option is silent: each one turned changes the model, or is refused aloud."""

from __future__ import annotations

import pytest
from msgspec import structs

from specc.lower.cell_parameters import Definition
from specc.lower.library import library_cells
from specc.lower.options import Option, op_options
from specc.lower.recurrent_calls import MERGE
from specc.lower.recurrent_options import start_options
from specc.ops import find_op
from tests.lower.turning import (
    CELLS,
    INPUTS,
    OPTIONS,
    STEPS,
    called,
    lowered,
    meaning,
    values,
)


def check_option(
    layer: str,
    options: tuple[Option, ...],
    option: Option,
    given: str,
    defaults: frozenset[str] = frozenset(),
) -> None:
    """Every value of an option but the default changes the layer or is refused."""
    model = lowered(called(layer, options, option), given)
    assert model is not None
    base = model.nodes[-1]
    usual = {*defaults, *(str(weight.initial) for weight in base.weights)}
    fields = {field.name: field for field in structs.fields(base.op)}
    if option.field in fields:
        usual.add(str(fields[option.field].default))
    if option.required and option.choices:
        usual.add(option.choices[0])
    silent = []
    for value in values(option, layer):
        found = lowered(called(layer, options, option, value), given)
        if found is not None and meaning(found.nodes[-1]) == meaning(base):
            silent.append(value.split("= ")[-1])
    assert set(silent) <= usual
    assert len(silent) < len(list(values(option))), "nothing turns it"


@pytest.mark.parametrize(
    ("name", "option"), OPTIONS, ids=lambda part: getattr(part, "field", part)
)
def test_every_option_of_a_layer_is_heard(name: str, option: Option) -> None:
    op = find_op(name)
    assert op is not None
    check_option(name, op_options(op), option, INPUTS.get(name, STEPS))


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
    check_option(definition.name, options, option, STEPS, defaults)


def test_every_merge_of_two_directions_is_heard() -> None:
    layers = [f"bi(gru(4), {merge})" for merge in MERGE.choices]
    models = [lowered(layer, STEPS) for layer in layers]
    found = [meaning(model.nodes[-1]) for model in models if model is not None]
    assert all(found.count(one) == 1 for one in found)
    assert len(found) == 5


def test_first_states_are_heard() -> None:
    plain = lowered("gru(4)", STEPS)
    given = lowered("gru(4, init = 1)", STEPS)
    assert plain is not None and given is not None
    assert len(given.nodes[-1].inputs) == len(plain.nodes[-1].inputs) + 1


def test_how_each_weight_of_a_cell_starts_is_heard() -> None:
    starts = ["zeros", "normal", "0.25", "uniform(1, 2)", "2 * normal(0.1)"]
    for definition in filter(None, library_cells().values()):
        model = lowered(f"{definition.name}(4)", STEPS)
        assert model is not None
        base = model.nodes[-1]
        for option in start_options(definition.cell):
            found = [
                lowered(f"{definition.name}(4, {option.word} = {start})", STEPS)
                for start in starts
            ]
            weights = [one.nodes[-1].weights for one in found if one is not None]
            assert len(weights) == len(starts)
            different = [
                {w.name for w in made if w not in base.weights} for made in weights
            ]
            assert all(names <= {option.word} for names in different)
            assert sum(not names for names in different) <= 1, "its own start"


def test_the_tests_above_know_every_kind_of_option() -> None:
    for _, option in (*OPTIONS, *CELLS):
        assert list(values(option)), option
