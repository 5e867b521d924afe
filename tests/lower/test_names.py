"""Names: of layers, of values, of weights; and what is shared by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from specc.ir.graph import Model, Node
from specc.lower import lower_text

Lower = Callable[..., Model]
Layers = Callable[[Model], list[Node]]


def owners(model: Model) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for node in model.nodes:
        if node.weights:
            found.setdefault(node.name, []).append(node.owner)
    return found


def test_layers_are_named_after_themselves_and_numbered(
    lower: Lower, layers: Layers
) -> None:
    model = lower("x -> dense(8) -> relu -> dense(8) -> dense(8)", "float[T, 8]")
    assert [n.name for n in layers(model)] == ["dense", "relu", "dense_2", "dense_3"]


def test_a_label_names_one_layer_and_automatic_names_keep_clear_of_it(
    lower: Lower, layers: Layers
) -> None:
    model = lower("x -> dense(8) -> dense(8) as dense -> dense(8)", "float[T, 8]")
    names = [node.name for node in layers(model)]
    assert names == ["dense_2", "dense", "dense_3"]


def test_a_label_on_a_chain_is_a_prefix(lower: Lower, layers: Layers) -> None:
    model = lower("x -> (dense(8) -> dense(8)) as deep -> dense(8)", "float[T, 8]")
    names = [node.name for node in layers(model)]
    assert names == ["deep.dense", "deep.dense_2", "dense"]


def test_values_keep_the_names_the_spec_gives_them(lower: Lower) -> None:
    body = "h = x -> dense(8)\n  a, b = h -> bi(rnn(4), none)\n  (a, b) -> add"
    model = lower(body, "float[T, 4]")
    assert [node.values for node in model.nodes if node.values] == [("h",), ("a", "b")]


def test_a_layer_written_in_place_has_weights_of_its_own(lower: Lower) -> None:
    model = lower("x -> dense(4) -> dense(4)", "float[T, 4]")
    assert owners(model) == {"dense": [None], "dense_2": [None]}


def test_a_layer_bound_by_let_has_one_set_of_weights(lower: Lower) -> None:
    model = lower("let f = dense(4)\n  x -> f -> f -> f", "float[T, 4]")
    assert owners(model) == {"f": [None, 1, 1]}


def test_a_chain_bound_by_let_shares_each_of_its_layers(lower: Lower) -> None:
    body = "let f = dense(4) -> dense(4) as out\n  x -> f -> f"
    model = lower(body, "float[T, 4]")
    assert owners(model) == {"f.dense": [None, 1], "f.out": [None, 2]}


def test_a_shared_layer_inside_another_is_the_same_layer(lower: Lower) -> None:
    body = "let f = dense(4)\n  let g = f -> tanh -> dense(4)\n  x -> f -> g -> f -> g"
    model = lower(body, "float[T, 4]")
    assert owners(model) == {"f": [None, 1, 1, 1], "g.dense": [None, 4]}


def test_a_second_name_for_a_shared_layer_is_the_same_layer(lower: Lower) -> None:
    model = lower("let f = dense(4)\n  let g = f\n  x -> f -> g", "float[T, 4]")
    assert owners(model) == {"f": [None, 1]}


def test_one_layer_serves_two_inputs() -> None:
    model = lower_text(
        "model m(a: int[T] < 9 pad 1, b: int[S] < 9 pad 1) -> same: float {\n"
        "  let encode = embed(8) -> lstm(8) -> mean -> normalize\n"
        "  dot(a -> encode, b -> encode)\n}"
    )
    names = [node.name for node in model.nodes if node.inputs]
    encode = ["encode.embed", "encode.lstm", "encode.mean", "encode.normalize"]
    assert names == [*encode, *encode, "dot"]
    assert owners(model) == {"encode.embed": [None, 2], "encode.lstm": [None, 3]}


def test_both_directions_share_when_the_whole_is_bound(lower: Lower) -> None:
    model = lower("let f = bi(rnn(2))\n  x -> f -> f", "float[T, 4]")
    node = model.nodes[1]
    assert owners(model) == {"f": [None, 1]}
    assert [w.name for w in node.weights] == [
        *("forward.W", "forward.U", "forward.b"),
        *("backward.W", "backward.U", "backward.b"),
    ]


def test_outputs_may_be_bound_by_name_in_any_order() -> None:
    model = lower_text(
        "model m(x: float[4]) -> (a: float[1], b: float[2]) {\n"
        "  b = x -> dense(2)\n  a = b -> dense(1)\n}"
    )
    assert [(o.name, str(model.type_of(o.ref))) for o in model.outputs] == [
        ("a", "float[1]"),
        ("b", "float[2]"),
    ]


def test_a_model_may_hand_an_input_on(lower: Lower) -> None:
    model = lower("x", "float[T, 4]")
    assert model.outputs[0].ref == model.inputs[0]


def test_a_value_may_have_the_name_of_another_layers_option(lower: Lower) -> None:
    model = lower("final = x -> dense(4)\n  final -> dense(8)", "float[T, 8]")
    assert model.nodes[1].values == ("final",)


@pytest.mark.parametrize("name", ["lambda", "list", "None", "w", "_", "print"])
def test_names_inside_a_body_may_be_any(lower: Lower, name: str) -> None:
    model = lower(f"{name} = x -> dense(4)\n  {name} -> relu", "float[T, 4]")
    assert model.nodes[1].values == (name,)
