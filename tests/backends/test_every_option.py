"""Every option of every layer, cell and wrapper changes what its programs do.

Each is turned, and the programs of both backends are run: first weights, penalty,
outputs, gradients, outputs while training, moved statistics. Which options there are,
the ops and the library themselves say, so that a new one is held to this too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from specc.ir.graph import Model
from specc.lower import lower_text
from specc.lower.language import SPECIAL_LAYERS
from specc.lower.library import library_blocks, library_cells
from specc.lower.options import INITIALIZERS, Option, op_options
from specc.lower.recurrent_calls import MERGE
from specc.lower.recurrent_options import recurrent_options, start_options
from specc.ops import find_op
from tests.backends.behaviour import BACKENDS, Behaviour, behaviour, change, uncompiled
from tests.lower.turning import (
    CELLS,
    FILE,
    INPUTS,
    OPTIONS,
    STEPS,
    called,
    lowered,
    meaning,
    values,
)

pytestmark = pytest.mark.framework

WHERE = {
    **{"l1": "penalty", "l2": "penalty", "frozen": "gradients"},
    **{"momentum": "weights after training"},
    **{
        rate: "outputs while training"
        for rate in ("p", "stddev", "shared", "dropout", "recurrent_dropout")
    },
    "weight_dropout": "outputs while training",
}
"""The only thing, and so the first, that some options change."""
DEFAULTS = {("attend", "score"): {"dot"}}
"""Values that mean what a layer does anyway, where its field does not say so."""
NO_PRODUCTS = ("recurrent", "recurrent_bias", "recurrent_dropout", "weight_dropout")
REFUSED = {
    *((cell, word) for cell in ("min_gru", "min_lstm", "sru") for word in NO_PRODUCTS),
    *((cell, "bias") for cell in ("qrnn", "lstm_layernorm", "lru")),
}
"""Options of cells that have nothing for them: whatever is given is a diagnostic."""
FEW = 2
"""Words that are tried of an option of a cell; all of them are, of one of a layer."""


@pytest.fixture(params=BACKENDS)
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    rows = (" ".join([f"w{n}", *(f"{n}.{k}" for k in range(8))]) for n in range(9))
    (tmp_path / FILE).write_text("\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)
    with uncompiled(request.param):
        yield request.param


def changes(
    backend: str,
    name: str,
    options: tuple[Option, ...],
    option: Option,
    most: int = 100,
    usual: str = "",
) -> list[str]:
    """What each way to turn an option changes first, "" where nothing."""
    given = INPUTS.get(name, STEPS)
    model, base = made(called(name, options, option), given, backend)
    found: list[str] = []
    for value in values(option, name):
        text = called(name, options, option, value)
        turned = lowered(text, given)
        if turned is None or is_usual(option, name, value, model, turned, usual):
            continue
        if len(found) < most:
            first = change(base, behaviour(turned, backend))
            expected = WHERE.get(option.field, first)
            assert first == expected != "", f"{text} changes {first or 'nothing'}"
            found.append(first)
    return found


@cache
def made(layer: str, given: str, backend: str) -> tuple[Model, Behaviour]:
    """A layer as it is without the option."""
    model = lowered(layer, given)
    assert model is not None, layer
    return model, behaviour(model, backend)


def is_usual(
    option: Option,
    name: str,
    value: str,
    model: Model,
    turned: Model,
    usual: str,
) -> bool:
    """Whether a value says what the layer does anyway."""
    before, after = model.nodes[-1], turned.nodes[-1]
    word = value.split("= ")[-1]
    if word in {usual, *DEFAULTS.get((name, option.field), ())}:
        return True
    if word not in INITIALIZERS:
        return meaning(after) == meaning(before)
    # A start is the same if all weights start the same; in a square matrix, Glorot's
    # and LeCun's are one.
    return all(
        one.initial == other.initial
        or (one.fans[0] == one.fans[1] and alike(one.initial) == alike(other.initial))
        for one, other in zip(before.weights, after.weights, strict=False)
    ) and len(before.weights) == len(after.weights)


def alike(start: object) -> str:
    return str(start).replace("lecun", "glorot")


@pytest.mark.parametrize("name", dict.fromkeys(name for name, _ in OPTIONS))
def test_every_option_of_a_layer_changes_what_its_program_does(
    name: str, backend: str
) -> None:
    op = find_op(name)
    assert op is not None
    for option in op_options(op):
        found = changes(backend, name, op_options(op), option)
        assert found, f"nothing turns {option.word}"


@pytest.mark.parametrize("name", dict.fromkeys(d.name for d, _ in CELLS))
def test_every_option_of_a_cell_changes_what_its_program_does(
    name: str, backend: str
) -> None:
    definition = library_cells()[name]
    assert definition is not None
    own = tuple(parameter.option for parameter in definition.parameters)
    usual = {one.option: str(one.default) for one in definition.parameters}
    for option in (*own, *recurrent_options()):
        found = changes(backend, name, own, option, FEW, usual.get(option, ""))
        assert bool(found) != ((name, option.word) in REFUSED), option.word


@pytest.mark.parametrize("name", dict.fromkeys(d.name for d, _ in CELLS))
def test_every_weight_of_a_cell_starts_as_it_is_told(name: str, backend: str) -> None:
    definition = library_cells()[name]
    assert definition is not None
    words = [option.word for option in start_options(definition.cell)]
    ranges = {word: (n + 1, n + 1.5) for n, word in enumerate(words)}
    starts = [f"{word} = uniform({a}, {b})" for word, (a, b) in ranges.items()]
    model = lowered(f"{name}(4, {', '.join(starts)})", STEPS)
    assert model is not None
    found = behaviour(model, backend).initial
    told = {path.rpartition(".")[2]: array for path, array in found.items()}
    for word, (least, most) in ranges.items():
        assert least <= told[word].min() <= told[word].max() <= most, word


BOTH = [option for option in recurrent_options() if option.word != "reverse"]
"""`bi` runs backwards already."""


@pytest.mark.parametrize("option", BOTH, ids=lambda one: one.word)
def test_every_option_is_heard_in_both_directions(option: Option, backend: str) -> None:
    _, base = made("bi(lstm(4))", STEPS, backend)
    value = next(iter(values(option)))
    if option.choices:
        value = f"{option.word} = normal"
    turned = lowered(f"bi(lstm(4, {value}))", STEPS)
    assert turned is not None
    first = change(base, behaviour(turned, backend))
    assert first == WHERE.get(option.field, first) != "", value


WRAPPED = {
    "bi": [
        f"model m(x: float[T, 4]) -> {type} {{\n  x -> bi(gru(4), {merge})\n}}"
        for merge, type in zip(
            MERGE.choices,
            ("float[T, 8]", *["float[T, 4]"] * 3, "(float[T, 4], float[T, 4])"),
            strict=True,
        )
    ],
    "tied": [
        "model m(x: int[T] < 9) -> float[T, 9] {\n"
        f"  let words = embed(4)\n  x -> words -> tied({given})\n}}"
        for given in ("words", "words, bias = zeros", "words, bias = ones")
    ],
    "join": [
        "model m(x: float[T, 4]) -> float[T, 4] {\n"
        f"  y, ends = x -> bi(gru(2, states))\n  y -> gru(4{given})\n}}"
        for given in ("", ", init = join(ends)")
    ],
    "step": [
        f"cell own(units: int) {{\n  state h[units]\n  h' = {step}\n}}\n"
        "model m(x: float[T, 4]) -> float[T, 4] {\n  x -> own(4)\n}"
        for step in (
            "(x, h) -> step(gru(units))",
            "(x, h) -> step(gru(units, act = relu))",
            "(x, h) -> step(gru(units, gate = relu))",
            "(x, h) -> step(rnn(units))",
        )
    ],
    "contract": [
        f"model m(x: float[T, S]) -> float[{left}] {{\n  contract(x, x, {summed})\n}}"
        for left, summed in ("TS", "ST")
    ],
    "feedback": [
        f"model m(x: float[4]) -> float[{n}, 4] {{\n"
        f"  x -> feedback({n}) {{ gru(4) }}\n}}"
        for n in (2, 3)
    ],
    "residual": [
        "model m(x: float[T, 4]) -> float[T, 4] {\n  x -> " + body + "\n}"
        for body in ("residual { dense(4) }", "residual { dense(4, tanh) }")
    ],
    "densely": [
        "model m(x: float[T, 4]) -> float[T, 8] {\n  x -> " + body + "\n}"
        for body in ("densely { dense(4) }", "densely { dense(4, tanh) }")
    ],
    "highway": [
        "model m(x: float[T, 4]) -> float[T, 4] {\n  x -> " + body + "\n}"
        for body in ("highway(4) { dense(4) }", "highway(4) { dense(4, tanh) }")
    ],
    "gated": [
        "model m(x: float[T, 4]) -> float[T, 4] {\n  x -> " + body + "\n}"
        for body in ("gated { dense(4) }", "gated { dense(4, tanh) }")
    ],
}
"""Each wrapper with all that it can be given; no two of a line are the same."""


@pytest.mark.parametrize("name", WRAPPED)
def test_what_a_wrapper_is_given_changes_what_its_program_does(
    name: str, backend: str
) -> None:
    found = [behaviour(lower_text(text), backend) for text in WRAPPED[name]]
    for place, one in enumerate(found):
        assert not any(not change(one, other) for other in found[place + 1 :])


def test_every_wrapper_is_among_them() -> None:
    assert WRAPPED.keys() == SPECIAL_LAYERS | library_blocks().keys()
    assert len(WRAPPED["bi"]) == len(MERGE.choices)


@pytest.mark.parametrize("layer", ["dropout(0.5)", "gru(4, dropout = 0.5)", "dense(4)"])
def test_the_same_program_twice_does_the_same(layer: str, backend: str) -> None:
    one, other = (lowered(layer, STEPS) for _ in range(2))
    assert one is not None and other is not None
    assert change(behaviour(one, backend), behaviour(other, backend)) == ""
