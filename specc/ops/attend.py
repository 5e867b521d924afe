"""`attend(score)`: the mean of a memory's steps, weighted by how well they fit."""

from __future__ import annotations

from typing import ClassVar, Literal

from specc.diagnostics.codes import (
    EXTRA_AXIS,
    MISSING_OPTION,
    SIZE_MISMATCH,
    WRONG_OPTION,
)
from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, IllTyped, Sight
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.ops._attention import need_one_length
from specc.ops._sequence import fixed_features, need_float, need_steps

Score = Literal["dot", "general", "additive"]


class Attend(Affine):
    """y_t = sum_s a_ts memory_s, a_t = softmax over s of score(query_t, memory_s).

    query: [T, q] or one vector [q], memory: [S, m], y: [T, m] or [m]. Scores of q =
    query_t and k = memory_s: `dot`: q k / sqrt(m), not divided with `scale = none`
    (Luong et al. 2015; Vaswani et al. 2017). `general`: q W k, W: [q, m] (Luong et al.
    2015). `additive`: v tanh(q W_q + k W_m + b), W_q: [q, units], W_m: [m, units], b,
    v: [units] (Bahdanau et al. 2015). Without a word for it, the score is `additive`
    where units are given, else `dot`. `causal` hides the steps after t, of a memory as
    long as the query. On (query, keys, values) the memory is the keys, and y_t = sum_s
    a_ts values_s, with values: [S, n] and y: [T, n] or [n] (Miller et al. 2016; Gehring
    et al. 2017).

    Mask: steps of the memory (keys or values) that are masked are read as zeros and get
    weight zero; without any step left, y_t = 0. The mask of the result is that of the
    query.
    Example: (query: float[T, 2], memory: float[S, 2] ragged) -> y: float[T, 2] {
    (query, memory) -> attend }
    """

    uses_mask: ClassVar[bool] = True
    remembers: ClassVar[bool] = True

    units: Count | None = None
    score: Score | None = None
    causal: bool = False
    scale: Literal["none"] | None = None

    @property
    def scoring(self) -> Score:
        """The score, by its word or by the units."""
        return self.score or ("dot" if self.units is None else "additive")

    @classmethod
    def arity(cls) -> tuple[int, int]:
        return 2, 3

    def result(self, query: Type, memory: Type, values: Type | None = None) -> Type:
        need_float(self.name(), query)
        need_steps(self.name(), memory)
        width = fixed_features(self.name(), query)
        size = fixed_features(self.name(), memory)
        if query.rank > 2:
            raise IllTyped(
                EXTRA_AXIS,
                f"`attend` takes a query `[time, features]` or `[features]`, "
                f"but `{query}` has {query.rank} axes",
                label=f"this is `{query}`",
            )
        self._check_options()
        if self.scoring == "dot" and width != size:
            raise IllTyped(
                SIZE_MISMATCH,
                f"the `dot` of `{query}` and `{memory}` needs the same number of "
                "features",
                label=f"{width} against {size}",
                help="score with `general` or `additive`, or bring them to one width "
                "with `dense`",
            )
        if self.causal:
            need_one_length(self, query, memory)
        if values is None:
            return query.with_last(size)
        need_steps(self.name(), values)
        if values.axes[0].size != memory.axes[0].size:
            raise IllTyped(
                SIZE_MISMATCH,
                f"every key has a value, but `{memory}` and `{values}` differ in "
                "length",
                label=f"keys are `{memory}`, values `{values}`",
                help="lengths that are the same have the same name in the head, as in "
                "`int[T]`",
            )
        return query.with_last(fixed_features(self.name(), values))

    def sees(self, place: int, output: int) -> Sight:
        if place == 0:
            return "step"
        return "past" if self.causal else "all"

    def weights(
        self, query: Type, memory: Type, values: Type | None = None
    ) -> tuple[Weight, ...]:
        width = fixed_features(self.name(), query)
        size = fixed_features(self.name(), memory)
        if self.scoring == "dot":
            return ()
        if self.scoring == "general":
            return (self._matrix("W", (width, size)),)
        assert self.units is not None, "asked for by the type rule"
        kernels = (
            self._matrix("W_q", (width, self.units)),
            self._matrix("W_m", (size, self.units)),
        )
        vector = self.weight(
            "v", (self.units,), "kernel", "glorot_uniform", (self.units, 1)
        )
        return (*kernels, *self.bias_weights(self.units), vector)

    def multiply_adds(
        self, query: Type, memory: Type, values: Type | None = None
    ) -> Amount:
        """The maps of both, and for each pair of steps the score and the mean."""
        size = fixed_features(self.name(), memory)
        width = fixed_features(self.name(), values or memory)
        pairs = Amount.product(*(a.size for a in query.axes[:-1]), memory.axes[0].size)
        match self.scoring:
            case "dot":
                return pairs * (size + width)
            case "general":
                return elements(query) * size + pairs * (size + width)
            case "additive":
                units = self.units or 1
                mapped = (elements(query) + elements(memory)) * units
                return mapped + pairs * (units + width)

    def inner(self, query: Type, memory: Type, values: Type | None = None) -> Amount:
        """What both are mapped to, and for each pair of steps its score's parts."""
        pairs = Amount.product(*(a.size for a in query.axes[:-1]), memory.axes[0].size)
        match self.scoring:
            case "dot":
                return pairs
            case "general":
                return elements(query.with_last(memory.last)) + pairs
            case "additive":
                units = self.units or 1
                mapped = elements(query.with_last(units), memory.with_last(units))
                return mapped + pairs * (units + 1)

    def _matrix(self, name: str, shape: tuple[int, int]) -> Weight:
        return self.weight(name, shape, "kernel", "glorot_uniform", shape)

    def _check_options(self) -> None:
        """Refuse options that this score has no use for."""
        score = self.scoring
        if score == "additive" and self.units is None:
            raise IllTyped(
                MISSING_OPTION,
                "`attend` with `additive` needs `units`",
                help="as in `attend(64, additive)`",
            )
        useless = {
            "units": score != "additive" and self.units is not None,
            "scale": score != "dot" and self.scale is not None,
            "bias": score != "additive" and self.bias is not None,
            "kernel": score == "dot" and self.kernel is not None,
            "l1": score == "dot" and self.l1 > 0,
            "l2": score == "dot" and self.l2 > 0,
            "frozen": score == "dot" and self.frozen,
        }
        for option, is_useless in useless.items():
            if is_useless:
                raise IllTyped(
                    WRONG_OPTION,
                    f"`attend` with `{score}` has no use for `{option}`",
                    help=f"leave `{option}` out, or choose another score: "
                    "`dot`, `general` or `additive`",
                )
