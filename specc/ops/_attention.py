"""What the layers that attend share: sizes of queries and memories, and heads."""

from __future__ import annotations

from math import gcd
from typing import Literal

from msgspec.structs import replace

from specc.diagnostics.codes import NOT_DIVISIBLE, SIZE_MISMATCH, WRONG_OPTION
from specc.ir.amount import Amount, elements
from specc.ir.op import Affine, Count, IllTyped, Op, Rate
from specc.ir.types import Type
from specc.ir.weights import Start, Weight
from specc.ops._sequence import fixed_features, need_steps

Bias = Start | Literal["none"]


def need_one_length(op: Op, query: Type, memory: Type) -> None:
    """Refuse `causal` where steps of the two are not the same steps."""
    if query.rank == 2 and query.axes[0].size == memory.axes[0].size:
        return
    raise IllTyped(
        SIZE_MISMATCH,
        f"`causal` compares steps, but `{query}` and `{memory}` differ in length",
        label=f"`{query}` attends to `{memory}`",
        help=f"leave `causal` out of `{op.name()}`",
    )


def _near_divisors(width: int, heads: int) -> str:
    """The numbers of heads next to this one that share a width evenly."""
    below = next(n for n in range(min(heads, width), 0, -1) if width % n == 0)
    above = next((n for n in range(heads, width + 1) if width % n == 0), below)
    return f"{below}" if below == above else f"{below} or {above}"


class MultiHead(Affine):
    """Attention with several heads; `size` numbers a head, by default a fair share.

    `kv_heads` keys and values, by default one a head: head i has those of number
    i // (heads / kv_heads). A bias of one projection goes before `bias`.
    """

    heads: Count
    size: Count | None = None
    dropout: Rate = 0.0
    kv_heads: Count | None = None
    causal: bool = False
    scale: Literal["none"] | None = None
    query_bias: Bias | None = None
    key_bias: Bias | None = None
    value_bias: Bias | None = None
    output_bias: Bias | None = None

    @property
    def groups(self) -> int:
        """How many heads share their keys and values."""
        return self.heads // (self.kv_heads or self.heads)

    def head_size(self, query: Type) -> int:
        """The numbers a head works on."""
        width = fixed_features(self.name(), query)
        if self.size is not None:
            return self.size
        if width % self.heads:
            raise IllTyped(
                NOT_DIVISIBLE,
                f"{width} features cannot be shared out to {self.heads} heads",
                label=f"this is `{query}`",
                help=f"use {_near_divisors(width, self.heads)} heads, or say their "
                f"size: `{self.name()}({self.heads}, "
                f"size = {max(width // self.heads, 1)})`",
            )
        return width // self.heads

    def attended(self, query: Type, memory: Type) -> Type:
        """The type of the result: that of the query."""
        for x in (query, memory):
            need_steps(self.name(), x)
            fixed_features(self.name(), x)
        self.head_size(query)
        self._check_groups()
        self._check_biases()
        if self.causal:
            need_one_length(self, query, memory)
        return query

    def head_weights(self, query: Type, memory: Type) -> tuple[Weight, ...]:
        """W_q, W_k, W_v, W_o, and their biases."""
        inner = self.heads * self.head_size(query)
        wide, deep = (fixed_features(self.name(), x) for x in (query, memory))
        shapes = {
            "W_q": (wide, inner),
            "W_k": (deep, inner // self.groups),
            "W_v": (deep, inner // self.groups),
            "W_o": (inner, wide),
        }
        kernels = (
            self.weight(name, shape, "kernel", "glorot_uniform", shape)
            for name, shape in shapes.items()
        )
        biases = (
            bias
            for chosen, (name, (_, width)) in zip(
                self._biases(), shapes.items(), strict=True
            )
            for bias in replace(self, bias=chosen or self.bias).bias_weights(
                width, name.replace("W", "b")
            )
        )
        return (*kernels, *biases)

    def head_costs(self, query: Type, memory: Type) -> Amount:
        """The four projections, the scores of every pair of steps, and their means.

        Pairs that are hidden count too: programs weigh them, with zero.
        """
        inner = self.heads * self.head_size(query)
        shared = inner // self.groups
        projections = elements(query) * (2 * inner) + elements(memory) * (2 * shared)
        pairs = Amount.product(query.axes[0].size, memory.axes[0].size)
        return projections + pairs * (2 * inner)

    def head_inner(self, query: Type, memory: Type) -> Amount:
        """q, k, v, the heads, and in each of these a weight for every pair of steps."""
        inner = self.heads * self.head_size(query)
        shared = inner // self.groups
        mapped = [query.with_last(inner)] * 2 + [memory.with_last(shared)] * 2
        pairs = Amount.product(query.axes[0].size, memory.axes[0].size)
        return elements(*mapped) + pairs * self.heads

    def _biases(self) -> tuple[Bias | None, ...]:
        return self.query_bias, self.key_bias, self.value_bias, self.output_bias

    def _check_groups(self) -> None:
        shared = self.kv_heads or self.heads
        if self.heads % shared == 0:
            return
        raise IllTyped(
            NOT_DIVISIBLE,
            f"{self.heads} heads cannot share {shared} heads of keys and values",
            help=f"`kv_heads` divides the number of heads, as in `{self.name()}"
            f"({self.heads}, kv_heads = {gcd(self.heads, shared)})`",
        )

    def _check_biases(self) -> None:
        if self.bias is None or not all(self._biases()):
            return
        raise IllTyped(
            WRONG_OPTION,
            f"`{self.name()}` has no use for `bias`: each projection has its own",
            help="leave `bias` out",
        )
