"""Faults in what the JAX backend writes and copies: recurrence."""

# ruff: noqa: E501

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_jax/snippets"
LAYERS = "backends/specc_jax/layers"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/recurrent.py",
        (
            "backward not reversed",
            "bi_lstm_plain",
            "both directions run forward",
            'recur(cell(w["backward"]), x, widths, reverse=True)',
            'recur(cell(w["backward"]), x, widths)',
        ),
        (
            "backward's last output",
            "bi_final",
            "the backward direction's last output is the forward one's",
            'back, first = recur_masked(cell(w["backward"]), x, mask, widths, '
            "reverse=True)\n    return concat(ahead, back), concat(last[0], first[0])",
            'back, first = recur_masked(cell(w["backward"]), x, mask, widths, '
            "reverse=True)\n    return concat(ahead, back), concat(last[0], back[:, -1])",
        ),
        (
            "directions swapped",
            "bi_lstm",
            "the backward direction comes first",
            'back, first = recur_masked(cell(w["backward"]), x, mask, widths, '
            "reverse=True)\n    return concat(ahead, back),",
            'back, first = recur_masked(cell(w["backward"]), x, mask, widths, '
            "reverse=True)\n    return concat(back, ahead),",
        ),
        (
            "masked steps run",
            "lstm",
            "masked steps change the states",
            "jnp.where(lax.expand_dims(valid, range(1, new.ndim)), new, old)",
            "jnp.where(lax.expand_dims(valid, range(1, new.ndim)), new, new)",
        ),
        (
            "mask's sign",
            "lstm",
            "only masked steps change the states",
            "jnp.where(lax.expand_dims(valid, range(1, new.ndim)), new, old)",
            "jnp.where(lax.expand_dims(valid, range(1, new.ndim)), old, new)",
        ),
        (
            "empty rows show their state",
            "given",
            "a row of padding gives the state it was given",
            "    return jnp.where(known, y, 0)",
            "    return jnp.where(known | True, y, 0)",
        ),
    ),
    *in_file(
        f"{LAYERS}/_initial_states.py",
        (
            "states given in another order",
            "given",
            "the second state starts from the first one's value",
            "starts.append(_given(step, writer, number, shape))",
            "starts.insert(0, _given(step, writer, number, shape))",
        ),
    ),
    *in_file(
        f"{LAYERS}/recurrent.py",
        (
            "merged by the mean",
            "bi_sum",
            "the sum of two directions is half of it",
            'return Binary("+", ahead, back)\n        case "multiply"',
            'return Binary("/", Binary("+", ahead, back), literal(2))\n'
            '        case "multiply"',
        ),
        (
            "weights of one direction",
            "bi_sum",
            "both directions run with the forward weights",
            "weights = Index(weights, literal(direction))",
            'weights = Index(weights, literal("forward"))',
        ),
        (
            "direction forgotten",
            "reverse",
            "a reversed layer runs forward",
            "cell = call(self._cell, weights, *self._outside, *dropping.masks())\n"
            "        run = call(runner, cell, x, *mask, states)\n"
            '        return _reversed(run) if direction == "backward" else run',
            "cell = call(self._cell, weights, *self._outside, *dropping.masks())\n"
            "        run = call(runner, cell, x, *mask, states)\n"
            "        return run",
        ),
    ),
    *in_file(
        "backends/specc_jax/cells.py",
        (
            "gates swapped",
            "lstm",
            "products of one operand come in another order",
            "nodes = [self.cell.nodes[n].inputs[0].node for n in group.products]\n"
            "        weights = [",
            "nodes = [self.cell.nodes[n].inputs[0].node "
            "for n in reversed(group.products)]\n        weights = [",
        ),
        (
            "matrix of a product not transposed",
            "gru_before",
            "U r h is h r U",
            'transposed = Attribute(matrix.expression, "T")\n            self.matrices',
            "transposed = matrix.expression\n            self.matrices",
        ),
        (
            "states in another order",
            "lstm_last",
            "the two states come out swapped",
            "results = list(equations.after)",
            "results = list(equations.after)[::-1]",
        ),
    ),
)
