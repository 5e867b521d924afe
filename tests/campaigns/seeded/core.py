"""Faults in what both backends share: masks, equations, first values, penalties."""

# ruff: noqa: E501

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

PASSES = "specc/passes"

SHARED = (
    *in_file(
        f"{PASSES}/infer_masks.py",
        (
            "masks of two values",
            "merged",
            "a sum counts where its last value does",
            "if before != part:",
            "if before is None:",
        ),
        (
            "no padding id",
            "tied_mean",
            "the padding id is one that counts",
            "return self._insert(NotPad(pad=node.type.pad), (ref,), node)",
            "return self._insert(NotPad(pad=node.type.pad + 1), (ref,), node)",
        ),
    ),
    *in_file(
        "specc/codegen/expressions.py",
        (
            "parentheses",
            "minus",
            "a - (b - c) is written a - b - c",
            'UNARY_BINDING["-"] if own == POWER else own + 1),',
            'UNARY_BINDING["-"] if own == POWER else own),',
        ),
    ),
    *in_file(
        "specc/codegen/operands.py",
        (
            "axes of a product",
            "outer_cell",
            "a product of matrices is summed over the wrong axis",
            '"b" * value.batched + axes + "i" for value, axes in ((a, left), (b, right))',
            '"b" * value.batched + ("i" + axes if value is a else axes + "i")'
            " for value, axes in ((a, left), (b, right))",
        ),
    ),
)
STARTS = (
    *in_file(
        "specc/codegen/initial.py",
        (
            "fan in for fan out",
            "starts",
            "he_normal has the variance of lecun_normal",
            "return normal(seed, path, shape, np.sqrt(2 / fan_in))",
            "return normal(seed, path, shape, np.sqrt(1 / fan_in))",
        ),
        (
            "orthogonal as drawn",
            "starts",
            "orthogonal matrices have the signs of the decomposition",
            "q = q * np.copysign(1, np.diag(r))",
            "q = q * 1",
        ),
        (
            "the wide turned",
            "starts",
            "glorot's limit is that of a normal distribution",
            "return uniform(seed, path, shape, np.sqrt(6 / (fan_in + fan_out)))",
            "return uniform(seed, path, shape, np.sqrt(2 / (fan_in + fan_out)))",
        ),
        (
            "one stream for all seeds",
            "starts",
            "the seed changes nothing",
            "key = np.array([seed, fold(path)], np.uint64)",
            "key = np.array([0, fold(path)], np.uint64)",
        ),
        (
            "another hash",
            "starts",
            "a weight's stream is that of another name",
            "number = ((number ^ byte) * 0x100000001B3) % 2**64",
            "number = ((number * 0x100000001B3) ^ byte) % 2**64",
        ),
    ),
    *in_file(
        "specc/codegen/draws.py",
        (
            "fans swapped",
            "starts",
            "the fan of he_normal is that of the outputs",
            "return call(initial, *seeded, self.fans[0])",
            "return call(initial, *seeded, self.fans[-1])",
        ),
        (
            "forget bias",
            "starts",
            "what starts at one starts at zero",
            "return call(initial, self.plain)",
            'return call("zeros" if initial == "ones" else initial, self.plain)',
        ),
        (
            "one stream for a cell",
            "starts",
            "all weights of a cell start from the same stream",
            'literal(f".{weight.name}"))',
            'literal(".W"))',
        ),
    ),
    *in_file(
        "backends/specc_jax/weights.py",
        (
            "blocks start alike",
            "blocks",
            "all blocks draw from the first one's streams",
            'tree[block] = call(blocks[block].name, Atom("seed"), literal(block))',
            'tree[block] = call(blocks[block].name, Atom("seed"), literal(next(iter(blocks))))',
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/initial.py",
        (
            "both directions alike",
            "starts",
            "the backward direction draws from the forward one's stream",
            'given = (Atom("seed"), literal(path), *map(literal, sizes))',
            'given = (Atom("seed"), literal(path.replace("backward", "forward")), '
            "*map(literal, sizes))",
        ),
    ),
)
PENALTIES = (
    *in_file(
        "backends/specc_jax/weights.py",
        (
            "penalty's factor",
            "penalty",
            "l2 is half of what it says",
            'terms.append(Binary("*", literal(weight.l2), total))',
            'terms.append(Binary("*", literal(weight.l2 / 2), total))',
        ),
        (
            "penalty missing",
            "penalty",
            "l1 counts only where there is no l2",
            "if weight.l1:",
            "if weight.l1 and not weight.l2:",
        ),
        (
            "biases penalised",
            "penalty",
            "every weight of a layer is penalised",
            "for name, weight in model_weights(model).items():\n"
            '        w = path_in(Atom("variables"), name)',
            "for name, weight in model_weights(model).items():\n"
            "        weight = replace(weight, l2=weight.l2 or 0.02)\n"
            '        w = path_in(Atom("variables"), name)',
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/layers/recurrent.py",
        (
            "penalty of states missing",
            "penalty",
            "the kernel with the state is not penalised",
            '        ("recurrent_kernel", "recurrent_regularizer"),\n',
            "",
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/snippets/penalties.py",
        (
            "l1 squared",
            "penalty",
            "l1 penalises squares beside l2",
            "return self.l1 * ops.sum(ops.abs(w)) + self.l2",
            "return self.l1 * ops.sum(ops.square(w)) + self.l2",
        ),
    ),
)
COUNTS = in_file(
    "specc/report/parameters.py",
    (
        "shared weights twice",
        "tied",
        "a shared weight counts for each of its uses",
        "own = () if shared else node.weights",
        "own = node.weights",
    ),
)
ALIKE = in_file(
    "backends/specc_jax/snippets/series.py",
    (
        "blocks backwards",
        "series",
        "blocks in a row run from the last to the first",
        "own: (layer(x, *own), None), x, each)",
        "own: (layer(x, *own), None), x, each, reverse=True)",
    ),
    (
        "one block's weights",
        "series",
        "all blocks in a row have the first one's weights",
        "v[name if number == 1 else",
        "v[name if number else",
    ),
)
ALONE = (
    *in_file(
        "backends/specc_jax/layers/_windows.py",
        (
            "causal, by prefixes",
            "conv",
            "a convolution sees one step ahead; without the oracle",
            "literal([((op.kernel_size - 1) * op.dilation, 0)])",
            "literal([((op.kernel_size - 1) * op.dilation - 1, 1)])",
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/snippets/attention.py",
        (
            "causal, by later steps",
            "self_attend",
            "a step sees later ones; without the oracle",
            "counts = ops.tril(counts)",
            "counts = ops.tril(counts, 1)",
        ),
    ),
    *in_file(
        "backends/specc_jax/snippets/recurrent.py",
        (
            "step by step",
            "stepped",
            "the state handed out is that before the last step; without the oracle",
            "states, outputs = lax.scan(advance, states, jnp.swapaxes(x, 0, 1), "
            "**options)\n    return jnp.swapaxes(outputs, 0, 1), states",
            "states, outputs = lax.scan(advance, states, jnp.swapaxes(x, 0, 1), "
            "**options)\n    return jnp.swapaxes(outputs, 0, 1), "
            "(outputs[-2] if len(outputs) > 1 else states[0],)",
        ),
    ),
)
INVARIANT = (
    *in_file(
        "backends/specc_jax/snippets/reduction.py",
        (
            "mean, with padding",
            "reductions",
            "the mean divides by the length of the batch; without the oracle",
            "jnp.sum(x, axis=1, where=mask[..., None]) / jnp.maximum(count, 1)",
            "jnp.sum(x, axis=1, where=mask[..., None]) / x.shape[1]",
        ),
    ),
    *in_file(
        "backends/specc_tensorflow/snippets/masks.py",
        (
            "batch mates",
            "weighed",
            "a softmax is scaled by the whole batch; without the oracle",
            "return tf.nn.softmax(x, self.axis)",
            "return tf.nn.softmax(x / ops.max(ops.abs(ops.where(x < -1e30, 0, x))), "
            "self.axis)",
        ),
    ),
)
MUTANTS: tuple[Mutant, ...] = (
    *SHARED,
    *PENALTIES,
    *(replace(one, by="initial") for one in STARTS),
    *(replace(one, by="count") for one in COUNTS),
    *ALIKE,
    *(replace(one, by="causality") for one in ALONE),
    *(replace(one, by="invariance") for one in INVARIANT),
)
