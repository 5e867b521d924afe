"""Each layer of the oracle against its formula, written a second time and plainer."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from specc.ops import op_names
from specc.ops.add import Add
from specc.ops.arithmetic import Arithmetic
from specc.ops.avgpool import Avgpool
from specc.ops.both import Both
from specc.ops.concat import Concat
from specc.ops.conv import Conv
from specc.ops.dense import Dense
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
from specc.ops.not_pad import NotPad
from specc.ops.shift import Shift
from specc.ops.softmax import Softmax
from specc.ops.spatial_dropout import SpatialDropout
from specc.ops.sum import Sum
from specc.ops.window_mask import WindowMask
from specc.reference.evaluate import find_layer

Apply = Callable[..., np.ndarray]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, 4))
HOLES = np.array(
    [
        [True, False, True, True, False, False, True],
        [False, False, True, False, True, True, False],
        [False] * 7,
    ]
)
LEAVES = {"input", "number", "parameter", "state"}
"""Ops that compute nothing."""


def close(found: np.ndarray, expected: object) -> None:
    np.testing.assert_allclose(found, np.asarray(expected), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", sorted(op_names() - LEAVES))
def test_every_op_has_a_function_of_its_name(name: str) -> None:
    assert callable(find_layer(name))


def test_dense_maps_the_last_axis(apply_layer: Apply) -> None:
    w, b = RNG.normal(size=(4, 2)), RNG.normal(size=2)
    y = apply_layer(Dense(units=2, activation="relu"), X, W=w, b=b)
    for row in range(3):
        for t in range(7):
            for unit in range(2):
                total = b[unit] + sum(X[row, t, i] * w[i, unit] for i in range(4))
                close(y[row, t, unit], max(total, 0))


def test_dense_without_bias(apply_layer: Apply) -> None:
    w = RNG.normal(size=(4, 2))
    close(apply_layer(Dense(units=2, bias="none"), X[:, 0], W=w), X[:, 0] @ w)


TRUTHS = {
    "linear": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0),
    "gelu": lambda x: x * math.erfc(-x / math.sqrt(2)) / 2,
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    ),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "selu": lambda x: (
        1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1))
    ),
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "negative": lambda x: -x,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_what_their_formulas_say(apply_layer: Apply, name: str) -> None:
    x = np.array([[-3.7, -2.0, -0.3, 0.0, 0.4, 1.1, 3.2, 9.0]])
    if name in ("log", "sqrt"):
        x = np.abs(x) + 0.1
    y = apply_layer(Function(function=name), x)
    expected = [TRUTHS[name](number) for number in x[0].tolist()]
    np.testing.assert_allclose(y[0], expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "silu", "elu", "selu"])
def test_functions_do_not_overflow(apply_layer: Apply, name: str) -> None:
    x = np.array([[-1e4, 1e4]])
    assert np.isfinite(apply_layer(Function(function=name), x)).all()


@pytest.mark.parametrize(
    ("operator", "truth"),
    [
        ("+", lambda a, b: a + b),
        ("-", lambda a, b: a - b),
        ("*", lambda a, b: a * b),
        ("/", lambda a, b: a / b),
        ("**", lambda a, b: a**b),
        ("min", min),
        ("max", max),
    ],
)
def test_arithmetic_goes_element_by_element(
    apply_layer: Apply, operator: str, truth: Callable[[float, float], float]
) -> None:
    a, b = np.abs(X[:, 0]), X[:, 1]
    y = apply_layer(Arithmetic(operator=operator), a, b)
    expected = [truth(*pair) for pair in zip(a.flat, b.flat, strict=True)]
    close(y.ravel(), expected)


def test_softmax_gives_probabilities(apply_layer: Apply) -> None:
    y = apply_layer(Softmax(), X)
    close(y[1, 2], np.exp(X[1, 2]) / np.exp(X[1, 2]).sum())


def test_softmax_of_large_numbers_is_finite(apply_layer: Apply) -> None:
    close(apply_layer(Softmax(), np.array([[1e4, 0.0]])), [[1, 0]])
    close(apply_layer(LogSoftmax(), np.array([[1e4, 0.0]])), [[0, -1e4]])


def test_log_softmax_is_the_logarithm_of_softmax(apply_layer: Apply) -> None:
    close(apply_layer(LogSoftmax(), X), np.log(apply_layer(Softmax(), X)))


def test_embed_looks_ids_up(apply_layer: Apply) -> None:
    table = RNG.normal(size=(5, 3))
    ids = np.array([[0, 4, 2], [1, 1, 3]])
    close(apply_layer(Embed(dim=3), ids, table=table), table[ids])


@pytest.mark.parametrize("wrong", [-1, 5, -5, 2**40])
def test_an_id_outside_the_table_gives_nan(apply_layer: Apply, wrong: int) -> None:
    table = RNG.normal(size=(5, 3))
    y = apply_layer(Embed(dim=3), np.array([[0, wrong]]), table=table)
    close(y[0, 0], table[0])
    assert np.isnan(y[0, 1]).all()


def test_layernorm_standardises_every_step(apply_layer: Apply) -> None:
    gamma, beta = RNG.normal(size=4), RNG.normal(size=4)
    y = apply_layer(Layernorm(epsilon=0.1), X, gamma=gamma, beta=beta)
    row = X[1, 2]
    expected = gamma * (row - row.mean()) / np.sqrt(row.var() + 0.1) + beta
    close(y[1, 2], expected)


def test_normalize_makes_length_one(apply_layer: Apply) -> None:
    close(np.linalg.norm(apply_layer(Normalize(), X), axis=-1), np.ones((3, 7)))


def test_normalize_of_nothing_is_nothing(apply_layer: Apply) -> None:
    close(apply_layer(Normalize(), np.zeros((1, 3))), np.zeros((1, 3)))


def test_merges(apply_layer: Apply) -> None:
    a, b, c = X[:, 0], X[:, 1], X[:, 2]
    close(apply_layer(Add(), a, b, c), a + b + c)
    close(apply_layer(Concat(), a, b, c), np.concatenate([a, b, c], axis=-1))
    close(apply_layer(Dot(), a, b), [a[i] @ b[i] for i in range(3)])


def test_dropout_does_nothing_outside_training(apply_layer: Apply) -> None:
    close(apply_layer(Dropout(p=0.5), X), X)
    close(apply_layer(SpatialDropout(p=0.5), X), X)


def test_flatten_runs_through_the_last_axis_first(build_model: Callable) -> None:
    from specc.ir.types import floats
    from specc.reference import run

    y = run(build_model(Flatten(), floats(7, 4)), {}, {"x": X}).outputs["output"]
    close(y[1], [number for step in X[1] for number in step])


REDUCTIONS = {
    Mean: lambda steps: sum(steps) / len(steps),
    Sum: lambda steps: sum(steps),
    Max: lambda steps: np.max(steps, axis=0),
    First: lambda steps: steps[0],
    Last: lambda steps: steps[-1],
}


@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions_take_all_steps_without_a_mask(apply_layer: Apply, op: type) -> None:
    close(apply_layer(op(), X), [REDUCTIONS[op](list(row)) for row in X])


@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions_leave_masked_steps_out(apply_layer: Apply, op: type) -> None:
    y = apply_layer(op(), X, mask=HOLES)
    for row in (0, 1):
        close(y[row], REDUCTIONS[op](list(X[row][HOLES[row]])))
    close(y[2], np.zeros(4))


@pytest.mark.parametrize("op", REDUCTIONS)
def test_reductions_of_one_number_per_step(apply_layer: Apply, op: type) -> None:
    y = apply_layer(op(), X[:, :, 0], mask=HOLES)
    close(y, apply_layer(op(), X, mask=HOLES)[:, 0])


def convolve(
    x: np.ndarray,
    w: np.ndarray,
    stride: int,
    dilation: int,
    padding: str | int,
) -> np.ndarray:
    """One row, one group, by the definition: index by index."""
    steps, kernel = len(x), len(w)
    reach = (kernel - 1) * dilation + 1
    if padding == "valid":
        start, count = 0, (steps - reach) // stride + 1
    elif isinstance(padding, int):
        start, count = padding, (steps + 2 * padding - reach) // stride + 1
    else:
        count = math.ceil(steps / stride)
        missing = max(0, (count - 1) * stride + reach - steps)
        start = reach - 1 if padding == "causal" else missing // 2
    y = np.zeros((count, w.shape[2]))
    for t in range(count):
        for k in range(kernel):
            at = t * stride + k * dilation - start
            if 0 <= at < steps:
                y[t] += x[at] @ w[k]
    return y


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation"),
    [(1, 1, 1), (2, 1, 1), (3, 2, 1), (4, 3, 1), (3, 1, 2), (2, 2, 3), (2, 5, 1)],
)
def test_conv_is_its_definition(
    apply_layer: Apply, padding: str, kernel: int, stride: int, dilation: int
) -> None:
    w, b = RNG.normal(size=(kernel, 4, 5)), RNG.normal(size=5)
    op = Conv(
        filters=5,
        kernel_size=kernel,
        stride=stride,
        dilation=dilation,
        padding=padding,
    )
    y = apply_layer(op, X, W=w, b=b)
    for row in range(3):
        close(y[row], convolve(X[row], w, stride, dilation, padding) + b)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "padding"),
    [(3, 1, 1, 1), (4, 2, 1, 1), (3, 1, 2, 2), (5, 3, 1, 2), (4, 2, 2, 3)],
)
def test_conv_with_zeros_on_either_side_is_its_definition(
    apply_layer: Apply, kernel: int, stride: int, dilation: int, padding: int
) -> None:
    w, b = RNG.normal(size=(kernel, 4, 5)), RNG.normal(size=5)
    size = {"kernel_size": kernel, "stride": stride, "dilation": dilation}
    y = apply_layer(Conv(filters=5, padding=padding, **size), X, W=w, b=b)
    for row in range(3):
        close(y[row], convolve(X[row], w, stride, dilation, padding) + b)


def test_conv_groups_are_convolutions_of_their_own(apply_layer: Apply) -> None:
    w = RNG.normal(size=(3, 2, 6))
    op = Conv(filters=6, kernel_size=3, groups=2, bias="none")
    y = apply_layer(op, X, W=w)
    for row in range(3):
        lower = convolve(X[row, :, :2], w[:, :, :3], 1, 1, "valid")
        upper = convolve(X[row, :, 2:], w[:, :, 3:], 1, 1, "valid")
        close(y[row], np.concatenate([lower, upper], axis=-1))


def test_conv_reads_masked_steps_as_zeros(apply_layer: Apply) -> None:
    w = RNG.normal(size=(3, 4, 5))
    op = Conv(filters=5, kernel_size=3, padding="same", bias="none")
    y = apply_layer(op, X, mask=HOLES, W=w)
    for row in range(3):
        silent = X[row] * HOLES[row][:, None]
        close(y[row], convolve(silent, w, 1, 1, "same"))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 1), (3, 2), (2, 3)])
def test_pools_look_at_the_valid_steps_of_a_window(
    apply_layer: Apply, masked: bool, padding: str, size: int, stride: int | None
) -> None:
    step = stride or size
    if masked and padding == "same" and step > 1:
        return  # the type rule refuses it
    mask = HOLES if masked else None
    options = {"size": size, "stride": stride, "padding": padding}
    largest = apply_layer(Maxpool(**options), X, mask=mask)
    average = apply_layer(Avgpool(**options), X, mask=mask)
    count = (7 - size) // step + 1 if padding == "valid" else math.ceil(7 / step)
    start = max(0, (count - 1) * step + size - 7) // 2 if padding == "same" else 0
    assert largest.shape == average.shape == (3, count, 4)
    for row in range(3):
        for t in range(count):
            inside = range(t * step - start, t * step - start + size)
            seen = [i for i in inside if 0 <= i < 7 and (not masked or HOLES[row, i])]
            steps = X[row, seen] if seen else np.zeros((1, 4))
            close(largest[row, t], steps.max(axis=0))
            close(average[row, t], steps.mean(axis=0))


def test_shift_moves_later_and_reads_masked_steps_as_zeros(apply_layer: Apply) -> None:
    y = apply_layer(Shift(n=2), X, mask=HOLES)
    close(y[:, :2], np.zeros((3, 2, 4)))
    close(y[:, 2:], (X * HOLES[..., None])[:, :-2])


def test_shift_keeps_ids_as_they_are(apply_layer: Apply) -> None:
    ids = np.array([[5, 6, 7]])
    close(apply_layer(Shift(n=1), ids), [[0, 5, 6]])
    close(apply_layer(Shift(n=4), ids), [[0, 0, 0]])


def test_masks(apply_layer: Apply) -> None:
    ids = np.array([[3, 0, 9]])
    close(apply_layer(NotPad(pad=3), ids), [[False, True, True]])
    close(apply_layer(Both(), HOLES, HOLES[::-1]), HOLES & HOLES[::-1])
    close(apply_layer(WindowMask(kernel=2), HOLES), HOLES[:, :-1] & HOLES[:, 1:])
    close(apply_layer(WindowMask(kernel=1, stride=3), HOLES), HOLES[:, ::3])
    triples = [HOLES[:, i : i + 3].all(axis=1) for i in (0, 2, 4)]
    close(apply_layer(WindowMask(kernel=3, stride=2), HOLES), np.stack(triples, axis=1))


def test_fewer_steps_than_a_window_give_no_steps(apply_layer: Apply) -> None:
    w = RNG.normal(size=(5, 4, 2))
    op = Conv(filters=2, kernel_size=5, stride=2, bias="none")
    assert apply_layer(op, X[:, :3], W=w).shape == (3, 0, 2)
    assert apply_layer(Maxpool(size=5), X[:, :3]).shape == (3, 0, 4)
    assert apply_layer(WindowMask(kernel=5, stride=2), HOLES[:, :1]).shape == (3, 0)
    close(apply_layer(Max(), X[:, :0]), np.zeros((3, 4)))
    close(apply_layer(Mean(), X[:, :0]), np.zeros((3, 4)))
