"""`cross_attend(heads)`: steps of one sequence attend to those of another."""

from __future__ import annotations

from typing import ClassVar

from specc.ir.amount import Amount
from specc.ir.op import Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead


class CrossAttend(MultiHead):
    """y = [head_1, ..., head_n] W_o + b_o
    head_i = softmax(q_i k_i' / sqrt(size)) v_i
    q = query W_q + b_q, k = memory W_k + b_k, v = memory W_v + b_v

    query, y: [T, in], memory: [S, m]; W_q: [in, heads size]; W_k, W_v: [m, heads size];
    W_o: [heads size, in]; q_i, k_i and v_i are the i-th parts of q, k and v, `size`
    numbers wide (in / heads unless given). With fewer `kv_heads`, W_k, W_v: [m,
    kv_heads size], and heads in a row share their part of k and v (Shazeer 2019;
    Ainslie et al. 2023). `scale = none` leaves the division out (Raffel et al. 2020).
    `causal` hides the steps after t, of a memory as long as the query. `key_bias` and
    its like are the `bias` of one projection. `dropout` drops weights while training.

    Mask: that of the query. Masked steps of the memory are read as zeros and get weight
    zero; without any other, y = b_o.
    Source: Vaswani et al. 2017.
    Example: (query: float[T, 4], memory: float[S, 6] ragged) -> y: float[T, 4] {
    (query, memory) -> cross_attend(2) }
    """

    uses_mask: ClassVar[bool] = True
    remembers: ClassVar[bool] = True

    def result(self, query: Type, memory: Type) -> Type:
        return self.attended(query, memory)

    def sees(self, place: int, output: int) -> Sight:
        if place == 0:
            return "step"
        return "past" if self.causal else "all"

    def weights(self, query: Type, memory: Type) -> tuple[Weight, ...]:
        return self.head_weights(query, memory)

    def multiply_adds(self, query: Type, memory: Type) -> Amount:
        """Four projections, and two products for each pair of steps and each number."""
        return self.head_costs(query, memory)

    def inner(self, query: Type, memory: Type) -> Amount:
        """What the four projections and the heads give."""
        return self.head_inner(query, memory)
