"""How a recurrence is run: equations say what, a schedule says how."""

from __future__ import annotations

from typing import Literal, get_args

from specc.ir.types import Frozen

TargetName = Literal["portable", "cpu", "gpu", "tpu"]
TARGETS: tuple[TargetName, ...] = get_args(TargetName)


class Target(Frozen):
    """What a program is built for; `batch` and `length` are the usual ones."""

    name: TargetName = "portable"
    batch: int | None = None
    length: int | None = None


PORTABLE_TARGET = Target()


class Schedule(Frozen):
    """The form of one recurrence; the default is the portable one.

    `backward`: the framework's `automatic` differentiation of the loop, or one
    `derived` from the equations, in which weights get their gradients after the loop,
    each as a single product over all steps. `input_product`: what depends on x alone is
    computed `inside` the loop, or before it for all steps, `outside`, or `either`:
    inside where no gradients are asked for, outside where they are. `weights`: matrices
    are `turned` to [in, out] before the loop, side by side, or `unmoved`: read as
    [out, in], where those of the input are. `residuals`: what the backward pass needs
    is `kept`, or `recomputed` from the states. `directions`: two loops `apart`, or one
    loop over both, `together`. `scan`: step after step, or as a `parallel` prefix scan,
    whole or `chunked`, where states are linear.
    """

    backward: Literal["automatic", "derived"] = "automatic"
    input_product: Literal["inside", "outside", "either"] = "inside"
    weights: Literal["turned", "unmoved"] = "turned"
    residuals: Literal["kept", "recomputed"] = "kept"
    directions: Literal["apart", "together"] = "apart"
    scan: Literal["sequential", "chunked", "parallel"] = "sequential"


PORTABLE = Schedule()
