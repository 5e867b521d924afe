"""Faults in what the TensorFlow backend writes and copies: without a recurrence."""

from __future__ import annotations

from tests.campaigns.seeded.mutant import Mutant, in_file

SNIPPETS = "backends/specc_tensorflow/snippets"
LAYERS = "backends/specc_tensorflow/layers"

MUTANTS: tuple[Mutant, ...] = (
    *in_file(
        f"{SNIPPETS}/windows.py",
        (
            "padding side",
            "strided",
            "`same` with a dilation and a stride puts the odd step at the start",
            "before = lacking // 2",
            "before = lacking - lacking // 2",
        ),
        (
            "every other step",
            "strided",
            "strides start at the second place",
            "return super().call(x)[:, :: self.step]",
            "return super().call(x)[:, 1 :: self.step]",
        ),
        (
            "short sequences",
            "conv_valid",
            "a sequence without a window has one",
            "return tf.slice(y, [0, ops.minimum(lacking, 1), 0], [-1, -1, -1])",
            "return y",
        ),
        (
            "pooling counts masked steps",
            "pools",
            "the mean of a window has masked steps in it",
            "return mean / ops.where(share > 0, share, 1)",
            "return mean",
        ),
        (
            "largest of masked steps",
            "pools",
            "the largest of a window may be a masked step's zero",
            "largest = super().call(ops.where(counts, x, -np.inf))",
            "largest = super().call(ops.where(counts, x, 0))",
        ),
        (
            "window counts too soon",
            "conv_valid",
            "a window counts where most of its steps do",
            "return (inside == self.size)",
            "return (inside >= self.size - 1)",
        ),
    ),
    *in_file(
        f"{LAYERS}/_windows.py",
        (
            "masked steps convolved",
            "conv",
            "what stands at masked steps is read",
            "x = read(step, writer, short)",
            "x = writer.value(step)",
        ),
        (
            "dilation lost",
            "conv",
            "the steps of a window are next to each other",
            "if op.dilation > 1 or",
            "if op.dilation > 9 or",
        ),
        (
            "causal is same",
            "conv",
            "a convolution sees later steps",
            'own["padding"] = literal(op.padding)',
            'own["padding"] = literal("same")',
        ),
    ),
    *in_file(
        f"{SNIPPETS}/reductions.py",
        (
            "mean over all steps",
            "reductions",
            "the mean divides by the length of the batch",
            "return total / ops.maximum(ops.sum(ops.cast(counts, x.dtype), axis=1), 1)",
            "return total / ops.sum(ops.ones_like(x), axis=1)",
        ),
        (
            "last at the padded end",
            "reductions",
            "the last step is that of the batch",
            "last = mask & (count == count[:, -1:])",
            "last = ops.ones_like(mask) & (ops.cumsum(ops.ones_like(count), axis=1) == "
            "ops.shape(mask)[1])",
        ),
        (
            "first of any",
            "reductions",
            "the first step is that of the batch",
            "first = mask & (count == 1)",
            "first = ops.cumsum(ops.ones_like(count), axis=1) == 1",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/functions.py",
        (
            "tanh for erf",
            "functions",
            "gelu is the approximation",
            "return x * (1 + ops.erf(x / 2**0.5)) / 2",
            "return x * ops.sigmoid(1.702 * x)",
        ),
        (
            "a digit of gelu_tanh",
            "functions",
            "a constant is rounded to four digits",
            "0.044715",
            "0.04472",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/recurrence.py",
        (
            "dropout at inference",
            "dropout",
            "the input of a recurrent layer is dropped from at all times",
            "if training and self.dropout:",
            "if self.dropout:",
        ),
    ),
    *in_file(
        f"{LAYERS}/outer_mask.py",
        (
            "pairs of either",
            "paired",
            "a pair counts where either of its steps does",
            'Binary("&", ',
            'Binary("|", ',
        ),
    ),
    *in_file(
        f"{LAYERS}/layernorm.py",
        (
            "Keras's epsilon",
            "norms",
            "layernorm has epsilon 1e-3",
            'options = {"epsilon": literal(step.op.epsilon)}',
            "options = {}",
        ),
    ),
    *in_file(
        f"{LAYERS}/_softmax.py",
        (
            "softmax's axis",
            "softmax",
            "the axis named is counted from the batch",
            "literal(op.place(x) + (not x.unbatched))",
            "literal(op.place(x))",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/masks.py",
        (
            "softmax of padding",
            "weighed",
            "masked steps take part in a sum",
            "self.weigh(ops.where(counts, x, x.dtype.min))",
            "self.weigh(ops.where(counts, x, 0))",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/embedding.py",
        (
            "tied not transposed",
            "tied",
            "the projection is the table as it stands",
            "ops.cast(ops.transpose(self.embeddings), x.dtype)",
            "ops.cast(self.embeddings, x.dtype)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/steps.py",
        (
            "rates of positions",
            "positions",
            "rates fall half as fast",
            "10000.0 ** (-np.arange(0, self.dim, 2) / self.dim)",
            "10000.0 ** (-np.arange(self.dim // 2) / self.dim)",
        ),
        (
            "padding reversed too",
            "steps",
            "the first valid step comes first again",
            "ops.where(mask, counted[:, -1:] - counted, 0)",
            "ops.where(mask, counted - 1, 0)",
        ),
    ),
    *in_file(
        f"{SNIPPETS}/comparisons.py",
        (
            "gradient of equal ones",
            "values",
            "the first of equal values takes all of the gradient",
            "equal = (largest + x) / 2",
            "equal = largest",
        ),
        (
            "half a length",
            "values",
            "the cosine divides by one of the two lengths",
            "lengths = self.length(a) * self.length(b)",
            "lengths = self.length(a) * self.length(a)",
        ),
    ),
)
