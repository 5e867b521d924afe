"""The float64 oracle: models run and differentiated by NumPy, straight from equations.

One file per op, found by the op's name: `dense.py` holds `dense(op, weights, masks, x)`
and repeats the equation of the op's docstring. `weights` are the layer's own, by local
name; `masks` has one entry per input, [B, T] or None. `tape.py` gives the derivatives.
"""

from specc.reference.interpreter import Run, gradients, penalty, run

__all__ = ["Run", "gradients", "penalty", "run"]
