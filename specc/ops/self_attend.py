"""`self_attend(heads)`: every step attends to all steps, with several heads."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.amount import Amount
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead


class SelfAttend(MultiHead):
    """y = [head_1, ..., head_n] W_o + b_o, from x [T, in] itself.

    head_i = softmax(q_i k_i' / sqrt(size)) v_i, its parts being the i-th of
    q = x W_q + b_q, k = x W_k + b_k and v = x W_v + b_v.
    W_q, W_k, W_v: [in, heads size]; W_o: [heads size, in].
    Masked steps are read as zeros and get weight zero; so do later steps with `causal`.
    A step without any to attend to gets b_o. `dropout` drops weights while training.
    Source: Vaswani et al. 2017.
    """

    uses_mask: ClassVar[bool] = True

    causal: bool = False

    def result(self, x: Type) -> Type:
        return self.attended(x, x)

    def weights(self, x: Type) -> tuple[Weight, ...]:
        return self.head_weights(x, x)

    def multiply_adds(self, x: Type) -> Amount:
        """Four projections, and two products for each pair of steps and each number."""
        return self.head_costs(x, x)
