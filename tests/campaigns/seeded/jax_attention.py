"""Faults in what the JAX backend writes and copies: attention."""

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_jax/snippets"
LAYERS = "backends/specc_jax/layers"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/attention.py",
        (
            "scale left out",
            "self_attend",
            "scores are not divided by the root of the size",
            "return plain_scores(queries, keys) / keys.shape[-1] ** 0.5",
            "return plain_scores(queries, keys)",
        ),
        (
            "scale not a root",
            "attend",
            "scores are divided by the size",
            "/ keys.shape[-1] ** 0.5",
            "/ keys.shape[-1]",
        ),
        (
            "causal one short",
            "self_attend",
            "a step does not see itself",
            "return jnp.tri(steps, length, dtype=bool)",
            "return jnp.tri(steps, length, -1, dtype=bool)",
        ),
        (
            "causal one far",
            "self_attend",
            "a step sees the one after it",
            "return jnp.tri(steps, length, dtype=bool)",
            "return jnp.tri(steps, length, 1, dtype=bool)",
        ),
        (
            "padding attended to",
            "self_attend",
            "the mask is left out beside `causal`",
            "for_queries(mask, scores) & up_to_now(scores))",
            "up_to_now(scores))",
        ),
        (
            "empty rows attend",
            "cross",
            "weights are even where no step is left",
            "weights = jax.nn.softmax(jnp.where(allowed, scores, lowest), axis)\n"
            "    return jnp.where(allowed, weights, 0)",
            "return jax.nn.softmax(jnp.where(allowed, scores, lowest), axis)",
        ),
        (
            "heads by stride",
            "self_attend",
            "a head has every second number instead of half of them",
            "parts = x.reshape(*x.shape[:2], heads, x.shape[2] // heads)\n"
            "    return jnp.swapaxes(parts, 1, 2)",
            "parts = x.reshape(*x.shape[:2], x.shape[2] // heads, heads)\n"
            "    return jnp.transpose(parts, (0, 3, 1, 2))",
        ),
        (
            "additive without tanh",
            "attend",
            "scores of additive attention are linear",
            'return jnp.tanh(q + keys[:, None] + w["b"]) @ w["v"]',
            'return (q + keys[:, None] + w["b"]) @ w["v"]',
        ),
        (
            "bias of values lost",
            "self_attend",
            "values have no bias",
            'split_heads(memory @ w["W_v"] + w["b_v"], heads)',
            'split_heads(memory @ w["W_v"], heads)',
        ),
    ),
    *in_file(
        f"{SNIPPETS}/relative.py",
        (
            "rotary turned back",
            "kv_heads",
            "pairs are turned the other way round, in one of their numbers",
            "[a * cos - b * sin, b * cos + a * sin]",
            "[a * cos + b * sin, b * cos + a * sin]",
        ),
        (
            "rotary rates",
            "kv_heads",
            "rates fall half as fast",
            "rates = base ** (-np.arange(half) / half)",
            "rates = base ** (-np.arange(half) / x.shape[-1])",
        ),
        (
            "ALiBi slope",
            "kv_heads",
            "slopes of a number of heads that is no power of two",
            "np.arange(1, 2 * power, 2)",
            "np.arange(2, 2 * power + 1, 2)",
        ),
        (
            "ALiBi raises",
            "kv_heads",
            "far steps score higher",
            "return scores - slopes[:, None, None]",
            "return scores + slopes[:, None, None]",
        ),
        (
            "window one wide",
            "kv_heads",
            "a causal window has one step more",
            "(apart >= 0) & (apart < window)",
            "(apart >= 0) & (apart <= window)",
        ),
        (
            "window one narrow",
            "near",
            "a window to both sides has one step less",
            "return jnp.abs(steps_back(scores)) <= window",
            "return jnp.abs(steps_back(scores)) < window",
        ),
    ),
    *in_file(
        f"{LAYERS}/_attention.py",
        (
            "heads mis-grouped",
            "kv_heads",
            "head i has the keys of number i modulo their count",
            'call("jnp.repeat", x, groups, axis=literal(1)) for x',
            'call("jnp.tile", x, Tuple_((literal(1), groups, literal(1), literal(1))))'
            " for x",
        ),
    ),
)
