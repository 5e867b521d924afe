"""Faults in what the JAX backend writes and copies: layers without a recurrence."""

# ruff: noqa: E501

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_jax/snippets"
LAYERS = "backends/specc_jax/layers"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/conv.py",
        (
            "kernel not flipped",
            "transposed",
            "a transposed convolution has its kernel the wrong way round",
            "kernel[::-1],",
            "kernel,",
        ),
        (
            "multiplier's order",
            "apart",
            "kernels of a feature lie apart instead of side by side",
            "kernel.reshape(kernel.shape[0], 1, -1)",
            "kernel.swapaxes(1, 2).reshape(kernel.shape[0], 1, -1)",
        ),
    ),
    *in_file(
        f"{LAYERS}/_windows.py",
        (
            "causal padding at the end",
            "conv",
            "a convolution sees later steps",
            "literal([((op.kernel_size - 1) * op.dilation, 0)])",
            "literal([(0, (op.kernel_size - 1) * op.dilation)])",
        ),
        (
            "causal off by one",
            "conv",
            "a convolution sees one step ahead",
            "literal([((op.kernel_size - 1) * op.dilation, 0)])",
            "literal([((op.kernel_size - 1) * op.dilation - 1, 1)])",
        ),
        (
            "dilation lost",
            "both_strides",
            "the steps of a window are next to each other",
            "if op.dilation > 1 or",
            "if op.dilation > 9 or",
        ),
        (
            "padding side",
            "conv",
            "`same` puts the odd step at the start",
            "return literal(op.padding.upper())",
            'return literal(op.padding.upper().replace("SAME", "SAME_LOWER"))',
        ),
    ),
    *in_file(
        f"{LAYERS}/conv.py",
        (
            "masked steps convolved",
            "conv",
            "what stands at masked steps is read",
            "x = writer.without_masked(step)",
            "x = writer.value(step)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/pooling.py",
        (
            "pooling counts padding",
            "pool_plain",
            "the mean of a window has padding in it",
            'return window_sum(x, size, stride, "SAME") / count',
            'return window_sum(x, size, stride, "SAME") / size',
        ),
        (
            "pooling counts masked steps",
            "pools",
            "the mean of a window divides by its size",
            "return total / jnp.maximum(count, 1)",
            "return total / size",
        ),
        (
            "largest of masked steps",
            "pools",
            "the largest of a window may be zero from padding",
            "y = maxpool(jnp.where(mask[..., None], x, -jnp.inf), size, stride, padding)",
            "y = maxpool(jnp.where(mask[..., None], x, 0), size, stride, padding)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/masks.py",
        (
            "window counts too soon",
            "conv_valid",
            "a window counts where any of its steps does",
            "mask, True, lax.bitwise_and,",
            "mask, False, lax.bitwise_or,",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/reduction.py",
        (
            "mean over all steps",
            "reductions",
            "the mean divides by the length of the batch",
            "jnp.sum(x, axis=1, where=mask[..., None]) / jnp.maximum(count, 1)",
            "jnp.sum(x, axis=1, where=mask[..., None]) / x.shape[1]",
        ),
        (
            "last at the padded end",
            "reductions",
            "the last step is that of the batch",
            "last = mask & (jnp.cumsum(mask[:, ::-1], axis=1)[:, ::-1] == 1)",
            "last = jnp.arange(mask.shape[1]) == jnp.full_like(mask, mask.shape[1] - 1, int)",
        ),
        (
            "gradient of equal ones",
            "reductions",
            "the first of equal steps takes all of the gradient",
            "share = ties / jnp.sum(ties, axis, keepdims=True, dtype=x.dtype)",
            "share = ties * (jnp.cumsum(ties, axis) == 1) * jnp.ones_like(x)",
        ),
        (
            "empty rows have a largest",
            "reductions",
            "a row of padding gives what the lowest number is",
            "return jnp.where(jnp.any(mask, axis=1)[:, None], y, 0)",
            "return jnp.where(jnp.any(mask, axis=1)[:, None], y, 1)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/normalizing.py",
        (
            "epsilon outside",
            "norms",
            "epsilon is added to the root",
            "return x / jnp.sqrt(variance + epsilon)",
            "return x / (jnp.sqrt(variance) + epsilon)",
        ),
        (
            "unbiased variance",
            "norms",
            "the variance divides by one less",
            "variance = jnp.mean(x * x, axis=-1, keepdims=True)",
            "variance = jnp.sum(x * x, axis=-1, keepdims=True) / (x.shape[-1] - 1)",
        ),
        (
            "mean taken off",
            "norms",
            "rmsnorm takes the mean off",
            "square = jnp.mean(x * x, axis=-1, keepdims=True)",
            "square = jnp.var(x, axis=-1, keepdims=True)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/images.py",
        (
            "image pooling counts padding",
            "image",
            "the mean of a window of an image has padding in it",
            'return window_sum_image(x, size, stride, "SAME") / count',
            'return window_sum_image(x, size, stride, "SAME") / size**2',
        ),
        (
            "width for height",
            "image",
            "kernels of images lie on their side",
            'y = lax.conv_general_dilated(\n        x, w["W"], strides,',
            'y = lax.conv_general_dilated(\n        x, w["W"].swapaxes(0, 1), strides,',
        ),
    ),
    *in_file(
        f"{SNIPPETS}/batchnorm.py",
        (
            "epsilon outside",
            "batchnorm",
            "epsilon is added to the moving deviation",
            "((x - mean) / jnp.sqrt(variance + epsilon))",
            "((x - mean) / (jnp.sqrt(variance) + epsilon))",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/dropout.py",
        (
            "scaled at inference",
            "dropout",
            "outside of training numbers are scaled by 1 - p",
            "return x if rng is None else drop(x, rate, rng, place, x.shape)",
            "return x * (1 - rate) if rng is None else drop(x, rate, rng, place, x.shape)",
        ),
    ),
    *in_file(
        f"{LAYERS}/dense.py",
        (
            "no activation",
            "dense",
            "a layer ends before its activation",
            "apply_function(step.op.activation, y)",
            'apply_function("linear", y)',
        ),
    ),
    *in_file(
        f"{LAYERS}/outer_mask.py",
        (
            "pairs of either",
            "paired",
            "a pair counts where either of its steps does",
            'Binary("&", a, b)',
            'Binary("|", a, b)',
        ),
    ),
    *in_file(
        "backends/specc_jax/functions.py",
        (
            "tanh for erf",
            "functions",
            "gelu is the approximation",
            '"gelu": lambda x: call("jax.nn.gelu", x, approximate=literal(False))',
            '"gelu": lambda x: call("jax.nn.gelu", x, approximate=literal(True))',
        ),
        (
            "another slope",
            "functions",
            "leaky_relu has slope 0.01",
            'call("jax.nn.leaky_relu", x, literal(0.2))',
            'call("jax.nn.leaky_relu", x)',
        ),
    ),
    *in_file(
        f"{LAYERS}/_softmax.py",
        (
            "softmax's axis",
            "softmax",
            "the softmax is over the last axis whatever is named",
            "if place != rank - 1:",
            "if place > rank:",
        ),
        (
            "softmax of padding",
            "weighed",
            "masked steps take part in a sum",
            "mask = writer.mask_like(step)",
            "mask = None",
        ),
    ),
    *in_file(
        f"{LAYERS}/tied.py",
        (
            "tied not transposed",
            "tied",
            "the projection is the table as it stands",
            'writer.value(step), Attribute(table, "T"))',
            "writer.value(step), table)",
        ),
    ),
)
