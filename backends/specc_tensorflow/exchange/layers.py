"""Weights of layers only, which Keras keeps as the spec has them."""

# mypy: ignore-errors


def layer_weights(model):
    """Stand in for a function that every program has of its own."""


def get_variables(model):
    """Read all weights, under the spec's names."""
    return {name: variable.numpy() for name, variable in layer_weights(model).items()}


def set_variables(model, variables):
    """Write all weights, given under the spec's names."""
    for name, variable in layer_weights(model).items():
        variable.assign(variables[name])
