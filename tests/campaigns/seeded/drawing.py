"""Faults in what programs do while training."""

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

JAX = "backends/specc_jax"
KERAS = "backends/specc_tensorflow"

TRAINED = (
    *in_file(
        f"{JAX}/snippets/dropout.py",
        (
            "dropout's scale",
            "dropout",
            "what is kept is not scaled",
            "return jnp.where(kept, x / (1 - rate), 0)",
            "return jnp.where(kept, x, 0)",
        ),
        (
            "dropout's share",
            "dropout",
            "a share 1 - p is dropped",
            "jax.random.bernoulli(jax.random.fold_in(rng, place), 1 - rate, shape)\n"
            "    return jnp.where(kept,",
            "jax.random.bernoulli(jax.random.fold_in(rng, place), 1 - rate, shape)\n"
            "    return jnp.where(~kept,",
        ),
        (
            "features drop by steps",
            "spatial",
            "every step draws for itself",
            "shape = (x.shape[0], *[1] * (x.ndim - 2), x.shape[-1])",
            "shape = x.shape",
        ),
        (
            "one mask for all rows",
            "recurrent_dropout",
            "all rows of a batch lose the same numbers of a state",
            "shape = (x.shape[0], *sizes)\n",
            "shape = (1, *sizes)\n",
        ),
    ),
    *in_file(
        f"{JAX}/layers/_recurrent_dropout.py",
        (
            "kernels whole",
            "weight_dropout",
            "the input's matrices drop as well",
            'tuple(w.name for w in every if w.role == "recurrent")',
            'tuple(w.name for w in every if w.role != "bias")',
        ),
        (
            "another rate",
            "recurrent_dropout",
            "states drop at half of the rate",
            "self.writer.value(self.step), self.op.recurrent_dropout",
            "self.writer.value(self.step), self.op.recurrent_dropout / 2",
        ),
    ),
    *in_file(
        f"{JAX}/snippets/noise.py",
        (
            "deviation squared",
            "noise",
            "noise has the deviation's square",
            "return x + stddev * jax",
            "return x + stddev**2 * jax",
        ),
    ),
    *in_file(
        f"{JAX}/snippets/batchnorm.py",
        (
            "statistics of padding",
            "batchnorm_masked",
            "the mean has masked steps in it",
            "mean = jnp.sum(x, axes, where=valid) / share",
            "mean = jnp.mean(x, axes)",
        ),
        (
            "momentum turned round",
            "batchnorm",
            "the moving mean takes the batch's share and the batch the other",
            '"moving_mean": momentum * old_mean + (1 - momentum) * mean,',
            '"moving_mean": (1 - momentum) * old_mean + momentum * mean,',
        ),
        (
            "unbiased variance moves",
            "batchnorm",
            "the variance divides by one less",
            "jnp.mean(x, axes), jnp.var(x, axes)",
            "jnp.mean(x, axes), jnp.var(x, axes, ddof=1)",
        ),
        (
            "moving statistics in training",
            "batchnorm",
            "y goes by the moving statistics while training",
            "mean, variance = jnp.mean(x, axes), jnp.var(x, axes)\n"
            "    y = scaled(w, x, mean, variance, epsilon)",
            "mean, variance = jnp.mean(x, axes), jnp.var(x, axes)\n"
            "    y = batchnorm_frozen(w, x, epsilon)",
        ),
    ),
    *in_file(
        f"{KERAS}/layers/dropout.py",
        (
            "shared by rows",
            "shared",
            "steps draw for themselves",
            'options["noise_shape"] = literal((None, 1, *rest))',
            'options["noise_shape"] = literal((None, None, *rest))',
        ),
        (
            "dropout's share",
            "dropout",
            "a share 1 - p is dropped",
            'call("layers.Dropout", literal(op.p), **options)',
            'call("layers.Dropout", literal(1 - op.p), **options)',
        ),
    ),
    *in_file(
        f"{KERAS}/snippets/recurrence.py",
        (
            "input drops by steps",
            "input_dropout",
            "every step of the input draws for itself",
            "keep = self.drop(ops.ones_like(sequences[:, :1]), self.dropout)",
            "keep = self.drop(ops.ones_like(sequences), self.dropout)",
        ),
        (
            "states whole",
            "recurrent_dropout",
            "nothing is dropped from a state",
            "rate = self.recurrent_dropout if training else 0",
            "rate = 0 if training else 0",
        ),
        (
            "kernels by the other rate",
            "weight_dropout",
            "matrices drop by another share",
            "rate = self.weight_dropout if training else 0",
            "rate = self.weight_dropout / 2 if training else 0",
        ),
    ),
    *in_file(
        f"{KERAS}/snippets/normalization.py",
        (
            "statistics of padding",
            "batchnorm_masked",
            "masked steps enter the variance as zeros",
            "variance = ops.sum(squares, axes) / share",
            "variance = ops.sum(squares, axes) / ops.sum(ops.ones_like(x), axes)",
        ),
        (
            "momentum turned round",
            "batchnorm_masked",
            "the batch weighs what the moving statistics should",
            "moved = self.momentum * moving + (1 - self.momentum) * batch",
            "moved = (1 - self.momentum) * moving + self.momentum * batch",
        ),
    ),
    *in_file(
        f"{KERAS}/layers/batchnorm.py",
        (
            "Keras's momentum",
            "batchnorm",
            "the momentum is 0.99 whatever is said",
            'options["momentum"] = literal(op.momentum)',
            'options["momentum"] = literal(KERAS_MOMENTUM)',
        ),
    ),
)

MUTANTS: tuple[Mutant, ...] = tuple(replace(one, proof="training") for one in TRAINED)
