"""Models of a single layer, built without the language, and their derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from specc.ir.graph import Model, Node, Output, Ref
from specc.ir.op import Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops.input import Input
from specc.reference import gradients, run
from specc.reference.arguments import model_inputs, model_weights
from specc.text import Source, Span

Array = np.ndarray[Any, Any]
SPAN = Span(Source("<test>", "layer"), 0, 5)


def build_model(op: Op, *types: Type) -> Model:
    """A model that applies one op, named `layer`, to inputs `x`, `x2`, ..."""
    nodes: list[Node] = []
    masks: list[Ref | None] = []
    for place, type_ in enumerate(types, start=1):
        name = "x" if place == 1 else f"x{place}"
        nodes.append(_input(name, type_))
        inputs_mask = None
        if type_.ragged:
            inputs_mask = Ref(len(nodes))
            flags = Type(dtype="bool", axes=(Axis(size=type_.axes[0].size),))
            nodes.append(_input(f"{name}_mask", flags))
        masks.append(inputs_mask)
    inputs = tuple(
        Ref(number) for number, node in enumerate(nodes) if node.type.dtype != "bool"
    )
    if not inputs:  # the layer works on masks
        inputs = tuple(Ref(number) for number in range(len(nodes)))
    results = op.result(*types)
    layer = Node(
        op=op,
        inputs=inputs,
        types=results if isinstance(results, tuple) else (results,),
        name="layer",
        span=SPAN,
        weights=op.weights(*types),
        masks=tuple(masks) if op.uses_mask and any(masks) else (),
    )
    outputs = [Ref(len(nodes), place) for place in range(len(layer.types))]
    return Model(
        name="single",
        nodes=(*nodes, layer),
        inputs=tuple(Ref(number) for number in range(len(nodes))),
        outputs=tuple(Output(name="", ref=ref) for ref in outputs),
        source="<test>",
        sha256="",
        span=SPAN,
    )


def _input(name: str, type_: Type) -> Node:
    op = Input(type=type_)
    return Node(op=op, inputs=(), types=(type_,), name=name, span=SPAN)


def sequence_type(*features: int, ragged: bool = False, dtype: str = "float") -> Type:
    """`dtype[T, features...]`."""
    axes = (
        Axis(size=Size.named("T"), ragged=ragged),
        *(Axis(size=Size(n)) for n in features),
    )
    return Type(dtype=dtype, axes=axes)


def draw_weights(model: Model, seed: int = 0) -> dict[str, Array]:
    """Normal numbers for every weight, other ones for each; variances are positive."""
    rng = np.random.default_rng(seed)
    drawn = {
        name: (weight.role, rng.normal(size=weight.shape))
        for name, (weight, _) in model_weights(model).items()
    }
    return {n: np.exp(w) if r == "variance" else w for n, (r, w) in drawn.items()}


def apply_layer(
    op: Op,
    *inputs: Array,
    mask: Array | None = None,
    dtype: type = np.float64,
    **weights: Array,
) -> Array:
    """The result of one layer; all inputs share the mask. Axis 1 is time if masked."""
    types = []
    given: dict[str, Array] = {}
    for place, x in enumerate(inputs, start=1):
        name = "x" if place == 1 else f"x{place}"
        kind = {"f": "float", "i": "int", "b": "bool", "c": "float"}[x.dtype.kind]
        ragged = mask is not None
        if x.ndim == 2 and kind == "float" and not ragged:
            axes: tuple[Axis, ...] = (Axis(size=Size(x.shape[1])),)
            types.append(Type(dtype="float", axes=axes))
        else:
            types.append(sequence_type(*x.shape[2:], ragged=ragged, dtype=kind))
        given[name] = x
        if mask is not None:
            given[f"{name}_mask"] = mask
    if types[0].dtype == "int":
        bound = len(weights["table"]) if "table" in weights else 10
        types[0] = replace(types[0], bound=bound)
    model = build_model(op, *types)
    named = {f"layer.{name}": weight for name, weight in weights.items()}
    return run(model, named, given, dtype).outputs["output"]


def check_gradients(
    model: Model,
    weights: Mapping[str, Array],
    inputs: Mapping[str, Array],
    *,
    analytic: bool = True,
    cotangents: Mapping[str, Array] | None = None,
) -> dict[str, Array]:
    """Hold every gradient to the derivative along random directions.

    By complex-step, exact to rounding, or by central differences where a function is
    not analytic.
    """
    rng = np.random.default_rng(7)
    outputs = run(model, weights, inputs).outputs
    if cotangents is None:
        cotangents = {name: rng.normal(size=y.shape) for name, y in outputs.items()}
    found = gradients(model, weights, inputs, cotangents)
    floats = {n for n in model_inputs(model) if inputs[n].dtype.kind == "f"}
    trainable = {n for n, (w, _) in model_weights(model).items() if w.trainable}
    assert set(found) == trainable | {f"input:{name}" for name in floats}

    def loss(moved: Mapping[str, Array], dtype: type) -> complex:
        values = run(
            model,
            {name: moved[name] for name in weights},
            {name: moved.get(f"input:{name}", inputs[name]) for name in inputs},
            dtype,
        ).outputs
        return sum((values[name] * cotangents[name]).sum() for name in cotangents)

    at = {**weights, **{f"input:{name}": inputs[name] for name in floats}}
    for name, gradient in found.items():
        direction = rng.normal(size=gradient.shape)
        if analytic:
            step = 1e-30
            moved = {**at, name: at[name] + 1j * step * direction}
            expected = complex(loss(moved, np.complex128)).imag / step
            tolerance = 1e-12
        else:
            step = 1e-6
            ahead = loss({**at, name: at[name] + step * direction}, np.float64)
            behind = loss({**at, name: at[name] - step * direction}, np.float64)
            expected = complex(ahead - behind).real / (2 * step)
            tolerance = 1e-7
        scale = max(1.0, float(np.abs(gradient).max(initial=0)), abs(expected))
        assert abs((gradient * direction).sum() - expected) <= tolerance * scale, name
    return found


@pytest.fixture(name="build_model")
def _build_model() -> Callable[..., Model]:
    return build_model


@pytest.fixture(name="apply_layer")
def _apply_layer() -> Callable[..., Array]:
    return apply_layer


@pytest.fixture(name="sequence_type")
def _sequence_type() -> Callable[..., Type]:
    return sequence_type


@pytest.fixture(name="draw_weights")
def _draw_weights() -> Callable[..., dict[str, Array]]:
    return draw_weights


@pytest.fixture(name="check_gradients")
def _check_gradients() -> Callable[..., dict[str, Array]]:
    return check_gradients
