"""Weights, and what is done element by element, as JAX programs have it."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Expression, call
from specc_jax.functions import apply_function
from specc_jax.writer import path_in


class Elements:
    """What all notations of equations have in common."""

    def weight(self, name: str) -> Expression:
        return path_in(Atom("w"), name)

    def function(self, name: str, x: Expression) -> Expression:
        return apply_function(name, x)

    def smaller(self, a: Expression, b: Expression) -> Expression:
        return call("jnp.minimum", a, b)

    def larger(self, a: Expression, b: Expression) -> Expression:
        return call("jnp.maximum", a, b)

    def softmax(self, x: Expression) -> Expression:
        return call("jax.nn.softmax", x)
