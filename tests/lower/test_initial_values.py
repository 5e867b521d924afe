"""How weights start: what a spec may say, and what is refused."""

from __future__ import annotations

import pytest

from specc.lower import lower_text

from .mistakes import Mistake, body, cell

STATE = "state h[units]; "
MISTAKES = [
    body(
        "x -> dense(8, kernel = ^normal(0))", "SPC205", "above 0, found 0", "constant"
    ),
    body("x -> dense(8, kernel = ^uniform(2, 1))", "SPC205", "smaller number"),
    body(
        "x -> dense(8, kernel = ^uniform(1, 2, 3))", "SPC209", "1 number or 2, found 3"
    ),
    body("x -> dense(8, kernel = ^uniform())", "SPC209", "found 0", "the word alone"),
    body("x -> dense(8, kernel = ^orthogonal(1, 2))", "SPC209", "1 number, found 2"),
    body("x -> dense(8, kernel = normal(^T))", "SPC201", "no number is called `T`"),
    body("x -> dense(8, kernel = ^log(normal(1)))", "SPC205", "`log` takes", "1, 99"),
    body("x -> dense(8, kernel = ^sqrt(uniform(1)))", "SPC205", "may be -1.0"),
    body("x -> dense(8, kernel = ^nomal(0.1))", "SPC202", "nomal"),
    body("x -> dense(8, kernel = 2 * normal(1) + ^nomal(2))", "SPC201", "", "`normal`"),
    body("x -> dense(8, kernel = normal(1) + ^q)", "SPC205", "as `q`"),
    body("x -> dense(8, kernel = normal(1) @ ^orthogonal)", "SPC205", "`@`"),
    body("x -> dense(8, kernel = ^max(normal(1)))", "SPC209", "2 values, found 1"),
    body("x -> dense(8, kernel = normal(1) * ^(1, 2))", "SPC212", "can start with"),
    body("x -> dense(8, units = ^normal(1))", "SPC205", "cannot be `normal(1)`"),
    body("x -> lstm(8, b_f = zeros, ^b_f = ones)", "SPC207", "given twice"),
    body("x -> lstm(8, ^b_q = zeros)", "SPC204", "no option `b_q`", "did you mean"),
    body("x -> ^lstm(8, b_f = 2, bias = none)", "SPC205", "no `b_f` here"),
    body("x -> ^lstm(8, b_f = identity(2))", "SPC205", "`identity` is a matrix"),
    body("x -> ^lstm(8, recurrent_bias = none)", "SPC205", "belongs to a product"),
    body("x -> ^min_gru(8, recurrent_bias = ones)", "SPC205", "no such weights"),
    body("x -> ^min_gru(8, recurrent_dropout = 0.5)", "SPC205", "multiplies no state"),
    body("x -> ^min_gru(8, weight_dropout = 0.5)", "SPC205", "no such weights"),
    body("x -> lstm(8, dropout = ^50)", "SPC205", "below 1, found 50", "a share"),
    body("x -> lstm(8, weight_dropout = ^1)", "SPC205", "below 1"),
    cell(STATE + "param W = ^nomal; h' = W @ x", "SPC205", "`nomal`", "`normal`"),
    cell(STATE + "param W, b = ^c, c; h' = W @ x + b * c", "SPC205", "as `c`"),
    cell(STATE + "param W, b = 2 * ^b; h' = W @ x + b", "SPC205", "as `b`"),
    cell(
        STATE + "param W, ^b = 1, c = b; h' = W @ x + c", "SPC406", "`b` is never used"
    ),
    cell(
        STATE + "h' = h", "SPC203", "every recurrent", head="units: int, ^dropout = 1"
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_how_a_weight_starts_is_told_once(mistake: Mistake) -> None:
    mistake.check()


def test_a_weight_starts_only_from_one_of_its_shape() -> None:
    text = (
        "cell c(units: int) {\n  state h[units]\n  param W, U[units, units] = W\n"
        "  h' = W @ x + U @ h\n}\n"
        "model m(x: float[T, 8]) -> float[T, 8] { x -> c(8) }"
    )
    assert "starts from" not in str(lower_text(text))
    from specc.lower import check_text

    (found,) = check_text(text.replace("float[T, 8]) ->", "float[T, 3]) ->"))
    assert found.code.number == "SPC205" and "[8, 3]" in found.message


def test_arithmetic_is_kept_as_it_was_meant() -> None:
    starts = {
        "normal(0, 0.02)": "normal(0.02)",
        "uniform(0.1)": "uniform(-0.1, 0.1)",
        "2 * (1 + normal(1))": "2 * (1 + normal(1))",
        "1 - (1 - normal(1))": "1 - (1 - normal(1))",
        "-normal(1) ** 2": "-normal(1) ** 2",
        "(-normal(1)) ** 2": "(-normal(1)) ** 2",
        "max(exp(normal(k, 1)), 2 * k)": "max(exp(normal(4, 1)), 8)",
    }
    for written, text in starts.items():
        model = lower_text(
            f"const k = 2 ** 2\nmodel m(x: float[3]) -> float[3] "
            f"{{ x -> dense(3, kernel = {written}) }}"
        )
        assert str(model.nodes[1].weights[0].initial) == text


def test_the_use_of_a_cell_has_the_last_word_on_a_weight() -> None:
    text = "model m(x: float[T, 3]) -> float[T, 3] { x -> lstm(3, OPTIONS) }"
    options = "bias = normal, kernel = he_normal, b_f = 2, U_i = identity"
    (node,) = lower_text(text.replace("OPTIONS", options)).nodes[1:]
    found = {weight.name: str(weight.initial) for weight in node.weights}
    assert found["b_f"] == "constant(2)" and found["b_i"] == "normal"
    assert found["U_i"] == "identity" and found["U_f"] == "orthogonal"
    assert found["W_f"] == "he_normal"
