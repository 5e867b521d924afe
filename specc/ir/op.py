"""What every operation of the IR is: fields, a type rule, weights, a mask rule."""

from __future__ import annotations

import re
from inspect import CO_VARARGS
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from msgspec import Meta
from msgspec.structs import replace

from specc.diagnostics import Code
from specc.diagnostics.codes import WRONG_OPTION
from specc.ir.amount import Amount
from specc.ir.formula import Formula
from specc.ir.size import Size
from specc.ir.types import Frozen, Type
from specc.ir.weights import Role, Start, Weight

UNIT_LIMIT = 10**9
Count = Annotated[int, Meta(ge=1, le=UNIT_LIMIT)]
Rate = Annotated[float, Meta(ge=0, lt=1)]
Decay = Annotated[float, Meta(ge=0, le=1e6)]
Sight = Literal["number", "step", "past", "all", "fold", "unfold"]
"""What a number of a result sees of an input: the number in its place (whose axes the
result keeps), the features of its step, its step and those before it on the first axis,
or more than that. `fold` and `unfold` make rows of the first axis and undo it."""


class IllTyped(Exception):
    """A type rule's refusal; whoever applied the op knows the place."""

    def __init__(
        self, code: Code, message: str, *, label: str = "", help: str | None = None
    ) -> None:
        self.code, self.message, self.label, self.help = code, message, label, help
        super().__init__(message)


class Op(Frozen):
    """An operation: its options are the fields, in the order the language takes them.

    A field that is a bool is an option given by its bare name; a member of a `Literal`
    field may be given bare too. The other fields may be given by position.
    """

    internal: ClassVar[bool] = False
    """Made by the compiler; nobody can write it as a layer."""
    uses_mask: ClassVar[bool] = False
    """Reads the masks of its inputs where they are ragged."""
    remembers: ClassVar[bool] = False
    """Its second input is a memory: of that alone it reads the mask, and the steps of
    the result, with their mask, are those of the first."""
    takes_unbatched: ClassVar[bool] = False
    """Takes weights as they are: values that are the same for every example."""
    sight: ClassVar[Sight] = "all"
    """What it sees of its inputs, if that depends on no option."""
    spelling: ClassVar[dict[str, str]] = {}
    """Options whose word in the language differs from the field's name."""

    def result(self, *inputs: Any, **_: Any) -> Type | tuple[Type, ...]:
        """Types of the results for these types of inputs, or `IllTyped`."""
        raise NotImplementedError(type(self).__name__)

    def along(self, axis: Size, *inputs: Any) -> Op:
        """The op going along the axis of that size; it has a field `axis` for it."""
        raise NotImplementedError(type(self).__name__)

    def weights(self, *inputs: Any, **_: Any) -> tuple[Weight, ...]:
        """What the layer learns, for legal types of inputs."""
        return ()

    def mask(self, *inputs: Any, **_: Any) -> Op | None:
        """The op that makes the result's mask from the input's; None keeps it as is."""
        return None

    def reads(self, *inputs: Any, **_: Any) -> tuple[bool, ...]:
        """Whether it reads the mask of each of its inputs, where those are ragged."""
        memory = self.remembers
        return tuple(
            self.uses_mask and not (memory and not n) for n in range(len(inputs))
        )

    def layout(self, *inputs: Any, **_: Any) -> tuple[tuple[int | None, ...], ...]:
        """For each input, where its axes stand in the results; None for one summed.

        A mask goes with its axes. As a rule all inputs begin with the same axes as the
        results.
        """
        return tuple(tuple(range(len(x.axes))) for x in inputs)

    def sees(self, place: int, output: int) -> Sight | int:
        """What one of its results sees of one of its inputs.

        A number is an axis that it sees all of, and of the others this step only.
        """
        return self.sight

    def multiply_adds(self, *inputs: Any, **_: Any) -> Amount:
        """The multiply-adds for one example: the products that the layer sums.

        Those of matrix products, convolutions and inner products. What is done element
        by element (activations, gates, normalising, means) is not counted. An op with
        weights has a rule of its own, be it that it needs none.
        """
        assert type(self).weights is Op.weights, f"`{self.name()}` has no cost rule"
        return Amount()

    def steps(self, *inputs: Any, **_: Any) -> Size:
        """How many steps must run one after the other."""
        return Size(1)

    def inner(self, *inputs: Any, **_: Any) -> Amount:
        """The numbers made on the way to the results, for one example.

        Training keeps them for the backward pass; the results come on top.
        """
        return Amount()

    def word(self) -> str:
        """What the layer is called in the language: `bi(lstm)`, `dense`."""
        return self.name()

    @classmethod
    def options(cls) -> dict[str, str]:
        """Field to its word in the language, in the order the language takes them."""
        fields = cls.__struct_fields__
        own = [field for field in fields if field not in GENERAL]
        rest = [field for field in fields if field in GENERAL]
        return {field: cls.spelling.get(field, field) for field in (*own, *rest)}

    @classmethod
    def arity(cls) -> tuple[int, int]:
        """The least and the most values it takes, from its type rule's signature."""
        code = cls.result.__code__
        named = code.co_argcount - 1
        return (named or 2, 10**6) if code.co_flags & CO_VARARGS else (named, named)

    @classmethod
    def name(cls) -> str:
        """The layer's name in the language: `log_softmax` for `LogSoftmax`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()


class Weighted(Op, kw_only=True):
    """An op that has weights."""

    frozen: bool = False

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        role: Role,
        initial: Start,
        fans: tuple[int, int],
    ) -> Weight:
        """A weight under this layer's options, or `IllTyped` where they do not fit."""
        chosen = self.initializer(role) or initial
        if "identity" in drawn(chosen) and len(shape) != 2:
            raise IllTyped(
                WRONG_OPTION,
                f"`identity` is a matrix, but `{name}` has {_axes(len(shape))}",
                help="use another initialiser",
            )
        return Weight(
            name=name,
            shape=shape,
            role=role,
            initial=chosen,
            fans=fans,
            trainable=not self.frozen,
        )

    def initializer(self, role: Role) -> Start | None:
        """The initialiser the user chose for weights of a role, if any."""
        return None


