"""`self_attend(heads)`: every step attends to all steps, with several heads."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from specc.diagnostics.codes import NOT_DIVISIBLE, WRONG_OPTION
from specc.ir.amount import Amount
from specc.ir.op import Count, IllTyped, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._attention import MultiHead

Base = Annotated[float, Meta(gt=1, le=1e12)]
BASE = 10000.0


class SelfAttend(MultiHead):
    """y = [head_1, ..., head_n] W_o + b_o
    head_i = softmax(q_i k_i' / sqrt(size)) v_i
    q = x W_q + b_q, k = x W_k + b_k, v = x W_v + b_v

    x, y: [T, in]; W_q, W_k, W_v: [in, heads size]; W_o: [heads size, in]; q_i, k_i and
    v_i are the i-th parts of q, k and v, `size` numbers wide (in / heads unless given).
    `causal` hides later steps; `dropout` drops weights while training. With fewer
    `kv_heads`, W_k, W_v: [in, kv_heads size], and heads in a row share their part of k
    and v (Shazeer 2019; Ainslie et al. 2023). `scale = none` leaves the division
    out (Raffel et al. 2020). `key_bias` and its like are the `bias` of one projection.

    Steps t are counted from 0, padding included. `rotary` turns the numbers i and i +
    size / 2 of each q_i and k_i, as a pair, by t base^(-2i / size) (Su et al. 2021; in
    halves: Black et al. 2022). `alibi` takes |t - s| slope_i from scores: slope_i =
    2^(-8 i / n) for n heads, n a power of two; other n have those of the power below
    and the odd ones of the next (Press et al. 2022). A `window` of n hides the steps
    more than n away, or with `causal` all but the last n, step t being one (Beltagy et
    al. 2020; Jiang et al. 2023).

    Mask: kept. Masked steps are read as zeros and get weight zero; a step without any
    to attend to gets b_o.
    Source: Vaswani et al. 2017.
    Example: (x: float[T, 4] ragged) -> y: float[T, 4] { x -> self_attend(2) }
    """

    uses_mask: ClassVar[bool] = True

    rotary: bool = False
    base: Base | None = None
    window: Count | None = None
    alibi: bool = False

    @property
    def rotary_base(self) -> float:
        """How much slower the last pair turns than the first, nearly."""
        return self.base or BASE

    def result(self, x: Type) -> Type:
        y = self.attended(x, x)
        self._check_rotary(self.head_size(x))
        return y

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

    def _check_rotary(self, size: int) -> None:
        if self.base is not None and not self.rotary:
            raise IllTyped(
                WRONG_OPTION,
                f"`{self.name()}` has no use for `base` without `rotary`",
                help=f"as in `{self.name()}({self.heads}, rotary, base = 500000)`",
            )
        if self.base is not None and size == 2:
            raise IllTyped(
                WRONG_OPTION,
                f"`{self.name()}` has no use for `base`: a head of 2 numbers is one "
                "pair, which turns by t whatever the base",
                help="leave `base` out, or give a larger `size`",
            )
        if self.rotary and size % 2:
            raise IllTyped(
                NOT_DIVISIBLE,
                f"`rotary` turns pairs of numbers, but a head works on {size}",
                help="give an even size of a head, as in "
                f"`{self.name()}({self.heads}, rotary, size = {size + 1})`",
            )
