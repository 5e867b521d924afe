"""Activations and other functions, as JAX calls them."""

from __future__ import annotations

from collections.abc import Callable

from specc.codegen.expressions import Expression, Unary, call, literal

PLAIN = {
    "sigmoid": "jax.nn.sigmoid",
    "tanh": "jnp.tanh",
    "relu": "jax.nn.relu",
    "softplus": "jax.nn.softplus",
    "softsign": "jax.nn.soft_sign",
    "silu": "jax.nn.silu",
    "elu": "jax.nn.elu",
    "selu": "jax.nn.selu",
    "hard_sigmoid": "jax.nn.hard_sigmoid",
    "exp": "jnp.exp",
    "log": "jnp.log",
    "sqrt": "jnp.sqrt",
    "abs": "jnp.abs",
    "sin": "jnp.sin",
    "cos": "jnp.cos",
    "softmax": "jax.nn.softmax",
    "log_softmax": "jax.nn.log_softmax",
}
SPECIAL: dict[str, Callable[[Expression], Expression]] = {
    "linear": lambda x: x,
    "negative": lambda x: Unary("-", x),
    "gelu": lambda x: call("jax.nn.gelu", x, approximate=literal(False)),
    "gelu_tanh": lambda x: call("jax.nn.gelu", x, approximate=literal(True)),
    "leaky_relu": lambda x: call("jax.nn.leaky_relu", x, literal(0.2)),
}


def apply_function(name: str, x: Expression) -> Expression:
    """The function of that name of x."""
    if name in SPECIAL:
        return SPECIAL[name](x)
    return call(PLAIN[name], x)
