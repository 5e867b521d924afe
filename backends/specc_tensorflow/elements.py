"""What is done element by element, as Keras programs have it."""

from __future__ import annotations

from specc.codegen.expressions import Expression, call
from specc_tensorflow.functions import apply_function


class Elements:
    """What all notations of equations have in common."""

    def function(self, name: str, x: Expression) -> Expression:
        return apply_function(name, x)

    def smaller(self, a: Expression, b: Expression) -> Expression:
        return call("ops.minimum", a, b)

    def larger(self, a: Expression, b: Expression) -> Expression:
        return call("ops.maximum", a, b)

    def softmax(self, x: Expression) -> Expression:
        return call("ops.softmax", x)
