"""Faults in what the TensorFlow backend copies: attention."""

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_tensorflow/snippets"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/attention.py",
        (
            "scale of all heads",
            "self_attend",
            "scores are divided by the root of all heads' size",
            "q, k) / self.size**0.5",
            "q, k) / (self.heads * self.size) ** 0.5",
        ),
        (
            "dot not scaled",
            "attend",
            "scores are not divided by the root of the size",
            "return scores / keys.shape[-1] ** 0.5 if self.scaled else scores",
            "return scores",
        ),
        (
            "causal for all",
            "self_attend",
            "every layer sees earlier steps alone",
            "if causal:\n",
            "if True:\n",
        ),
        (
            "causal the wrong way",
            "self_attend",
            "a step sees itself and later ones",
            "counts = ops.tril(counts)",
            "counts = ops.triu(counts)",
        ),
        (
            "mask's sign",
            "cross",
            "padding is attended to, and nothing else",
            "counts &= ops.expand_dims(mask,",
            "counts &= ops.expand_dims(~mask,",
        ),
        (
            "weights of empty rows",
            "cross",
            "weights are even where no step is left",
            "return ops.where(counts, weights, 0)",
            "return weights",
        ),
        (
            "heads by stride",
            "self_attend",
            "the output map reads heads interleaved",
            "ops.reshape(self.W_o, (self.heads, self.size, -1))\n"
            '        y = ops.einsum("bthd,hdo->bto", y, kernel)',
            "ops.reshape(self.W_o, (self.size, self.heads, -1))\n"
            '        y = ops.einsum("bthd,dho->bto", y, kernel)',
        ),
        (
            "values are keys",
            "self_attend",
            "the mean is over keys",
            "y = self.attend(q, k, v, mask, training)",
            "y = self.attend(q, k, k, mask, training)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/grouped_attention.py",
        (
            "rotary turned back",
            "kv_heads",
            "pairs are turned by the negative angle in one of their numbers",
            "[a * cos - b * sin, b * cos + a * sin]",
            "[a * cos - b * sin, b * cos - a * sin]",
        ),
        (
            "heads mis-grouped",
            "kv_heads",
            "head i has the keys of number i modulo their count",
            "k, v = ops.repeat(k, groups, axis=2), ops.repeat(v, groups, axis=2)",
            "k, v = ops.tile(k, (1, 1, groups, 1)), ops.tile(v, (1, 1, groups, 1))",
        ),
        (
            "ALiBi slope",
            "kv_heads",
            "slopes fall from one",
            "2.0 ** (-8 * np.arange(1, power + 1) / power)",
            "2.0 ** (-8 * np.arange(power) / power)",
        ),
        (
            "window one wide",
            "kv_heads",
            "a causal window has one step more",
            "(apart >= 0) & (apart < self.window)",
            "(apart >= 0) & (apart <= self.window)",
        ),
        (
            "window without the mask",
            "near",
            "padding inside a window is attended to",
            "counts &= mask[:, None, None]",
            "counts &= True",
        ),
    ),
)
