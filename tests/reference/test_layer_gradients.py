"""Gradients of every layer against complex-step, with masks and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.ir.op import Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type, floats
from specc.ops import find_op, layer_names
from specc.ops.add import Add
from specc.ops.arithmetic import Arithmetic
from specc.ops.attend import Attend
from specc.ops.avgpool import Avgpool
from specc.ops.concat import Concat
from specc.ops.conv import Conv
from specc.ops.cross_attend import CrossAttend
from specc.ops.dense import Dense
from specc.ops.depthwise import Depthwise
from specc.ops.dot import Dot
from specc.ops.dropout import Dropout
from specc.ops.embed import Embed
from specc.ops.first import First
from specc.ops.flatten import Flatten
from specc.ops.function import FUNCTIONS, Function
from specc.ops.last import Last
from specc.ops.layernorm import Layernorm
from specc.ops.log_softmax import LogSoftmax
from specc.ops.max import Max
from specc.ops.maxpool import Maxpool
from specc.ops.mean import Mean
from specc.ops.normalize import Normalize
from specc.ops.outer import Outer
from specc.ops.self_attend import SelfAttend
from specc.ops.separable import Separable
from specc.ops.shift import Shift
from specc.ops.softmax import Softmax
from specc.ops.spatial_dropout import SpatialDropout
from specc.ops.sum import Sum

Fixture = Callable[..., Any]
TIME = Size.named("T")
STEPS = Type(dtype="float", axes=(Axis(size=TIME), Axis(size=Size(4))))
RAGGED = Type(dtype="float", axes=(Axis(size=TIME, ragged=True), Axis(size=Size(4))))
MASK = np.array([[1, 0, 1, 1, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0], [0] * 7], bool)

SEQUENCE_LAYERS: list[Op] = [
    Avgpool(size=3, stride=2),
    Avgpool(size=3, stride=1, padding="same"),
    Conv(filters=6, kernel_size=3, groups=2, activation="gelu_tanh"),
    Conv(filters=3, kernel_size=2, stride=2, padding="causal", activation="softsign"),
    Conv(filters=3, kernel_size=2, dilation=3, padding="same", bias="none"),
    Dense(units=3, activation="silu"),
    Depthwise(kernel_size=3, multiplier=2, activation="tanh"),
    Dropout(p=0.3),
    First(),
    Function(function="elu"),
    Last(),
    Layernorm(),
    Layernorm(bias="none"),
    LogSoftmax(),
    Max(),
    Maxpool(size=2),
    Maxpool(size=3, stride=1, padding="same"),
    Mean(),
    Normalize(),
    SelfAttend(heads=2, bias="none"),
    SelfAttend(heads=3, size=2, causal=True, bias="none"),
    SelfAttend(heads=4, size=2, kv_heads=2, rotary=True, window=2, bias="none"),
    Separable(filters=3, kernel_size=3, stride=2),
    Shift(n=2),
    Softmax(),
    SpatialDropout(p=0.3),
    Sum(),
]
OTHER_LAYERS: list[tuple[Op, tuple[Type, ...]]] = [
    (Add(), (STEPS, STEPS, STEPS)),
    (Attend(), (STEPS, STEPS)),
    (Attend(units=3), (floats(2), STEPS)),
    (Concat(), (floats(2), floats(3), floats(1))),
    (Concat(), (STEPS, STEPS)),
    (CrossAttend(heads=2), (STEPS, STEPS)),
    (Outer(), (floats(4), floats(3))),
    (Outer(), (STEPS, STEPS)),
    (Dot(), (floats(4), floats(4))),
    (Flatten(), (floats(3, 4),)),
    *((Arithmetic(operator=o), (STEPS, STEPS)) for o in ("+", "-", "*", "/")),
    *((Arithmetic(operator=o), (floats(3), floats())) for o in ("min", "max", "/")),
]


def draw(types: tuple[Type, ...], rng: np.random.Generator) -> dict[str, np.ndarray]:
    inputs = {}
    for place, type_ in enumerate(types, start=1):
        name = "x" if place == 1 else f"x{place}"
        shape = (3, *(axis.size.at({"T": 7}) for axis in type_.axes))
        inputs[name] = rng.normal(size=shape)
        if type_.ragged:
            inputs[f"{name}_mask"] = MASK
    return inputs


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("op", SEQUENCE_LAYERS, ids=repr)
def test_sequence_layers(
    build_model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    ragged: bool,
) -> None:
    types = (RAGGED if ragged else STEPS,)
    model = build_model(op, *types)
    inputs = draw(types, np.random.default_rng(1))
    found = check_gradients(model, draw_weights(model), inputs)
    assert all(np.isfinite(gradient).all() for gradient in found.values())
    assert all(gradient.any() for gradient in found.values())


@pytest.mark.parametrize(("op", "types"), OTHER_LAYERS, ids=repr)
def test_other_layers(
    build_model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    types: tuple[Type, ...],
) -> None:
    inputs = draw(types, np.random.default_rng(2))
    model = build_model(op, *types)
    check_gradients(model, draw_weights(model), inputs)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(build_model: Fixture, check_gradients: Fixture, name: str) -> None:
    x = 2 * np.random.default_rng(3).normal(size=(5, 4))
    if name in ("log", "sqrt"):
        x = np.abs(x) + 0.1
    model = build_model(Function(function=name), floats(4))
    check_gradients(model, {}, {"x": x}, analytic=name != "gelu")


def test_powers(build_model: Fixture, check_gradients: Fixture) -> None:
    rng = np.random.default_rng(4)
    model = build_model(Arithmetic(operator="**"), floats(4), floats(4))
    inputs = {"x": rng.uniform(0.5, 2, (3, 4)), "x2": rng.normal(size=(3, 4))}
    check_gradients(model, {}, inputs)


def test_tables(build_model: Fixture, check_gradients: Fixture) -> None:
    rng = np.random.default_rng(5)
    ids = Type(dtype="int", axes=(Axis(size=TIME),), bound=6)
    model = build_model(Embed(dim=3), ids)
    weights = {"layer.table": rng.normal(size=(6, 3))}
    found = check_gradients(model, weights, {"x": np.array([[0, 2, 2], [5, 0, 2]])})
    assert not found["layer.table"][[1, 3, 4]].any()


def test_frozen_weights_have_no_gradient(
    build_model: Fixture, draw_weights: Fixture, check_gradients: Fixture
) -> None:
    model = build_model(Dense(units=3, frozen=True), floats(4))
    inputs = draw((floats(4),), np.random.default_rng(6))
    assert set(check_gradients(model, draw_weights(model), inputs)) == {"input:x"}


def test_no_layer_was_forgotten() -> None:
    """Every layer is used somewhere in the tests of the oracle."""
    pages = Path(__file__).parent.glob("test_*.py")
    words = set(re.findall(r"\w+", "".join(page.read_text() for page in pages)))
    ops = [op for name in layer_names() if (op := find_op(name))]
    assert not [op for op in ops if not words & {op.__name__, op.name()}]


@pytest.mark.parametrize("op", SEQUENCE_LAYERS, ids=repr)
def test_what_masked_steps_hold_changes_no_valid_result(
    build_model: Fixture, draw_weights: Fixture, op: Op
) -> None:
    from specc.reference import run

    types = (RAGGED,)
    model = build_model(op, *types)
    weights = draw_weights(model)
    inputs = draw(types, np.random.default_rng(7))
    garbage = {**inputs, "x": np.where(MASK[..., None], inputs["x"], 1e6)}
    before, after = (
        run(model, weights, x).outputs["output"] for x in (inputs, garbage)
    )
    if not op.uses_mask:
        before, after = before[MASK], after[MASK]
    np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("op", SEQUENCE_LAYERS, ids=repr)
def test_float32_stays_float32_in_every_node(
    build_model: Fixture, draw_weights: Fixture, op: Op
) -> None:
    from specc.reference import gradients, run

    model = build_model(op, RAGGED)
    weights = draw_weights(model)
    inputs = draw((RAGGED,), np.random.default_rng(8))
    found = run(model, weights, inputs, np.float32)
    kinds = {str(a.dtype) for results in found.values for a in results}
    assert kinds == {"float32", "bool"}
    cotangents = {"output": np.ones(found.outputs["output"].shape)}
    slopes = gradients(model, weights, inputs, cotangents, np.float32)
    assert {str(slope.dtype) for slope in slopes.values()} == {"float32"}
