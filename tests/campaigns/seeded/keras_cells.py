"""Faults in what the TensorFlow backend writes and copies: recurrence, its loops."""

# ruff: noqa: E501

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

BACKEND = "backends/specc_tensorflow"

PORTABLE = (
    *in_file(
        f"{BACKEND}/stock.py",
        (
            "Keras's order of gates",
            "lstm",
            "forget and cell gates lie the other way round in Keras's kernel",
            '"kernel": ("W_i", "W_f", "W_g", "W_o"),',
            '"kernel": ("W_i", "W_g", "W_f", "W_o"),',
        ),
        (
            "Keras's update gate",
            "gru",
            "the state and the candidate change places",
            "n = act(W_n @ x + b_n + r * (U_n @ h + d_n))\n"
            '            h_ = z * h + (1 - z) * n\n        """,\n'
            '        states=("h",),\n        fields={\n'
            '            "kernel": ("W_z", "W_r", "W_n"),\n'
            '            "recurrent_kernel": ("U_z", "U_r", "U_n"),\n'
            '            "bias": ("b_z", "b_r", "b_n", "d_z", "d_r", "d_n"),',
            "n = act(W_n @ x + b_n + r * (U_n @ h + d_n))\n"
            '            h_ = z * h + (1 - z) * n\n        """,\n'
            '        states=("h",),\n        fields={\n'
            '            "kernel": ("W_r", "W_z", "W_n"),\n'
            '            "recurrent_kernel": ("U_r", "U_z", "U_n"),\n'
            '            "bias": ("b_r", "b_z", "b_n", "d_r", "d_z", "d_n"),',
        ),
        (
            "two biases the other way",
            "gru",
            "the biases with x and with the state change places",
            '"bias": ("b_z", "b_r", "b_n", "d_z", "d_r", "d_n"),',
            '"bias": ("d_z", "d_r", "d_n", "b_z", "b_r", "b_n"),',
        ),
        (
            "reset after for before",
            "one_bias",
            "the state is reset after its product",
            "n = act(W_n @ x + U_n @ (r * h) + b_n)",
            "n = act(W_n @ x + r * (U_n @ h) + b_n)",
        ),
    ),
    *in_file(
        f"{BACKEND}/layers/recurrent.py",
        (
            "backward not turned",
            "reverse",
            "a reversed layer's outputs come last step first",
            'return call("ops.flip", outputs, axis=literal(1))',
            'return call("ops.flip", outputs, axis=literal(-1))',
        ),
        (
            "direction forgotten",
            "reverse",
            "a reversed layer runs forward and is turned around",
            '"go_backwards": op.direction == "backward",',
            '"go_backwards": op.direction == "both",',
        ),
        (
            "merged by the mean",
            "bi_sum",
            "the sum of two directions is half of it",
            '"sum": "sum"',
            '"sum": "ave"',
        ),
        (
            "mask not handed on",
            "lstm",
            "masked steps run",
            "        **writer.mask(step),\n",
            "",
        ),
        (
            "whose weights",
            "bi_lstm",
            "the weights of both directions are those of the forward cell",
            'owner, path = Attribute(layer, f"{direction}_layer"), f"{path}.{direction}"',
            'owner, path = Attribute(layer, "forward_layer"), f"{path}.{direction}"',
        ),
        (
            "states given in another order",
            "given",
            "the second state starts from the first one's value",
            "for place in range(first, len(step.inputs))\n    ]",
            "for place in reversed(range(first, len(step.inputs)))\n    ]",
        ),
    ),
    *in_file(
        f"{BACKEND}/cells.py",
        (
            "states in another order",
            "own_cell",
            "the states that come out are in another order",
            "List_(tuple(after))",
            "List_(tuple(after[::-1]))",
        ),
    ),
    *in_file(
        f"{BACKEND}/fields.py",
        (
            "a cell's gates swapped",
            "peephole",
            "matrices side by side come in another order",
            "for product in group.products]\n    assert",
            "for product in reversed(group.products)]\n    assert",
        ),
    ),
    *in_file(
        f"{BACKEND}/exchange/cells.py",
        (
            "cells not transposed",
            "square",
            "kernels are written as [out, in]",
            "variable.assign(stacked.reshape(variable.shape) if is_bias else stacked.T)",
            "variable.assign(stacked.reshape(variable.shape))",
        ),
        (
            "cells read untransposed",
            "square",
            "kernels are read as [in, out]",
            'stacked = array.ravel() if variable.name == "bias" else array.T',
            'stacked = array.ravel() if variable.name == "bias" else array.T.copy()'
            ".reshape(array.shape[::-1])[::-1]",
        ),
    ),
)
LOOPED = (
    *in_file(
        f"{BACKEND}/snippets/derived.py",
        (
            "way back ahead",
            "gru",
            "the loop back runs from the first step to the last",
            "run_steps(step_back, start, steps, last_first=True)",
            "run_steps(step_back, start, steps, last_first=False)",
        ),
        (
            "gradients of masked steps",
            "gru",
            "masked steps pass gradients through their gates",
            "given = choose_all(valid, d_states, tuple(map(tf.zeros_like, d_states)))",
            "given = d_states",
        ),
        (
            "gradient stops at masked steps",
            "gru",
            "what is before a masked step gets no gradient",
            "d_states = choose_all(valid, d_before, d_states)",
            "d_states = tuple(d_before)",
        ),
        (
            "shown gradient lost",
            "gru",
            "only the last output passes gradients on",
            "d + d_outputs[place] if place in d_outputs else d",
            "d",
        ),
        (
            "states before are after",
            "gru",
            "gradients of weights go by the states after each step",
            "return tuple(tf.concat([first[None], a[:-1]], axis=0) for a, first in pairs)",
            "return tuple(tf.concat([a[:1], a[1:]], axis=0) for a, first in pairs)",
        ),
        (
            "masked steps run",
            "gru",
            "masked steps change the states",
            "tf.where(like_rank(valid, a), a, b) for a, b in",
            "tf.where(like_rank(valid, a), a, a) for a, b in",
        ),
        (
            "mask not turned",
            "reverse",
            "a reversed loop reads the mask from the start",
            "x, valid = last_first(x), last_first(valid)",
            "x, valid = last_first(x), valid",
        ),
        (
            "one batch's gradient",
            "gru",
            "the gradient of a matrix is the mean over rows and steps",
            "return tf.matmul(rows, tf.reshape(d, [-1, d.shape[-1]]), transpose_a=True)",
            "return tf.matmul(rows, tf.reshape(d, [-1, d.shape[-1]]), transpose_a=True)"
            " / tf.cast(tf.shape(rows)[0], rows.dtype)",
        ),
        (
            "repeated too early",
            "staged_last",
            "a step that does not count repeats the output before the last one",
            "tf.maximum(seen - 1, 0), batch_dims=1",
            "tf.maximum(seen - 2, 0), batch_dims=1",
        ),
        (
            "first state without gradient",
            "stepped",
            "the states given get no gradient",
            "return tf.nest.flatten((d_w, d_inputs, d_states))",
            "return tf.nest.flatten((d_w, d_inputs, tuple(map(tf.zeros_like, d_states))))",
        ),
    ),
    *in_file(
        f"{BACKEND}/derived_notation.py",
        (
            "gradient not transposed",
            "square",
            "the gradient of a matrix is its transpose's",
            'return call("over_all_steps", a.expression, b.expression)',
            'return call("over_all_steps", b.expression, a.expression)',
        ),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    *PORTABLE,
    *(replace(one, target="cpu") for one in LOOPED),
)
