"""`dense(units, activation)`: an affine map of the last axis."""

from __future__ import annotations

from specc.ir.op import Biased, Count, Kerneled
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._sequence import fixed_features, need_float
from specc.ops.function import Activation


class Dense(Kerneled, Biased):
    """Affine map of the last axis.  y = act(x W + b);  W: [in, units], b: [units]."""

    units: Count
    activation: Activation = "linear"

    def result(self, x: Type) -> Type:
        need_float(self, x)
        fixed_features(self, x)
        return x.with_last(self.units)

    def weights(self, x: Type) -> tuple[Weight, ...]:
        shape = (fixed_features(self, x), self.units)
        kernel = self.weight("W", shape, "kernel", "glorot_uniform", shape)
        return (kernel, *self.bias_weights(self.units))
