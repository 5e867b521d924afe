"""A Keras model written by specc; it needs tensorflow only. Change it freely."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

SPEC = {
    "model": "imdb_conv",
    "sha256": "8d7a6ce4358f97dfffdb4c103474e5189fa51a97f727604a8e1b4b32d9c41f56",
    "specc": "0.1.0",
    "schedule": "portable",
}
tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
register = keras.saving.register_keras_serializable(package="imdb_conv")


# The model


def build(seed=0, variables=None):
    """Make the model; one seed gives the same numbers in every backend.

    tokens: int[B, T], ids below 8185, 0 is padding.
    variables: weights by name, instead of fresh ones.
    Returns a model whose output is positive: float[B, 1].
    """
    tokens = keras.Input((None,), dtype="int64", name="tokens")
    mask = tokens != 0  # [B, T]
    x = CheckedEmbedding(8185, 64, name="embed")(tokens)  # [B, T, 64]
    x = AnyLengthConv1D(128, 5, activation="relu", name="conv")(x)  # [B, T - 4, 128]
    mask = WindowMask(5, 1, name="window_mask")(mask)  # [B, T - 4]
    x = MaskedMean(name="mean")(x, mask=mask)  # [B, 128]
    x = layers.Dense(64, activation="relu", name="dense")(x)  # [B, 64]
    positive = layers.Dense(1, activation="sigmoid", name="dense_2")(x)  # [B, 1]
    model = keras.Model(tokens, positive, name="imdb_conv")
    set_variables(model, variables or initial(seed))
    return model


# Weights, by their names in the spec


def get_variables(model):
    """Read all weights, under the spec's names."""
    return {name: variable.numpy() for name, variable in layer_weights(model).items()}


def set_variables(model, variables):
    """Write all weights, given under the spec's names."""
    for name, variable in layer_weights(model).items():
        variable.assign(variables[name])


def layer_weights(model):
    """Find the variables that are weights of the spec as they are."""
    layer = model.get_layer
    return {
        "embed.table": layer("embed").embeddings,
        "conv.W": layer("conv").kernel,
        "conv.b": layer("conv").bias,
        "dense.W": layer("dense").kernel,
        "dense.b": layer("dense").bias,
        "dense_2.W": layer("dense_2").kernel,
        "dense_2.b": layer("dense_2").bias,
    }


# Layers


@register
class CheckedEmbedding(layers.Embedding):
    """Look ids up; an id outside the table gives NaN, on every device."""

    def call(self, ids):
        known = (ids >= 0) & (ids < self.input_dim)
        rows = super().call(ops.where(known, ids, 0))
        return ops.where(known[..., None], rows, np.nan)


@register
class MaskedMean(layers.Layer):
    """The mean of the steps that count; 0 where none does."""

    def call(self, x, mask):
        counts = with_features(mask, x)
        total = ops.sum(ops.where(counts, x, 0), axis=1)
        return total / ops.maximum(ops.sum(ops.cast(counts, x.dtype), axis=1), 1)

    def compute_mask(self, x, mask=None):
        return None


def with_features(mask, x):
    """Give a mask [B, T] as many axes as x has."""
    return ops.expand_dims(mask, tuple(range(2, len(x.shape))))


class AnyLength(layers.Layer):
    """Windows along time, of which a sequence may be too short to have any.

    Then there is no step after them. TensorFlow raises an error, stops the process in
    the gradient of a pool, or returns the input (all on CPU).
    """

    def call(self, x):
        lacking = ops.maximum(self.least_steps() - ops.shape(x)[1], 0)
        y = super().call(ops.pad(x, ((0, 0), (0, lacking), (0, 0))))
        # y[:, 1:] would copy, and its gradient too, even where nothing is cut off
        return tf.slice(y, [0, ops.minimum(lacking, 1), 0], [-1, -1, -1])

    def compute_mask(self, x, mask=None):
        return None

    def least_steps(self):
        """The steps that the shortest sequence with a window has."""
        if self.padding != "valid":
            return 1
        return (self.kernel_size[0] - 1) * self.dilation_rate[0] + 1


@register
class AnyLengthConv1D(AnyLength, layers.Conv1D):
    """A convolution of sequences of any length."""


@register
class WindowMask(layers.Layer):
    """The steps of which the whole window counts."""

    def __init__(self, size, stride, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.stride = stride

    def call(self, mask):
        total = ops.cumsum(ops.pad(ops.cast(mask, "int32"), ((0, 0), (1, 0))), axis=1)
        inside = total[:, self.size :] - total[:, : -self.size]
        return (inside == self.size)[:, :: self.stride]

    def get_config(self):
        return {**super().get_config(), "size": self.size, "stride": self.stride}


# Initial values


def initial(seed):
    """Draw fresh weights; one seed gives the same numbers in every backend."""
    return flat(
        {
            "embed": {"table": uniform(seed, "embed.table", (8185, 64))},
            "conv": {
                "W": glorot_uniform(seed, "conv.W", (5, 64, 128), 320, 640),
                "b": zeros((128,)),
            },
            "dense": {
                "W": glorot_uniform(seed, "dense.W", (128, 64), 128, 64),
                "b": zeros((64,)),
            },
            "dense_2": {
                "W": glorot_uniform(seed, "dense_2.W", (64, 1), 64, 1),
                "b": zeros((1,)),
            },
        }
    )


def flat(drawn):
    """Give every weight its full name: its layer's path, a dot, its own."""
    return {
        f"{path}.{name}": array
        for path, weights in drawn.items()
        for name, array in weights.items()
    }


def glorot_uniform(seed, path, shape, fan_in, fan_out):
    """Uniform in +-sqrt(6 / (fan_in + fan_out))."""
    return uniform(seed, path, shape, np.sqrt(6 / (fan_in + fan_out)))


def uniform(seed, path, shape, limit=0.05):
    """Uniform in [-limit, limit]."""
    return generator(seed, path).uniform(-limit, limit, shape).astype(np.float32)


def zeros(shape):
    """Make zeros."""
    return np.zeros(shape, np.float32)


def generator(seed, path):
    """A random stream that belongs to one weight."""
    key = np.array([seed, fold(path)], np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def fold(path):
    """A 64-bit number for a weight's path (FNV-1a)."""
    number = 0xCBF29CE484222325
    for byte in path.encode():
        number = ((number ^ byte) * 0x100000001B3) % 2**64
    return number
