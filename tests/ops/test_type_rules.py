"""What every layer makes of its inputs: types, weights, masks, refusals."""

from __future__ import annotations

import msgspec
import pytest

from specc.diagnostics.codes import TOO_SHORT
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops import find_op, layer_names, op_names

T, S = Size.named("T"), Size.named("S")


def float_of(*sizes: int | Size, ragged: bool = False) -> Type:
    axes = tuple(
        Axis(size=Size(s) if isinstance(s, int) else s, ragged=ragged and place == 0)
        for place, s in enumerate(sizes)
    )
    return Type(dtype="float", axes=axes)


def make(name: str, **options: object) -> Op:
    op = find_op(name)
    assert op is not None
    return msgspec.convert(options, op)


IDS = Type(dtype="int", axes=(Axis(size=T, ragged=True),), bound=9, pad=0)
FLAGS = Type(dtype="bool", axes=(Axis(size=T),))
STEPS = float_of(T, 4)
PADDED = float_of(T, 4, ragged=True)

RESULTS = [
    (make("embed", dim=8), [IDS], "float[T, 8] ragged"),
    (make("embed", dim=8), [Type(dtype="int", bound=9)], "float[8]"),
    (make("dense", units=8), [STEPS], "float[T, 8]"),
    (make("dense", units=8), [float_of(T, S, 4)], "float[T, S, 8]"),
    (make("conv", filters=8, kernel_size=3), [STEPS], "float[T - 2, 8]"),
    (
        make("conv", filters=8, kernel_size=3, padding="same", stride=3),
        [STEPS],
        "float[ceil(T / 3), 8]",
    ),
    (
        make("conv", filters=8, kernel_size=3, padding="causal"),
        [PADDED],
        "float[T, 8] ragged",
    ),
    (make("conv", filters=8, kernel_size=3), [float_of(9, 8, 4)], "float[7, 6, 8]"),
    (
        make("conv", filters=8, kernel_size=3, padding="same", stride=2),
        [float_of(9, 8, 4)],
        "float[5, 4, 8]",
    ),
    (make("depthwise", kernel_size=3), [STEPS], "float[T - 2, 4]"),
    (
        make("depthwise", kernel_size=3, multiplier=2, padding="same"),
        [float_of(9, 8, 4)],
        "float[9, 8, 8]",
    ),
    (make("separable", filters=8, kernel_size=3), [PADDED], "float[T - 2, 8] ragged"),
    (
        make("separable", filters=8, kernel_size=3, stride=2),
        [float_of(9, 8, 4)],
        "float[4, 3, 8]",
    ),
    (
        make("transposed", filters=8, kernel_size=3, stride=2),
        [STEPS],
        "float[2 * T + 1, 8]",
    ),
    (
        make("transposed", filters=8, kernel_size=3, stride=2, padding="same"),
        [float_of(9, 8, 4)],
        "float[18, 16, 8]",
    ),
    (make("maxpool", size=2), [float_of(9, 8, 4)], "float[4, 4, 4]"),
    *((make(name), [float_of(9, 8, 4)], "float[4]") for name in ("mean", "max", "sum")),
    (make("batchnorm"), [PADDED], "float[T, 4] ragged"),
    (make("batchnorm"), [float_of(9, 8, 4)], "float[9, 8, 4]"),
    (make("maxpool", size=4), [PADDED], "float[T // 4, 4] ragged"),
    (make("avgpool", size=4, stride=2), [float_of(9, 4)], "float[3, 4]"),
    (make("avgpool", size=4, padding="same"), [float_of(9, S)], "float[3, S]"),
    *((make(name), [PADDED], "float[4]") for name in ("mean", "max", "sum", "first")),
    (make("last"), [float_of(T)], "float"),
    (make("dropout", p=0.5), [PADDED], "float[T, 4] ragged"),
    (make("dropout", p=0), [float_of()], "float"),
    (make("dropout", p=0.5, shared="time"), [STEPS], "float[T, 4]"),
    (make("spatial_dropout", p=0.5), [STEPS], "float[T, 4]"),
    (make("flatten"), [float_of(3, 4, 5)], "float[60]"),
    (make("flatten"), [float_of()], "float[1]"),
    (make("shift"), [IDS], "int[T] < 9 pad 0"),
    (make("shift", n=3), [PADDED], "float[T, 4] ragged"),
    (make("layernorm"), [PADDED], "float[T, 4] ragged"),
    (make("normalize"), [float_of(4)], "float[4]"),
    (make("softmax"), [PADDED], "float[T, 4] ragged"),
    (make("log_softmax"), [float_of(4)], "float[4]"),
    (make("softmax"), [float_of(9, ragged=True)], "float[9] ragged"),
    (make("softmax", axis=0), [float_of(T, 1, ragged=True)], "float[T, 1] ragged"),
    (make("sum", axis=1), [float_of(T, S, 4, ragged=True)], "float[T, 4] ragged"),
    (make("concat"), [STEPS, PADDED], "float[T, 8] ragged"),
    (make("concat"), [float_of(1), float_of(2), float_of(3)], "float[6]"),
    (make("add"), [STEPS, PADDED, STEPS], "float[T, 4] ragged"),
    (make("add"), [float_of(), float_of()], "float"),
    (make("dot"), [PADDED, STEPS], "float[T] ragged"),
    (make("dot"), [float_of(4), float_of(4)], "float"),
]


