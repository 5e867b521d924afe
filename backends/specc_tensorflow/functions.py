"""Functions of one number: as Keras activations, and in the equations of cells.

Keras's own gelu and leaky_relu round a constant to float32 on the way, also where
everything else is float64, so these are written out.
"""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, Unary, call, literal

OF_KERAS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softplus": "softplus",
    "softsign": "softsign",
    "silu": "silu",
    "elu": "elu",
    "selu": "selu",
    "hard_sigmoid": "hard_sigmoid",
    "exp": "exponential",
    "linear": "linear",
    "softmax": "softmax",
    "log_softmax": "log_softmax",
}
"""Activations that Keras computes as the spec has them, under Keras's names."""
WRITTEN_OUT = {
    "gelu": "gelu",
    "gelu_tanh": "gelu_tanh",
    "leaky_relu": "leaky_relu",
    "log": "log",
    "sqrt": "sqrt",
    "abs": "absolute",
    "sin": "sine",
    "cos": "cosine",
    "negative": "negative",
}
"""The others: the snippets that compute them."""
OPERATIONS = {
    "sigmoid": "ops.sigmoid",
    "tanh": "ops.tanh",
    "relu": "ops.relu",
    "softplus": "ops.softplus",
    "softsign": "ops.softsign",
    "silu": "ops.silu",
    "elu": "ops.elu",
    "selu": "ops.selu",
    "hard_sigmoid": "ops.hard_sigmoid",
    "exp": "ops.exp",
    "log": "ops.log",
    "sqrt": "ops.sqrt",
    "abs": "ops.abs",
    "sin": "ops.sin",
    "cos": "ops.cos",
}


def keras_activation(name: str) -> Expression:
    """What a layer takes as its activation."""
    if name in WRITTEN_OUT:
        return Atom(WRITTEN_OUT[name])
    return literal(OF_KERAS[name])


def apply_function(name: str, x: Expression) -> Expression:
    """The function of a value in an equation."""
    if name == "negative":
        return Unary("-", x)
    return call(OPERATIONS.get(name) or WRITTEN_OUT[name], x)
