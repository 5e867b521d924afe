"""Flows: fan-out, tuples, merges as calls, bare words, arithmetic on constants."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import asdict

from specc.ir.graph import Model, Node, Ref
from specc.lower import check_text, lower_text

Lower = Callable[..., Model]
Layers = Callable[[Model], list[Node]]


def shape(model: Model) -> list[tuple[str, tuple[int, ...]]]:
    """The nodes as op names and the numbers of their inputs."""
    return [
        (node.op.name(), tuple(ref.node for ref in node.inputs)) for node in model.nodes
    ]


def test_one_value_fans_out_into_several_layers(lower: Lower) -> None:
    model = lower(
        "x -> (dense(2), dense(3), max) -> (relu, tanh, relu) -> "
        "(mean, last, relu) -> concat",
        "float[9]",
    )
    assert shape(model)[1:4] == [("dense", (0,)), ("dense", (0,)), ("max", (0,))]
    assert shape(model)[4:7] == [
        ("function", (1,)),
        ("function", (2,)),
        ("function", (3,)),
    ]
    assert shape(model)[-1] == ("concat", (7, 8, 9))


def test_chains_may_stand_side_by_side(lower: Lower) -> None:
    body = "x -> (conv(8, 3, same) -> max, conv(8, 5, same) -> max) -> concat"
    model = lower(body, "float[16]")
    assert [name for name, _ in shape(model)] == [
        *("input", "conv", "max", "conv", "max", "concat"),
    ]


def test_a_merge_may_be_written_as_a_call(lower: Lower) -> None:
    flow = lower("(x -> dense(4), x) -> add", "float[T, 4]")
    call = lower("add(x -> dense(4), x)", "float[T, 4]")
    assert shape(flow) == shape(call)


def test_any_layer_may_be_called_on_its_value(lower: Lower) -> None:
    flow = lower("x -> dense(8, relu)", "float[T, 8]")
    call = lower("dense(x, 8, relu)", "float[T, 8]")
    assert [node.op for node in flow.nodes] == [node.op for node in call.nodes]


def test_a_tuple_may_be_named_and_flow_on(lower: Lower) -> None:
    model = lower("pair = (x -> dense(4), x)\n  pair -> add", "float[T, 4]")
    assert shape(model)[-1] == ("add", (1, 0))


def test_a_body_may_give_several_outputs() -> None:
    model = lower_text(
        "model m(x: float[4]) -> (float[1], b: float[2]) {\n"
        "  x -> dense(1), x -> dense(2)\n}"
    )
    assert [output.ref for output in model.outputs] == [Ref(1), Ref(2)]
    assert model.output_names[1] == "b"


def test_bare_words_find_their_option_wherever_they_stand(lower: Lower) -> None:
    words = lower("x -> conv(same, relu, 8, frozen, 3)", "float[T, 8]")
    named = lower(
        "x -> conv(filters = 8, kernel = 3, activation = relu, padding = same, frozen)",
        "float[T, 8]",
    )
    assert words.nodes[1].op == named.nodes[1].op


def test_an_option_and_an_initialiser_of_one_word_are_told_apart(lower: Lower) -> None:
    model = lower("x -> conv(8, kernel = zeros, kernel = 3, same)", "float[T, 8]")
    assert asdict(model.nodes[1].op)["kernel_size"] == 3
    assert model.nodes[1].weights[0].initial == "zeros"


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("U", 6),
        ("2 * U - 4", 8),
        ("U // 4", 1),
        ("-U + 2 ** 3", 2),
        ("2 ** -1 * 2 * U // 1", 6),
        ("max(U, 3, 9)", 9),
        ("min(U, 3)", 3),
        ("ceil(U / 4)", 2),
        ("floor(U / 4)", 1),
        ("(U % 4) * U", 12),
    ],
)
def test_options_may_be_arithmetic_on_constants(written: str, units: int) -> None:
    text = (
        "const U = 2 * 3\n"
        f"model m(x: float[4]) -> float[{units}] {{ x -> dense(ceil({written})) }}"
    )
    assert check_text(text) == []


def test_recurrent_layers_give_their_states_on_request() -> None:
    model = lower_text(
        "model m(x: float[T, 4], a: float[3]) -> (float[T, 3], float[3], float[3]) {\n"
        "  y, states = x -> lstm(3, states, init = (a, 0))\n"
        "  h, c = states\n  y, h, c\n}"
    )
    node = model.nodes[-1]
    assert [str(type) for type in node.types] == ["float[T, 3]", "float[3]", "float[3]"]
    assert [output.ref.output for output in model.outputs] == [0, 1, 2]
    assert [model.nodes[ref.node].op.name() for ref in node.inputs] == [
        *("input", "input", "number"),
    ]


def test_states_go_flat_from_one_layer_into_another() -> None:
    model = lower_text(
        "model m(x: float[T, 4]) -> float[6] {\n"
        "  y, ends = x -> bi(lstm(3), states)\n"
        "  y -> bi(lstm(3, final, init = ends))\n}".replace(
            "bi(lstm(3), states)", "bi(lstm(3, states))"
        )
    )
    first, second = model.nodes[1:]
    assert len(first.types) == 5
    assert second.inputs == tuple(Ref(1, output) for output in range(5))


@pytest.mark.parametrize(
    ("merge", "types"),
    [
        ("concat", ["float[T, 6]"]),
        ("sum", ["float[T, 3]"]),
        ("multiply", ["float[T, 3]"]),
        ("average", ["float[T, 3]"]),
        ("none", ["float[T, 3]", "float[T, 3]"]),
    ],
)
def test_two_directions_merge_in_five_ways(merge: str, types: list[str]) -> None:
    head = ", ".join(types)
    for written in (f"bi(gru(3), {merge})", f"bi(merge = {merge}, gru(3))"):
        model = lower_text(f"model m(x: float[T, 4]) -> {head} {{ x -> {written} }}")
        assert [str(type) for type in model.nodes[1].types] == types


def test_reverse_runs_backwards(lower: Lower) -> None:
    model = lower("x -> gru(3, reverse)", "float[T, 3]")
    assert asdict(model.nodes[1].op)["direction"] == "backward"
