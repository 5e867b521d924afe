"""What attention with several heads can be elsewhere."""

from __future__ import annotations

from specc.convert.refusal import Refused
from specc.ops._attention import MultiHead
from specc.ops.self_attend import SelfAttend


def heads_alike(op: MultiHead) -> None:
    """Refuse what PyTorch's and Flax's layers do not compute.

    Which steps are seen (`causal`, `window`) is not up to the layer there: it is
    handed a mask.
    """
    if op.groups > 1:
        raise Refused("there every head has keys and values of its own")
    if op.scale == "none":
        raise Refused("there scores are always divided by the root of the size")
    if isinstance(op, SelfAttend) and (op.rotary or op.alibi):
        option = "rotary" if op.rotary else "alibi"
        raise Refused(f"`{option}` is unknown there")
