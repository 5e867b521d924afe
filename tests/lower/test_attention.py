"""Layers that attend, and tied projections: what they refuse and whose weights."""

from __future__ import annotations

import pytest

from specc.ir.graph import Model
from specc.ir.text import model_text
from specc.lower import check_text, lower_text
from specc.passes import run_passes
from specc.report.parameters import count_parameters

from .mistakes import Mistake, body

TABLE = "let e = embed(4); h = x -> e; "
IDS = "int[T] < 9 pad 0"
MISTAKES = [
    body("(x, x) -> ^attend(additive)", "SPC206", "needs `units`", "attend(64,"),
    body("(x, x) -> ^attend(8, dot)", "SPC205", "`dot` has no use for `units`"),
    body("(x, x) -> ^attend(8, general)", "SPC205", "no use for `units`"),
    body("(x, x) -> ^attend(l2 = 0.1)", "SPC205", "no use for `l2`", "general"),
    body("(x, x) -> ^attend(frozen)", "SPC205", "no use for `frozen`"),
    body("(x, x) -> ^attend(kernel = ones)", "SPC205", "no use for `kernel`"),
    body("(x, x) -> ^attend(general, bias = none)", "SPC205", "no use for `bias`"),
    body("(x, x) -> ^attend(8, scale = none)", "SPC205", "no use for `scale`"),
    body("(x -> dense(3), x) -> ^attend", "SPC307", "the `dot`", "`general`"),
    body("(x -> last, x) -> ^attend(causal)", "SPC307", "compares steps", "leave"),
    body("(x, x -> mean) -> ^attend", "SPC305", "runs along a time axis"),
    body("x -> ^attend", "SPC209", "takes 2 or 3 values"),
    body("x -> ^self_attend(3)", "SPC312", "4 features", "self_attend(3, size = 1)"),
    body("x -> mean -> ^self_attend(2)", "SPC305", "time axis"),
    body("x -> ^self_attend", "SPC206", "needs `heads`"),
    body("x -> self_attend(2, ^cross)", "SPC204", "no option `cross`"),
    body("x -> self_attend(2, dropout = ^1)", "SPC205", "below 1"),
    body("(x, x -> conv(4, 2)) -> ^cross_attend(2, causal)", "SPC307", "compares"),
    body("x -> ^self_attend(4, kv_heads = 3)", "SPC312", "share 3", "kv_heads = 1"),
    body("x -> ^self_attend(2, base = 10)", "SPC205", "without `rotary`", "rotary,"),
    body("x -> self_attend(2, rotary, base = ^1)", "SPC205", "above 1"),
    body("x -> ^self_attend(2, rotary, base = 10)", "SPC205", "one pair", "`size`"),
    body("x -> ^self_attend(4, rotary)", "SPC312", "works on 1", "size = 2"),
    body("x -> self_attend(2, window = ^0)", "SPC205", "at least 1"),
    body("x -> self_attend(2, ^none)", "SPC205", "fits several", "`key_bias = none`"),
    body("(x, x) -> cross_attend(2, ^rotary)", "SPC204", "no option `rotary`"),
    body(
        "x -> ^self_attend(2, bias = ones, query_bias = zeros, key_bias = none, "
        "value_bias = none, output_bias = none)",
        "SPC205",
        "no use for `bias`",
    ),
    body("(x, x, x -> conv(4, 2)) -> ^attend", "SPC307", "every key has a value"),
    body("(x, x, x -> mean) -> ^attend", "SPC305", "time axis"),
    body("(x, x, x, x) -> ^attend", "SPC209", "takes 2 or 3 values"),
    body("(x, x -> mean) -> ^cross_attend(2)", "SPC305", "time axis"),
    body("(x -> mean, x) -> ^cross_attend(2)", "SPC305", "time axis"),
    body(TABLE + "h -> dense(3) -> ^tied(e)", "SPC307", "`e` has 4 features", x=IDS),
    body(TABLE + "h -> ^tied", "SPC209", "found 0 arguments", "tied(table)", x=IDS),
    body(TABLE + "h -> ^tied(e, e)", "SPC209", "found 2 arguments", x=IDS),
    body(TABLE + "h -> tied(^embed(4))", "SPC211", "`embed(4)`", "let table", x=IDS),
    body(TABLE + "h -> tied(^h)", "SPC211", "found a value", x=IDS),
    body(TABLE + "h -> tied(^f)", "SPC201", "nothing here is called `f`", x=IDS),
    body(
        TABLE + "h -> tied(e) as ^out",
        "SPC217",
        "its `let` gives it",
        x=IDS,
        y="float[T, 9]",
    ),
    body("let f = dense(8); x -> f -> tied(^f)", "SPC211", "bound by `let`"),
    body("let e = embed(4); x -> ^tied(e)", "SPC217", "no table yet", "ids -> e"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_where_it_is(mistake: Mistake) -> None:
    mistake.check()


def lowered(layers: str, head: str = IDS, y: str = "float[T, 9]") -> Model:
    lines = layers.replace("; ", "\n  ")
    text = f"model m(x: {head}) -> y: {y} {{\n  {lines}\n}}\n"
    assert not check_text(text), [d.message for d in check_text(text)]
    return run_passes(lower_text(text))


def test_units_ask_for_additive_scores() -> None:
    x = "float[T, 4]"
    bare = lowered("(x, x) -> attend(8)", x, x).nodes[-1]
    said = lowered("(x, x) -> attend(8, additive)", x, x).nodes[-1]
    assert bare.weights == said.weights != ()


@pytest.mark.parametrize(
    "option", ["frozen", "l1 = 0.1", "l2 = 0.1", "kernel = ones", "bias = none"]
)
def test_options_of_weights_reach_the_weights(option: str) -> None:
    x = "float[T, 4]"
    for layer in ("(x, x) -> attend(8", "x -> self_attend(2"):
        plain, turned = (
            lowered(f"{layer}{given})", x, x).nodes[-1].weights
            for given in ("", f", {option}")
        )
        assert plain != turned


@pytest.mark.parametrize(
    ("options", "biases"),
    [
        ("", {"b_q": "zeros", "b_k": "zeros", "b_v": "zeros", "b_o": "zeros"}),
        ("key_bias = none", {"b_q": "zeros", "b_v": "zeros", "b_o": "zeros"}),
        ("bias = none, output_bias = ones", {"b_o": "ones"}),
        (
            "bias = ones, key_bias = normal, value_bias = none",
            {"b_q": "ones", "b_k": "normal", "b_o": "ones"},
        ),
        ("query_bias = none, bias = none", {}),
    ],
)
def test_a_bias_of_one_projection_goes_before_that_of_all(
    options: str, biases: dict[str, str]
) -> None:
    x = "float[T, 4]"
    for flow in ("x -> self_attend(2, ", "(x, x) -> cross_attend(2, "):
        weights = lowered(f"{flow}{options})", x, x).nodes[-1].weights
        found = {w.name: w.initial for w in weights if w.role == "bias"}
        assert found == biases


@pytest.mark.parametrize(
    "options",
    [
        "2, window = 3",
        "2, alibi",
        "2, rotary",
        "2, rotary, base = 500000",
        "4, kv_heads = 2",
    ],
)
def test_options_of_heads_are_in_the_model(options: str) -> None:
    x = "float[T, 8]"
    heads = options.partition(",")[0]
    plain = lowered(f"x -> self_attend({heads})", x, x).nodes[-1]
    assert lowered(f"x -> self_attend({options})", x, x).nodes[-1].op != plain.op


def test_keys_and_values_are_given_by_arrow_or_in_brackets() -> None:
    head = "(q: float[T, 4], k: float[S, 4] ragged, v: float[S, 7]) -> float[T, 7]"
    texts = (
        f"model m{head} {{\n  {flow}\n}}\n"
        for flow in ("(q, k, v) -> attend", "attend(q, k, v)")
    )
    first, second = (run_passes(lower_text(text)).nodes[-1] for text in texts)
    assert first.inputs == second.inputs and first.op == second.op
    assert first.masks[0] is None and first.masks[1] is not None


def test_a_memory_gives_its_mask_to_the_layer_and_not_to_the_result() -> None:
    text = (
        "model m(x: float[T, 4] ragged, y: float[S, 4] ragged) -> float[T, 4] {\n"
        "  (x, y) -> cross_attend(2)\n}\n"
    )
    model = run_passes(lower_text(text))
    (number,) = [
        n for n, node in enumerate(model.nodes) if node.op.name() == "cross_attend"
    ]
    by_name = {model.nodes[ref.node].name: ref for ref in model.inputs}
    assert model.nodes[number].masks == (None, by_name["y_mask"])
    assert model.mask(model.outputs[0].ref) == by_name["x_mask"]


TIED = "let e = embed(4); x -> e -> dense(4) -> tied(e)"


def test_a_tied_projection_has_the_weights_of_the_embedding() -> None:
    model = lowered(TIED)
    embed, tied = (
        next(node for node in model.nodes if node.op.name() == name)
        for name in ("embed", "tied")
    )
    assert tied.name == embed.name == "e"
    assert tied.weights == embed.weights
    assert tied.owner is not None and model.nodes[tied.owner] == embed


def test_a_tied_projection_may_add_a_bias_of_its_own() -> None:
    text = "model m(x: int[T] < 9) -> (y: float[T, 9], z: float[T, 9]) {{\n  {}\n}}"
    flow = "let e = embed(4)\n  h = x -> e\n  let out = tied(e, bias = normal(0.1))\n"
    flow += "  y = h -> out\n  z = h -> tanh -> out"
    model = lower_text(text.format(flow))
    found = {node.name: node.weights for node in model.nodes if node.weights}
    assert [weight.shape for weight in found["out"]] == [(9,)]
    assert str(found["out"][0].initial) == "normal(0.1)"
    assert [weight.name for weight in found["e"]] == ["table"]


def test_a_tied_projection_is_counted_once() -> None:
    report = count_parameters(lowered(TIED))
    assert report.total == 9 * 4 + 4 * 4 + 4
    assert [row.shared_with for row in report.layers] == [None, None, "e"]
    assert report.layers[-1].op == "tied"


def test_a_tied_projection_finds_the_table_of_a_block() -> None:
    text = (
        "block model_of() on (x) {\n  let e = embed(4)\n"
        "  x -> e -> dense(4) -> tied(e)\n}\n"
        "model m(x: int[T] < 9) -> y: float[T, 9], z: float[T, 9] {\n"
        "  x -> model_of, x -> model_of\n}\n"
    )
    report = count_parameters(run_passes(lower_text(text)))
    assert report.total == 2 * (9 * 4 + 4 * 4 + 4)


def test_a_tied_table_is_that_of_an_embedding_handed_to_a_block() -> None:
    text = (
        "block out(table: layer) on (h) {\n  h -> dense(4) -> tied(table)\n}\n"
        "model m(x: int[T] < 9) -> y: float[T, 9] {\n"
        "  let e = embed(4)\n  x -> e -> out(e)\n}\n"
    )
    report = count_parameters(run_passes(lower_text(text)))
    assert report.total == 9 * 4 + 4 * 4 + 4


def test_the_printed_model_says_whose_weights_a_tied_projection_has() -> None:
    text = model_text(lowered(TIED), lambda cell: ())
    assert "= tied() (%3) weights of %2 : float[T, 9] ragged" in text
