"""Weights of layers as they stand; of recurrent cells, transposed and side by side."""

# mypy: ignore-errors

import numpy as np


def layer_weights(model):
    """Stand in for a function that every program has of its own."""


def cell_weights(model):
    """Stand in for a function that every program has of its own."""


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
