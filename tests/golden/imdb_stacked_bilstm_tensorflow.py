"""A Keras model written by specc; it needs tensorflow only. Change it freely."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

SPEC = {
    "model": "imdb_stacked_bilstm",
    "sha256": "53ab5557649fd94459f3e8812f880ab08e67ceaabc3013ee6961c357c93b98d1",
    "specc": "0.1.0",
    "schedule": "portable",
}
tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
register = keras.saving.register_keras_serializable(package="imdb_stacked_bilstm")


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
    # Plain loops over cells: cuDNN takes no row that is all padding.
    lstm = layers.RNN(layers.LSTMCell(64), return_sequences=True)
    x = RepeatingBidirectional(lstm, name="bi_lstm")(x, mask=mask)  # [B, T, 128]
    lstm = layers.RNN(layers.LSTMCell(32))
    x = layers.Bidirectional(lstm, name="bi_lstm_2")(x, mask=mask)  # [B, 64]
    x = layers.Dense(64, activation="relu", name="dense")(x)  # [B, 64]
    positive = layers.Dense(1, activation="sigmoid", name="dense_2")(x)  # [B, 1]
    model = keras.Model(tokens, positive, name="imdb_stacked_bilstm")
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
    return {
        "embed.table": layer("embed").embeddings,
        "dense.W": layer("dense").kernel,
        "dense.b": layer("dense").bias,
        "dense_2.W": layer("dense_2").kernel,
        "dense_2.b": layer("dense_2").bias,
    }


def cell_weights(model):
    """Find the variables of recurrent cells, and what each holds."""
    layer = model.get_layer
    return (
        *lstm_weights("bi_lstm.forward", layer("bi_lstm").forward_layer.cell),
        *lstm_weights("bi_lstm.backward", layer("bi_lstm").backward_layer.cell),
        *lstm_weights("bi_lstm_2.forward", layer("bi_lstm_2").forward_layer.cell),
        *lstm_weights("bi_lstm_2.backward", layer("bi_lstm_2").backward_layer.cell),
    )


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
class RepeatingBidirectional(layers.Bidirectional):
    """Both directions; a masked step repeats the output before it, instead of zeros."""

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False


# Initial values


def initial(seed):
    """Draw fresh weights; one seed gives the same numbers in every backend."""
    return flat(
        {
            "embed": {"table": uniform(seed, "embed.table", (8185, 64))},
            "bi_lstm.forward": initial_lstm(seed, "bi_lstm.forward", 64, 64),
            "bi_lstm.backward": initial_lstm(seed, "bi_lstm.backward", 64, 64),
            "bi_lstm_2.forward": initial_lstm(seed, "bi_lstm_2.forward", 32, 128),
            "bi_lstm_2.backward": initial_lstm(seed, "bi_lstm_2.backward", 32, 128),
            "dense": {
                "W": glorot_uniform(seed, "dense.W", (64, 64), 64, 64),
                "b": zeros((64,)),
            },
            "dense_2": {
                "W": glorot_uniform(seed, "dense_2.W", (64, 1), 64, 1),
                "b": zeros((1,)),
            },
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
