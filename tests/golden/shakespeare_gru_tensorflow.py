"""A Keras model written by specc; it needs tensorflow only. Change it freely."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

SPEC = {
    "model": "shakespeare_gru",
    "sha256": "6f694aad3869c8e9040a7f6c3307792d6dd68d3cc44977780a00b6003e520127",
    "specc": "0.1.0",
    "schedule": "portable",
}
tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
register = keras.saving.register_keras_serializable(package="shakespeare_gru")


# The model


def build(seed=0, variables=None):
    """Make the model; one seed gives the same numbers in every backend.

    ids: int[B, T], ids below 66.
    state: float[B, 1024].
    variables: weights by name, instead of fresh ones.
    Returns a model whose outputs are logits: float[B, T, 66], after: float[B, 1024].
    """
    ids = keras.Input((None,), dtype="int64", name="ids")
    state = keras.Input((1024,), name="state")
    x = CheckedEmbedding(66, 256, name="embed")(ids)  # [B, T, 256]
    # [B, T, 1024], [B, 1024]
    h, last = layers.GRU(1024, return_sequences=True, return_state=True, name="gru")(
        x, initial_state=[state]
    )
    logits = layers.Dense(66, name="dense")(h)  # [B, T, 66]
    model = keras.Model(
        [ids, state], {"logits": logits, "after": last}, name="shakespeare_gru"
    )
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
    }


def cell_weights(model):
    """Find the variables of recurrent cells, and what each holds."""
    layer = model.get_layer
    return gru_weights("gru", layer("gru").cell)


def gru_weights(path, cell):
    """Say which weights of `gru` lie side by side in Keras."""
    return (
        (cell.kernel, path, ("W_z", "W_r", "W_n")),
        (cell.recurrent_kernel, path, ("U_z", "U_r", "U_n")),
        (cell.bias, path, ("b_z", "b_r", "b_n", "d_z", "d_r", "d_n")),
    )


# Layers


@register
class CheckedEmbedding(layers.Embedding):
    """Look ids up; an id outside the table gives NaN, on every device."""

    def call(self, ids):
        known = (ids >= 0) & (ids < self.input_dim)
        rows = super().call(ops.where(known, ids, 0))
        return ops.where(known[..., None], rows, np.nan)


# Initial values


def initial(seed):
    """Draw fresh weights; one seed gives the same numbers in every backend."""
    return flat(
        {
            "embed": {"table": uniform(seed, "embed.table", (66, 256))},
            "gru": initial_gru(seed, "gru", 1024, 256),
            "dense": {
                "W": glorot_uniform(seed, "dense.W", (1024, 66), 1024, 66),
                "b": zeros((66,)),
            },
        }
    )


def initial_gru(seed, path, units, inputs_2):
    """Draw the weights of `gru`."""
    return {
        "W_z": glorot_uniform(seed, path + ".W_z", (units, inputs_2), inputs_2, units),
        "W_r": glorot_uniform(seed, path + ".W_r", (units, inputs_2), inputs_2, units),
        "W_n": glorot_uniform(seed, path + ".W_n", (units, inputs_2), inputs_2, units),
        "U_z": glorot_uniform(seed, path + ".U_z", (units, units), units, units),
        "U_r": glorot_uniform(seed, path + ".U_r", (units, units), units, units),
        "U_n": glorot_uniform(seed, path + ".U_n", (units, units), units, units),
        "b_z": zeros((units,)),
        "b_r": zeros((units,)),
        "b_n": zeros((units,)),
        "d_z": zeros((units,)),
        "d_r": zeros((units,)),
        "d_n": zeros((units,)),
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
