"""Layers over images, and the wider family of convolutions, against plain formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from specc.ir.op import Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type, floats
from specc.ops.avgpool import Avgpool
from specc.ops.batchnorm import Batchnorm
from specc.ops.conv import Conv
from specc.ops.crop import Crop
from specc.ops.depthwise import Depthwise
from specc.ops.max import Max
from specc.ops.maxpool import Maxpool
from specc.ops.mean import Mean
from specc.ops.separable import Separable
from specc.ops.sum import Sum
from specc.ops.transposed import Transposed
from specc.ops.upsample import Upsample
from specc.reference import run

Fixture = Callable[..., Any]
RNG = np.random.default_rng(3)
IMAGE = RNG.normal(size=(2, 6, 5, 4))
STEPS = RNG.normal(size=(3, 7, 4))
HOLES = np.array([[1, 0, 1, 1, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0], [0] * 7], bool)
TIME = (Axis(size=Size.named("T")), Axis(size=Size(4)))
RAGGED = (Axis(size=Size.named("T"), ragged=True), Axis(size=Size(4)))


@pytest.fixture(name="on_image")
def _on_image(build_model: Fixture, draw_weights: Fixture) -> Fixture:
    """What a layer makes of `IMAGE`, and the weights that were drawn for it."""

    def applied(op: Op) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        model = build_model(op, floats(*IMAGE.shape[1:]))
        weights = draw_weights(model)
        y = run(model, weights, {"x": IMAGE}).outputs["output"]
        return y, {name.partition(".")[2]: w for name, w in weights.items()}

    return applied


def close(found: np.ndarray, expected: object) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-12, atol=1e-13)


def places(size: int, reach: int, stride: int, padding: str) -> list[int]:
    """Where windows start along an axis: before 0 where the start is padded."""
    if padding == "valid":
        return list(range(0, size - reach + 1, stride))
    count = math.ceil(size / stride)
    lacking = max(0, (count - 1) * stride + reach - size)
    return [t * stride - lacking // 2 for t in range(count)]


def pixel(x: np.ndarray, i: int, j: int) -> np.ndarray:
    """A place of an image, zero outside of it."""
    inside = 0 <= i < x.shape[0] and 0 <= j < x.shape[1]
    return x[i, j] if inside else np.zeros(x.shape[2])


WINDOWS = [
    {},
    {"padding": "same"},
    {"padding": "same", "stride": 2},
    {"stride": 2},
    {"padding": "same", "dilation": 2},
    {"dilation": 2, "stride": 2},
]


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("options", WINDOWS, ids=str)
def test_conv_over_an_image_sums_over_squares(
    on_image: Fixture, options: dict[str, Any], groups: int
) -> None:
    y, w = on_image(Conv(filters=6, kernel_size=2, groups=groups, **options))
    stride, dilation = options.get("stride", 1), options.get("dilation", 1)
    padding = options.get("padding", "valid")
    rows, columns = (places(n, dilation + 1, stride, padding) for n in (6, 5))
    assert y.shape == (2, len(rows), len(columns), 6)
    channels, filters = 4 // groups, 6 // groups
    for b, (i, row), (j, column) in product(
        range(2), enumerate(rows), enumerate(columns)
    ):
        for f in range(6):
            read = slice((f // filters) * channels, (f // filters + 1) * channels)
            total = w["b"][f]
            for k, m in product(range(2), repeat=2):
                seen = pixel(IMAGE[b], row + k * dilation, column + m * dilation)
                total = total + seen[read] @ w["W"][k, m, :, f]
            close(y[b, i, j, f], total)


@pytest.mark.parametrize("options", WINDOWS, ids=str)
def test_depthwise_keeps_features_apart(
    on_image: Fixture, options: dict[str, Any]
) -> None:
    op = Depthwise(kernel_size=3, multiplier=2, bias="none", **options)
    if options.get("dilation") and "padding" not in options:
        op = replace(op, kernel_size=2)
    y, w = on_image(op)
    for channel, n in product(range(4), range(2)):
        alone = Conv(filters=1, bias="none", kernel_size=op.kernel_size, **options)
        one = _conv(alone, IMAGE[..., [channel]], w["W"][:, :, [channel], n])
        close(y[..., channel * 2 + n], one[..., 0])


def _conv(op: Conv, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The oracle's own convolution, which the test above judges."""
    from specc.reference.conv import conv
    from specc.reference.tape import Value

    return conv(op, {"W": Value(w[..., None])}, (None,), Value(x)).data


def test_separable_is_depthwise_and_then_a_convolution_of_one_step(
    on_image: Fixture,
) -> None:
    y, w = on_image(Separable(filters=3, kernel_size=3, multiplier=2, padding="same"))
    assert w["D"].shape == (3, 3, 4, 2) and w["P"].shape == (1, 1, 8, 3)
    for b, i, j in product(range(2), range(6), range(5)):
        total = np.zeros((4, 2))
        for k, m in product(range(3), repeat=2):
            total += pixel(IMAGE[b], i + k - 1, j + m - 1)[:, None] * w["D"][k, m]
        close(y[b, i, j], total.reshape(8) @ w["P"][0, 0] + w["b"])


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (2, 3), (4, 2)])
def test_transposed_is_the_transpose_of_a_convolution(
    on_image: Fixture, padding: str, kernel: int, stride: int
) -> None:
    """<conv(z), x> = <z, transposed(x)> for every z of the result's shape."""
    op = Transposed(
        filters=3, kernel_size=kernel, stride=stride, padding=padding, bias="none"
    )
    y, w = on_image(op)
    longer = max(kernel - stride, 0) if padding == "valid" else 0
    assert y.shape[1:3] == (6 * stride + longer, 5 * stride + longer)
    back = Conv(
        filters=4, kernel_size=kernel, stride=stride, padding=padding, bias="none"
    )
    z = RNG.normal(size=y.shape)
    seen = _conv_of(back, z, w["W"])
    assert seen.shape == IMAGE.shape
    close((seen * IMAGE).sum(), (z * y).sum())


