"""A Keras model written by specc; it needs tensorflow only. Change it freely."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

SPEC = {
    "model": "own_cell",
    "sha256": "ca934dacba2cec85b5effa873b65d20820e1b63122f16a4ed5774ae00023471f",
    "specc": "0.1.0",
    "schedule": "portable",
}
tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
register = keras.saving.register_keras_serializable(package="own_cell")


# The model


def build(seed=0, variables=None):
    """Make the model; one seed gives the same numbers in every backend.

    x: float[B, T, 3].
    x_mask: bool[B, T], true where a step counts.
    variables: weights by name, instead of fresh ones.
    Returns a model whose output is y: float[B, T, 2].
    """
    x = keras.Input((None, 3), name="x")
    x_mask = keras.Input((None,), dtype="bool", name="x_mask")
    inputs = [x, x_mask]
    leaky = Leaky(5)
    # [B, T, 5]
    x = layers.RNN(leaky, return_sequences=True, name="leaky")(x, mask=x_mask)
    leaky = layers.RNN(Leaky2(4), return_sequences=True)
    # [B, T, 4]
    x = RepeatingBidirectional(leaky, merge_mode="sum", name="bi_leaky")(x, mask=x_mask)
    y = layers.Dense(2, name="dense")(x)  # [B, T, 2]
    model = keras.Model(inputs, y, name="own_cell")
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
    return {"dense.W": layer("dense").kernel, "dense.b": layer("dense").bias}


def cell_weights(model):
    """Find the variables of recurrent cells, and what each holds."""
    layer = model.get_layer
    return (
        *leaky_weights("leaky", layer("leaky").cell),
        *leaky_weights("bi_leaky.forward", layer("bi_leaky").forward_layer.cell),
        *leaky_weights("bi_leaky.backward", layer("bi_leaky").backward_layer.cell),
    )


def leaky_weights(path, cell):
    """Say which weights of `leaky` lie side by side in Keras."""
    return (
        (cell.W, path, ("W_o", "W")),
        (cell.U, path, ("U",)),
        (cell.b, path, ("b",)),
        (cell.d, path, ("d",)),
        (cell.s, path, ("s",)),
    )


# The cells, from their equations


@register
class Leaky(layers.Layer):
    """The cell `leaky`.

    o = sigmoid(W_o @ x + d)
    n = tanh(W @ x + U @ h + b)
    h' = 0.5 * h + 0.5 * (s * n)
    o * h'
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, shape):
        inputs = shape[-1]
        self.W = self.add_weight((inputs, 2 * self.units), name="W")
        self.U = self.add_weight((self.units, self.units), name="U")
        self.b = self.add_weight((self.units,), name="b")
        self.d = self.add_weight((self.units,), name="d")
        self.s = self.add_weight((self.units,), name="s")

    def call(self, x, states):
        (h,) = states
        W_o_x, W_x = ops.split(ops.matmul(x, self.W), 2, axis=-1)
        o = ops.sigmoid(W_o_x + self.d)
        n = ops.tanh(W_x + ops.matmul(h, self.U) + self.b)
        h = 0.5 * h + 0.5 * (self.s * n)
        output = o * h
        return output, [h]

    def get_config(self):
        return super().get_config() | {"units": self.units}


@register
class Leaky2(layers.Layer):
    """The cell `leaky`.

    o = sigmoid(W_o @ x + d)
    n = relu(W @ x + U @ h + b)
    h' = 0.75 * h + 0.25 * (s * n)
    o * h'
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, shape):
        inputs = shape[-1]
        self.W = self.add_weight((inputs, 2 * self.units), name="W")
        self.U = self.add_weight((self.units, self.units), name="U")
        self.b = self.add_weight((self.units,), name="b")
        self.d = self.add_weight((self.units,), name="d")
        self.s = self.add_weight((self.units,), name="s")

    def call(self, x, states):
        (h,) = states
        W_o_x, W_x = ops.split(ops.matmul(x, self.W), 2, axis=-1)
        o = ops.sigmoid(W_o_x + self.d)
        n = ops.relu(W_x + ops.matmul(h, self.U) + self.b)
        h = 0.75 * h + 0.25 * (self.s * n)
        output = o * h
        return output, [h]

    def get_config(self):
        return super().get_config() | {"units": self.units}


# Layers


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
            "leaky": initial_leaky(seed, "leaky", 5, 3),
            "bi_leaky.forward": initial_leaky(seed, "bi_leaky.forward", 4, 5),
            "bi_leaky.backward": initial_leaky(seed, "bi_leaky.backward", 4, 5),
            "dense": {
                "W": glorot_uniform(seed, "dense.W", (4, 2), 4, 2),
                "b": zeros((2,)),
            },
        }
    )


def initial_leaky(seed, path, units, inputs_2):
    """Draw the weights of `leaky`."""
    return {
        "W": glorot_uniform(seed, path + ".W", (units, inputs_2), inputs_2, units),
        "U": orthogonal(seed, path + ".U", (units, units)),
        "b": zeros((units,)),
        "W_o": glorot_uniform(seed, path + ".W_o", (units, inputs_2), inputs_2, units),
        "d": ones((units,)),
        "s": ones((units,)),
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
