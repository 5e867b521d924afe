"""A Keras model written by specc; it needs tensorflow only. Change it freely."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

SPEC = {
    "model": "siamese_questions",
    "sha256": "7f78de83afc052119b2de1f74f04dea59609f19b802b294bb18c9647fd6b3de2",
    "specc": "0.1.0",
    "schedule": "portable",
}
tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
register = keras.saving.register_keras_serializable(package="siamese_questions")


# The model


def build(seed=0, variables=None):
    """Make the model; one seed gives the same numbers in every backend.

    a: int[B, T], ids below 41699, 1 is padding.
    b: int[B, S], ids below 41699, 1 is padding.
    variables: weights by name, instead of fresh ones.
    Returns a model whose output is same: float[B].
    """
    a = keras.Input((None,), dtype="int64", name="a")
    b = keras.Input((None,), dtype="int64", name="b")
    encode_embed = CheckedEmbedding(41699, 128, name="encode.embed")
    # Plain loops over cells: cuDNN takes no row that is all padding.
    lstm = layers.LSTMCell(128)
    encode_lstm = layers.RNN(lstm, return_sequences=True, name="encode.lstm")
    encode_mean = MaskedMean(name="encode.mean")
    encode_normalize = Normalize(name="encode.normalize")

    def encode(x, mask):
        """Run the layers of `encode`."""
        x = encode_embed(x)  # [B, T, 128]
        x = encode_lstm(x, mask=mask)  # [B, T, 128]
        x = encode_mean(x, mask=mask)  # [B, 128]
        x = encode_normalize(x)  # [B, 128]
        return x

    a_mask = a != 1  # [B, T]
    b_mask = b != 1  # [B, S]
    x = encode(a, a_mask)  # [B, 128]
    x_2 = encode(b, b_mask)  # [B, 128]
    same = Dot(name="dot")(x, x_2)  # [B]
    model = keras.Model([a, b], same, name="siamese_questions")
    set_variables(model, variables or initial(seed))
    return model


# Weights, by their names in the spec


def get_variables(model):
    """Read all weights, under the spec's names and in its shapes."""
    found = {name: variable.numpy() for name, variable in layer_weights(model).items()}
    for variable, path, names in cell_weights(model):
        array = variable.numpy()
        stacked = array.ravel() if variable.name == "bias" else array.T
        parts = np.split(stacked, len(names))
        for name, part in zip(names, parts, strict=True):
            found[f"{path}.{name}"] = part
    return found


def set_variables(model, variables):
    """Write all weights, given under the spec's names and in its shapes."""
    for name, variable in layer_weights(model).items():
        variable.assign(variables[name])
    for variable, path, names in cell_weights(model):
        stacked = np.concatenate([variables[f"{path}.{name}"] for name in names])
        is_bias = variable.name == "bias"
        variable.assign(stacked.reshape(variable.shape) if is_bias else stacked.T)


def layer_weights(model):
    """Find the variables that are weights of the spec as they are."""
    layer = model.get_layer
    return {"encode.embed.table": layer("encode.embed").embeddings}


def cell_weights(model):
    """Find the variables of recurrent cells, and what each holds."""
    layer = model.get_layer
    return lstm_weights("encode.lstm", layer("encode.lstm").cell)


def lstm_weights(path, cell):
    """Say which weights of `lstm` lie side by side in Keras."""
    return (
        (cell.kernel, path, ("W_i", "W_f", "W_g", "W_o")),
        (cell.recurrent_kernel, path, ("U_i", "U_f", "U_g", "U_o")),
        (cell.bias, path, ("b_i", "b_f", "b_g", "b_o")),
    )


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


@register
class Normalize(layers.Layer):
    """Vectors of length one."""

    def call(self, x):
        squares = ops.sum(x * x, axis=-1, keepdims=True)
        return x / ops.sqrt(ops.maximum(squares, 1e-12))

    def compute_mask(self, x, mask=None):
        return mask


@register
class Dot(layers.Layer):
    """The inner product over the last axis."""

    def call(self, a, b):
        return ops.sum(a * b, axis=-1)

    def compute_mask(self, a, mask=None):
        return mask


# Initial values


def initial(seed):
    """Draw fresh weights; one seed gives the same numbers in every backend."""
    return flat(
        {
            "encode.embed": {
                "table": uniform(seed, "encode.embed.table", (41699, 128))
            },
            "encode.lstm": initial_lstm(seed, "encode.lstm", 128, 128),
        }
    )


def initial_lstm(seed, path, units, inputs_2):
    """Draw the weights of `lstm`."""
    return {
        "W_i": glorot_uniform(seed, path + ".W_i", (units, inputs_2), inputs_2, units),
        "W_f": glorot_uniform(seed, path + ".W_f", (units, inputs_2), inputs_2, units),
        "W_o": glorot_uniform(seed, path + ".W_o", (units, inputs_2), inputs_2, units),
        "W_g": glorot_uniform(seed, path + ".W_g", (units, inputs_2), inputs_2, units),
        "U_i": orthogonal(seed, path + ".U_i", (units, units)),
        "U_f": orthogonal(seed, path + ".U_f", (units, units)),
        "U_o": orthogonal(seed, path + ".U_o", (units, units)),
        "U_g": orthogonal(seed, path + ".U_g", (units, units)),
        "b_i": zeros((units,)),
        "b_f": ones((units,)),
        "b_o": zeros((units,)),
        "b_g": zeros((units,)),
    }


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


def orthogonal(seed, path, shape):
    """A random matrix with orthonormal columns, or rows where it is wide.

    Axes before the last count as one.
    """
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    tall = (max(rows, columns), min(rows, columns))
    q, r = np.linalg.qr(generator(seed, path).standard_normal(tall))
    q = q * np.copysign(1, np.diag(r))  # every orthogonal matrix equally likely
    matrix = q if rows >= columns else q.T
    return matrix.reshape(shape).astype(np.float32, order="C")


def zeros(shape):
    """Make zeros."""
    return np.zeros(shape, np.float32)


def ones(shape):
    """Make ones."""
    return np.ones(shape, np.float32)


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