@pytest.mark.parametrize(
    ("op", "inputs", "result"), RESULTS, ids=lambda part: str(part)[:40]
)
def test_a_layer_gives_the_type_its_equation_says(
    op: Op, inputs: list[Type], result: str
) -> None:
    assert str(op.result(*inputs)) == result


REFUSALS = [
    (make("embed", dim=8), [STEPS], "SPC304"),
    (make("embed", dim=8), [Type(dtype="int", axes=IDS.axes)], "SPC303"),
    (make("embed", dim=8, source="a.txt", kernel="zeros"), [IDS], "SPC205"),
    (make("dense", units=8), [IDS], "SPC304"),
    (make("dense", units=8), [float_of(T)], "SPC308"),
    (make("dense", units=8), [float_of()], "SPC317"),
    (make("dense", units=1, activation="log_softmax"), [STEPS], "SPC315"),
    (make("conv", filters=8, kernel_size=3), [float_of(4)], "SPC305"),
    (make("conv", filters=8, kernel_size=3), [float_of(T)], "SPC317"),
    (make("conv", filters=8, kernel_size=3), [float_of(T, S)], "SPC308"),
    (make("conv", filters=8, kernel_size=3), [float_of(T, S, 4)], "SPC306"),
    (make("conv", filters=8, kernel_size=3, groups=3), [STEPS], "SPC312"),
    (make("conv", filters=8, kernel_size=5), [float_of(4, 4)], "SPC311"),
    (make("conv", filters=8, kernel_size=9, dilation=10**9), [STEPS], "SPC220"),
    (
        make("conv", filters=8, kernel_size=3, stride=2, padding="same"),
        [PADDED],
        "SPC310",
    ),
    (make("maxpool", size=3, padding="same"), [PADDED], "SPC310"),
    (
        make("conv", filters=8, kernel_size=3, padding="causal"),
        [float_of(9, 8, 4)],
        "SPC205",
    ),
    (make("conv", filters=8, kernel_size=3), [float_of(T, 8, 4)], "SPC306"),
    (make("depthwise", kernel_size=3), [float_of(9, 8, 4, ragged=True)], "SPC306"),
    (make("separable", filters=8, kernel_size=3), [float_of(2, 9, 8, 4)], "SPC306"),
    (make("maxpool", size=9), [float_of(9, 8, 4)], TOO_SHORT.number),
    (make("transposed", filters=8, kernel_size=3), [PADDED], "SPC309"),
    (make("batchnorm"), [float_of(4, T)], "SPC308"),
    *((make(name), [float_of(T, 8, 4)], "SPC306") for name in ("mean", "max", "sum")),
    *((make(name), [float_of(9, 8, 4)], "SPC306") for name in ("first", "last")),
    (make("avgpool", size=3), [float_of(2, 4)], "SPC311"),
    (make("avgpool", size=3), [IDS], "SPC304"),
    (make("mean"), [float_of(4)], "SPC305"),
    (make("mean"), [float_of()], "SPC305"),
    (make("max"), [FLAGS], "SPC304"),
    (make("last"), [float_of(T, 4, 4)], "SPC306"),
    (make("dropout", p=0.5, shared="time"), [float_of(4)], "SPC305"),
    (make("spatial_dropout", p=0.5), [float_of(4)], "SPC305"),
    (make("flatten"), [PADDED], "SPC309"),
    (make("flatten"), [STEPS], "SPC308"),
    (make("flatten"), [float_of(10**6, 10**6)], "SPC220"),
    (make("shift"), [float_of()], "SPC305"),
    (make("shift"), [FLAGS], "SPC304"),
    (make("softmax"), [float_of(T, 1)], "SPC315"),
    (make("softmax"), [float_of()], "SPC317"),
    (make("concat"), [STEPS], "SPC209"),
    (make("concat"), [STEPS, float_of(S, 4)], "SPC307"),
    (make("concat"), [STEPS, float_of(4)], "SPC307"),
    (make("concat"), [float_of(10**9), float_of(1)], "SPC220"),
    (make("add"), [STEPS, float_of(T, 5)], "SPC307"),
    (make("add"), [STEPS, IDS], "SPC304"),
    (make("dot"), [STEPS, float_of(T, 5)], "SPC307"),
    (make("dot"), [STEPS, float_of(S, 4)], "SPC307"),
    (make("normalize"), [IDS], "SPC304"),
    (make("layernorm"), [float_of(T)], "SPC308"),
]


