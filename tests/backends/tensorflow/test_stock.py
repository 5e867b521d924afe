"""Which cells are Keras's own, by their equations and by nothing else."""

from __future__ import annotations

import pytest
from specc_tensorflow.stock import find_stock

from specc.lower import lower_text
from specc.passes import run_passes


def stock_of(layer, cells=""):
    text = f"{cells}\nmodel m(x: float[T, 3]) -> float[T, 3] {{ x -> {layer} }}"
    cell = run_passes(lower_text(text)).nodes[-1].op.cell
    return find_stock(cell)


def cell(equations, states="h[units]"):
    return f"cell own(units: int) {{\n state {states}\n {equations}\n}}"


@pytest.mark.parametrize(
    ("layer", "kind", "options"),
    [
        ("lstm(3)", "LSTM", ()),
        ("gru(3)", "GRU", ()),
        ("gru_reset_before(3)", "GRU", (("reset_after", False),)),
        ("rnn(3)", "SimpleRNN", ()),
        ("irnn(3)", "SimpleRNN", ()),
    ],
)
def test_the_librarys_cells_are_keras_own(layer, kind, options):
    found = stock_of(layer)
    assert (found.cell.layer, found.cell.options) == (kind, options)


def test_biases_and_functions_are_options_of_the_stock_layer():
    found = stock_of("lstm(3, act = gelu, gate = hard_sigmoid, bias = none)")
    assert (found.act, found.gate, found.biased) == ("gelu", "hard_sigmoid", False)
    assert "bias" not in found.fields


def test_names_and_the_order_of_sums_and_products_do_not_matter():
    own = cell(
        """param A, B, C, D, E, F, G, H, p, r, t, u
        q' = tanh(G @ x + u + H @ s) * sigmoid(E @ x + (t + F @ s)) \
          + q * sigmoid(C @ x + D @ s + r)
        s' = tanh(q') * sigmoid(p + A @ x + B @ s)""",
        "s[units], q[units]",
    )
    found = stock_of("own(3)", own)
    assert found.cell.layer == "LSTM"
    assert found.fields["kernel"] == ("E", "C", "G", "A")
    assert found.fields["bias"] == ("t", "r", "u", "p")


def test_a_gate_that_keeps_the_new_instead_of_the_old_is_no_gru():
    own = cell(
        """param W_z, W_r, W_n, U_z, U_r, U_n, b_z, b_r, b_n
        z = sigmoid(W_z @ x + U_z @ h + b_z)
        r = sigmoid(W_r @ x + U_r @ h + b_r)
        n = tanh(W_n @ x + U_n @ (r * h) + b_n)
        h' = (1 - z) * h + z * n"""
    )
    assert stock_of("own(3)", own) is None


def test_a_weight_used_twice_is_no_stock_cell():
    own = cell("param W, U, b\n h' = tanh(W @ x + U @ h + b) + b")
    assert stock_of("own(3)", own) is None


def test_an_output_that_is_no_state_is_no_stock_cell():
    own = cell("param W, U, b\n h' = tanh(W @ x + U @ h + b)\n h' * h")
    assert stock_of("own(3)", own) is None


def test_one_number_for_all_units_is_no_matrix():
    own = cell("param w[3], U, b\n h' = tanh(w @ x + U @ h + b)")
    assert stock_of("own(3)", own) is None


def test_states_in_another_order_are_no_lstm():
    own = cell(
        """param W_i, W_f, W_o, W_g, U_i, U_f, U_o, U_g, b_i, b_f, b_o, b_g
        i = sigmoid(W_i @ x + U_i @ h + b_i)
        f = sigmoid(W_f @ x + U_f @ h + b_f)
        o = sigmoid(W_o @ x + U_o @ h + b_o)
        g = tanh(W_g @ x + U_g @ h + b_g)
        c' = f * c + i * g
        h' = o * tanh(c')
        h'""",
        "c[units], h[units]",
    )
    assert stock_of("own(3)", own) is None


def test_equations_that_double_a_thousand_times_are_looked_at_quickly():
    doubled = "\n".join(f"a{n + 1} = a{n} * a{n}" for n in range(80))
    own = cell(f"param W, b\n a0 = W @ x + b\n {doubled}\n h' = a80 + h")
    assert stock_of("own(3)", own) is None