def _conv_of(op: Conv, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return _conv(op, x, w[..., 0]) if w.ndim == 5 else _plain(op, x, w)


def _plain(op: Conv, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    from specc.reference.conv import conv
    from specc.reference.tape import Value

    return conv(op, {"W": Value(w)}, (None,), Value(x)).data


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 1), (3, 2), (2, 3)])
def test_pools_over_an_image_leave_padding_out(
    on_image: Fixture, padding: str, size: int, stride: int | None
) -> None:
    options = {"size": size, "stride": stride, "padding": padding}
    largest, _ = on_image(Maxpool(**options))
    average, _ = on_image(Avgpool(**options))
    rows, columns = (places(n, size, stride or size, padding) for n in (6, 5))
    assert largest.shape == average.shape == (2, len(rows), len(columns), 4)
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        seen = IMAGE[:, max(row, 0) : row + size, max(column, 0) : column + size]
        close(largest[:, i, j], seen.max(axis=(1, 2)))
        close(average[:, i, j], seen.mean(axis=(1, 2)))


def test_global_pools_over_an_image_leave_its_features(on_image: Fixture) -> None:
    close(on_image(Mean())[0], IMAGE.mean(axis=(1, 2)))
    close(on_image(Max())[0], IMAGE.max(axis=(1, 2)))
    close(on_image(Sum())[0], IMAGE.sum(axis=(1, 2)))


def test_batchnorm_goes_by_the_moving_statistics(apply_layer: Fixture) -> None:
    gamma, beta, mean = RNG.normal(size=(3, 4))
    variance = RNG.uniform(0.5, 2, size=4)
    weights = {"moving_mean": mean, "moving_variance": variance}
    y = apply_layer(Batchnorm(epsilon=0.1), STEPS, gamma=gamma, beta=beta, **weights)
    close(y, gamma * (STEPS - mean) / np.sqrt(variance + 0.1) + beta)
    y = apply_layer(Batchnorm(bias="none"), STEPS, gamma=gamma, **weights)
    close(y, gamma * (STEPS - mean) / np.sqrt(variance + 1e-3))


@pytest.mark.parametrize(
    "op", [Depthwise(kernel_size=3), Separable(filters=2, kernel_size=3)], ids=type
)
def test_masked_steps_are_read_as_zeros(
    build_model: Fixture, draw_weights: Fixture, op: Op
) -> None:
    type_ = Type(dtype="float", axes=RAGGED)
    model = build_model(op, type_)
    weights = draw_weights(model)
    masked = run(model, weights, {"x": STEPS, "x_mask": HOLES}).outputs["output"]
    silent = {"x": STEPS * HOLES[..., None], "x_mask": np.ones_like(HOLES)}
    close(masked, run(model, weights, silent).outputs["output"])


SMOOTH: list[Op] = [
    Avgpool(size=3, stride=2, padding="same"),
    Batchnorm(),
    Batchnorm(bias="none", momentum=0.5),
    Conv(filters=2, kernel_size=2, stride=2, padding="same", activation="tanh"),
    Conv(filters=4, kernel_size=2, dilation=2, groups=2),
    Crop(start=1),
    Depthwise(kernel_size=3, multiplier=2, padding="same", activation="sigmoid"),
    Max(),
    Maxpool(size=2, padding="same"),
    Mean(),
    Separable(filters=3, kernel_size=2, multiplier=2, stride=2, activation="silu"),
    Sum(),
    Transposed(filters=3, kernel_size=3, stride=2, activation="softsign"),
    Transposed(filters=3, kernel_size=3, stride=2, padding="same", bias="none"),
    Upsample(n=2),
]


@pytest.mark.parametrize("kind", ["image", "time", "ragged"])
@pytest.mark.parametrize("op", SMOOTH, ids=repr)
def test_gradients_are_those_of_complex_step(
    build_model: Fixture,
    draw_weights: Fixture,
    check_gradients: Fixture,
    op: Op,
    kind: str,
) -> None:
    shifting = getattr(op, "padding", "") == "same" and not isinstance(op, Depthwise)
    if kind == "ragged" and (shifting or isinstance(op, Transposed)):
        return  # the type rule refuses it
    types = {
        "image": floats(6, 5, 4),
        "time": Type(dtype="float", axes=TIME),
        "ragged": Type(dtype="float", axes=RAGGED),
    }
    model = build_model(op, types[kind])
    weights = draw_weights(model)
    inputs = {"x": IMAGE if kind == "image" else STEPS}
    if kind == "ragged":
        inputs["x_mask"] = HOLES
    check_gradients(model, weights, inputs)


def test_an_image_is_repeated_and_cropped_on_both_axes(build_model: Fixture) -> None:
    def applied(op: Op) -> Any:
        model = build_model(op, floats(6, 5, 4))
        return run(model, {}, {"x": IMAGE}).outputs["output"]

    twice = applied(Upsample(n=2))
    assert twice.shape == (IMAGE.shape[0], 12, 10, 4)
    for i, j in ((0, 0), (3, 8), (11, 9)):
        assert (twice[:, i, j] == IMAGE[:, i // 2, j // 2]).all()
    assert (applied(Crop(start=1, stop=2)) == IMAGE[:, 1:-2, 1:-2]).all()
