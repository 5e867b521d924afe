"""Masks become values: made once, wired to what reads them, as long as their values."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import asdict

from specc.compiler import compile as compile_spec
from specc.ir.graph import Model, Ref
from specc.lower import lower_text
from specc.passes.infer_masks import infer_masks

SPECS = sorted((Path(__file__).parents[2] / "specs/models").glob("*.seq"))
IDS = "int[T] < 9 pad 0"
VECTORS = "float[T, 4] ragged"


def inferred(layers: str, y: str, x: str = VECTORS) -> Model:
    return infer_masks(lower_text(f"model m(x: {x}) -> {y} {{\n{layers}\n}}"))


def ops(model: Model) -> list[str]:
    return [node.op.name() for node in model.nodes]


def test_a_model_without_padding_stays_as_it_is() -> None:
    text = "model m(x: float[T, 4]) -> float[4] { x -> relu -> mean }"
    model = lower_text(text)
    assert infer_masks(model).nodes == model.nodes


def test_the_mask_of_ids_is_where_they_are_not_the_padding_id() -> None:
    model = inferred("x -> embed(4) -> mean", "float[4]", IDS)
    assert ops(model) == ["input", "not_pad", "embed", "mean"]
    assert asdict(model.nodes[1].op) == {"pad": 0}
    assert model.nodes[3].masks == (Ref(1),)
    assert len(model.inputs) == 1


def test_the_mask_of_vectors_is_an_input_of_its_own() -> None:
    model = inferred("x -> lstm(4)", "float[T, 4]")
    assert [model.nodes[ref.node].name for ref in model.inputs] == ["x", "x_mask"]
    assert str(model.type_of(model.inputs[1])) == "bool[T]"
    assert model.nodes[2].masks == (Ref(1),)
    assert model.mask(model.outputs[0].ref) == Ref(1)


def test_layers_that_go_step_by_step_hand_the_mask_on_unread() -> None:
    model = inferred("x -> dense(4) -> relu -> layernorm -> last", "float[4]")
    assert [node.masks for node in model.nodes] == [(), (), (), (), (), (Ref(1),)]


@pytest.mark.parametrize(
    "layer", ["conv(4, 1)", "depthwise(1)", "separable(4, 1)", "maxpool(1)"]
)
def test_windows_of_one_step_hand_the_mask_on(layer: str) -> None:
    model = inferred(f"x -> {layer} -> mean", "float[4]")
    assert "window_mask" not in ops(model)
    assert model.nodes[-1].masks == (Ref(1),)


def test_a_valid_convolution_counts_whole_windows() -> None:
    model = inferred("x -> conv(4, 3, stride = 2, dilation = 2) -> max", "float[4]")
    assert ops(model) == ["input", "input", "conv", "window_mask", "max"]
    assert model.nodes[2].masks == (Ref(1),)
    assert asdict(model.nodes[3].op) == {"kernel": 5, "stride": 2}
    assert model.nodes[4].masks == (Ref(3),)


def test_a_causal_stride_keeps_every_second_step() -> None:
    model = inferred("x -> conv(4, 3, causal, stride = 2) -> max", "float[4]")
    assert asdict(model.nodes[3].op) == {"kernel": 1, "stride": 2}


def test_same_and_causal_convolutions_keep_the_mask() -> None:
    model = inferred("x -> conv(4, 3, same) -> conv(4, 3, causal) -> max", "float[4]")
    assert [node.masks for node in model.nodes[2:]] == [(Ref(1),)] * 3


def test_one_mask_is_made_once_for_all_its_readers() -> None:
    layers = "x -> (conv(4, 3) -> max, conv(8, 3) -> max, conv(4, 5) -> max) -> concat"
    model = inferred(layers, "float[16]")
    assert ops(model).count("window_mask") == 2


def test_a_merge_counts_a_step_where_both_sides_do() -> None:
    text = (
        "model m(a: int[T] < 9 pad 0, b: float[T, 4] ragged, c: float[T, 4])"
        " -> float[4] { add(a -> embed(4), b, c) -> mean }"
    )
    model = infer_masks(lower_text(text))
    assert ops(model).count("both") == 1
    both = model.nodes[ops(model).index("both")]
    assert [model.nodes[ref.node].op.name() for ref in both.inputs] == [
        *("not_pad", "input"),
    ]
    assert model.nodes[-1].masks == (Ref(ops(model).index("both")),)


OUTER = "model m(a: float[T] ragged, b: float[S] ragged, x: float[T, S]) -> {y}"


def test_over_two_axes_of_steps_a_number_counts_where_both_steps_do() -> None:
    head = OUTER.format(y="float[T, S]")
    model = infer_masks(lower_text(f"{head} {{ x * a * b }}"))
    mask = model.mask(model.outputs[0].ref)
    assert mask is not None
    made = model.nodes[mask.node]
    assert asdict(made.op) == {"left": (0,), "right": (1,)}
    assert [model.nodes[ref.node].name for ref in made.inputs] == ["a_mask", "b_mask"]


def test_a_mask_of_a_later_axis_is_the_same_for_every_step_before() -> None:
    head = OUTER.format(y="float[T, S]").replace("a: float[T] ragged, ", "")
    model = infer_masks(lower_text(f"{head} {{ x * b }}"))
    mask = model.mask(model.outputs[0].ref)
    assert mask is not None
    made = model.nodes[mask.node]
    assert made.op.name() == "spread_mask"
    assert str(made.type) == "bool[T, S]"


def test_steps_put_back_have_their_own_mask_and_not_that_of_what_was_in_them() -> None:
    head = OUTER.format(y="float[T]")
    model = infer_masks(lower_text(f"{head} {{ x * a * b -> over T {{ mean }} }}"))
    mask = model.mask(model.outputs[0].ref)
    assert mask is not None and model.nodes[mask.node].name == "a_mask"


def test_a_mask_of_both_axes_meets_one_of_either() -> None:
    text = (
        "model m(x: int[T, C] < 9 pad 0, a: float[T] ragged, b: float[C, 4] ragged)"
        " -> float[T, C, 4] { a * (x -> embed(4)) + b }"
    )
    model = infer_masks(lower_text(text))
    outer = [node for node in model.nodes if node.op.name() == "outer_mask"]
    assert [str(node.type) for node in outer] == ["bool[T, C]"] * 2
    assert model.mask(model.outputs[0].ref) is not None


def test_shared_weights_stay_with_their_owner() -> None:
    text = (
        "model m(a: int[T] < 9 pad 0, b: int[S] < 9 pad 0) -> float {\n"
        "  let f = embed(4) -> conv(4, 3) -> mean\n  dot(a -> f, b -> f)\n}"
    )
    model = infer_masks(lower_text(text))
    for number, node in enumerate(model.nodes):
        if node.owner is not None:
            assert node.owner < number
            assert model.nodes[node.owner].name == node.name
    assert sum(node.owner is not None for node in model.nodes if node.weights) == 2


def test_values_without_steps_have_no_mask() -> None:
    model = inferred("h = x -> lstm(4, final)\n h", "float[4]")
    assert model.mask(model.outputs[0].ref) is None


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_ragged_value_of_every_spec_has_a_mask_of_its_length(path: Path) -> None:
    for model in compile_spec(path).models:
        masks = dict(model.mask_of)
        for number, node in enumerate(model.nodes):
            for output, found in enumerate(node.types):
                if not found.ragged:
                    continue
                mask = model.type_of(masks[Ref(number, output)])
                assert mask.axes[0].size == found.axes[0].size