@pytest.mark.parametrize(
    ("op", "inputs", "code"), REFUSALS, ids=lambda part: str(part)[:40]
)
def test_a_layer_refuses_what_its_equation_cannot_take(
    op: Op, inputs: list[Type], code: str
) -> None:
    with pytest.raises(IllTyped) as raised:
        op.result(*inputs)
    assert raised.value.code.number == code
    assert raised.value.message


WEIGHTS = [
    (make("embed", dim=8), IDS, {"table": (9, 8)}),
    (make("dense", units=8), STEPS, {"W": (4, 8), "b": (8,)}),
    (make("dense", units=8, bias="none"), STEPS, {"W": (4, 8)}),
    (
        make("conv", filters=8, kernel_size=3, groups=2),
        STEPS,
        {"W": (3, 2, 8), "b": (8,)},
    ),
    (make("layernorm"), STEPS, {"gamma": (4,), "beta": (4,)}),
    (make("layernorm", bias="none"), STEPS, {"gamma": (4,)}),
    (make("softmax"), STEPS, {}),
]


@pytest.mark.parametrize(
    ("op", "x", "shapes"), WEIGHTS, ids=lambda part: str(part)[:40]
)
def test_weights_have_the_shapes_of_the_equation(
    op: Op, x: Type, shapes: dict[str, tuple[int, ...]]
) -> None:
    assert {weight.name: weight.shape for weight in op.weights(x)} == shapes


def test_options_of_weights_reach_the_weights() -> None:
    op = make(
        "conv",
        filters=8,
        kernel_size=3,
        frozen=True,
        l1=0.1,
        l2=0.2,
        kernel="he_normal",
        bias="ones",
    )
    kernel, bias = op.weights(STEPS)
    assert (kernel.initial, kernel.l1, kernel.l2) == ("he_normal", 0.1, 0.2)
    assert (bias.initial, bias.l1, bias.l2) == ("ones", 0.0, 0.0)
    assert not kernel.trainable and not bias.trainable
    assert kernel.fans == (12, 24)


def test_identity_is_for_matrices_alone() -> None:
    square = make("dense", units=4, kernel="identity")
    assert square.weights(STEPS)[0].initial == "identity"
    for op in (
        make("conv", filters=8, kernel_size=3, kernel="identity"),
        make("dense", units=4, bias="identity"),
        make("layernorm", bias="identity"),
    ):
        with pytest.raises(IllTyped):
            op.weights(STEPS)


@pytest.mark.parametrize("name", sorted(op_names()))
def test_every_file_defines_the_op_it_is_named_after(name: str) -> None:
    op = find_op(name)
    assert op is not None and op.name() == name


def test_layers_are_the_ops_that_a_spec_may_write() -> None:
    assert {"dense", "conv", "log_softmax"} <= layer_names()
    assert not layer_names() & {"input", "both", "recurrent", "function", "product"}
    assert find_op("_pool") is None
    assert find_op("nothing") is None
