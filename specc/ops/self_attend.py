"""`self_attend(heads)`: every step attends to all steps, with several heads."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.amount import Amount
from specc.ir.op import Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead


class SelfAttend(MultiHead):
    """y = [head_1, ..., head_n] W_o + b_o
    head_i = softmax(q_i k_i' / sqrt(size)) v_i
    q = x W_q + b_q, k = x W_k + b_k, v = x W_v + b_v

    x, y: [T, in]; W_q, W_k, W_v: [in, heads size]; W_o: [heads size, in]; q_i, k_i and
    v_i are the i-th parts of q, k and v, `size` numbers wide (in / heads unless given).
    `causal` hides later steps; `dropout` drops weights while training.

    Mask: kept. Masked steps are read as zeros and get weight zero; a step without any
    to attend to gets b_o.
    Source: Vaswani et al. 2017.
    Example: (x: float[T, 4] ragged) -> y: float[T, 4] { x -> self_attend(2) }
    """

    uses_mask: ClassVar[bool] = True

    causal: bool = False

    def result(self, x: Type) -> Type:
        return self.attended(x, x)

    def sees(self, place: int, output: int) -> Sight:
        return "past" if self.causal else "all"

    def weights(self, x: Type) -> tuple[Weight, ...]:
        return self.head_weights(x, x)

    def multiply_adds(self, x: Type) -> Amount:
        """Four projections, and two products for each pair of steps and each number."""
        return self.head_costs(x, x)

    def inner(self, x: Type) -> Amount:
        """What the four projections and the heads give."""
        return self.head_inner(x, x)