class Kerneled(Weighted, kw_only=True):
    """A weighted op with kernels: matrices that can be chosen and penalised."""

    kernel: Start | None = None
    l1: Decay = 0.0
    l2: Decay = 0.0

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        role: Role,
        initial: Start,
        fans: tuple[int, int],
    ) -> Weight:
        made = super().weight(name, shape, role, initial, fans)
        if role not in ("kernel", "recurrent", "table"):
            return made
        return replace(made, l1=self.l1, l2=self.l2)

    def initializer(self, role: Role) -> Start | None:
        chosen = self.kernel if role in ("kernel", "table") else None
        return chosen or super().initializer(role)


class _WithBias(Weighted, kw_only=True):
    """What `Biased` and `Affine` make of their field `bias`.

    Python cannot inherit fields from two sides, so each of the two has its own.
    """

    if TYPE_CHECKING:
        bias: Start | Literal["none"] | None = None

    def bias_weights(self, size: int, name: str = "b") -> tuple[Weight, ...]:
        """The bias, or nothing where the user said `bias = none`."""
        if self.bias == "none":
            return ()
        return (self.weight(name, (size,), "bias", "zeros", (size, size)),)

    def initializer(self, role: Role) -> Start | None:
        if role != "bias" or self.bias == "none":
            return super().initializer(role)
        return self.bias


class Biased(_WithBias, kw_only=True):
    """A weighted op with a bias that can be chosen or left out."""

    bias: Start | Literal["none"] | None = None


class Affine(_WithBias, Kerneled, kw_only=True):
    """A weighted op with kernels and biases."""

    bias: Start | Literal["none"] | None = None


GENERAL = frozenset(Affine.__struct_fields__)
"""The options that layers with weights have in common."""


def drawn(start: Start) -> tuple[str, ...]:
    """The initialisers that a weight's start draws from."""
    if isinstance(start, Formula):
        return tuple(part.word for part in start.parts if part.kind == "draw")
    return (start,)


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"
