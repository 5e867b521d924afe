"""What the layers of one program are written with: the body of `apply` as it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from specc.codegen.expressions import (
    Atom,
    Binary,
    Call,
    Dict_,
    Expression,
    Index,
    call,
    literal,
)
from specc.codegen.names import Names, Take, take_everywhere
from specc.codegen.plan import Plan, Step
from specc.codegen.statements import Assign, Function, Statement
from specc.ops.number import Number
from specc_jax.axes import with_axes


class BlockFunction(Struct, frozen=True):
    """A block's function: `def encoder_layer(w, x, mask, rng, place)`.

    `draws` are what draws in it at random, in order; with none it takes no `rng` and
    no `place`, the number of its first stream. Without weights it takes no `w`.
    `numbers`: for each variant of the block, the arguments that make the function it.
    """

    function: Function
    weighted: bool
    draws: tuple[str, ...]
    numbers: tuple[tuple[tuple[str, Expression], ...], ...] = ((),)

    def call(self, own: Sequence[Expression], variant: int) -> Call:
        """Its call for a variant."""
        given: list[tuple[str | None, Expression]] = [(None, one) for one in own]
        return Call(Atom(self.function.name), (*given, *self.numbers[variant]))


class Shared(Struct, frozen=True):
    """What the functions of one program have in common: cells, the blocks' functions.

    `scopes` are the names of every function; each keeps clear of a cell's.
    """

    scopes: Sequence[Names]
    cells: dict[tuple[Function, ...], tuple[Function, ...]] = field(
        default_factory=dict
    )
    blocks: list[BlockFunction] = field(default_factory=list)


class Writer:
    """Collects the statements of `apply`, or of a block, and the cells it needs.

    `variables`: where weights are found, if that is the `w` of a cell or a block.
    `place`: in a block, the variable that numbers the first stream it draws from.
    """

    def __init__(
        self,
        plan: Plan,
        reserved: frozenset[str],
        variables: str | None = None,
        shared: Shared | None = None,
        place: str | None = None,
    ) -> None:
        self.plan, self.reserved = plan, reserved
        self.statements: list[Statement] = []
        if variables is None:
            taken = "v" in plan.names
            variables = "variables" if taken else plan.names.take("v")
        self.variables = variables
        self.shared = shared or Shared((plan.names,))
        self._place = place
        self._temporaries: dict[str, str] = {}
        self._draws: list[str] = []
        self._inlined: dict[int, Expression] = {}
        self.moves_statistics = False
        """Whether training gives some weights new values by itself."""

    @property
    def cells(self) -> tuple[Function, ...]:
        """The functions of every set of equations."""
        return tuple(one for cell in self.shared.cells.values() for one in cell)

    @property
    def drawing(self) -> tuple[str, ...]:
        """The snippets that draw at random while training, one for every stream."""
        return tuple(self._draws)

    @property
    def draws(self) -> tuple[str, ...]:
        """What draws at random while training: `dropout`, `noise`."""
        return tuple(sorted({snippet.partition("_")[0] for snippet in self._draws}))

    # What a step reads

    def value(self, step: Step, place: int = 0) -> Expression:
        """An input of the step: its variable, or the number it is."""
        inlined = self._inlined.get(step.node.inputs[place].node)
        if inlined is not None:
            return inlined
        number = self.number(step, place)
        if number is None:
            return Atom(step.inputs[place])
        return literal(int(number) if number.is_integer() else number)

    def number(self, step: Step, place: int) -> float | None:
        """The number an input is, if the spec gives one there."""
        op = self.plan.model.nodes[step.node.inputs[place].node].op
        return op.value if isinstance(op, Number) else None

    def mask(self, step: Step, place: int = 0) -> Expression | None:
        """The mask of an input, if the step reads one."""
        mask = step.masks[place] if step.masks else None
        return None if mask is None else Atom(mask)

    def mask_like(self, step: Step, place: int = 0) -> Expression | None:
        """The mask of an input with as many axes as that, if the step reads one."""
        mask, x = self.mask(step, place), step.input_types[place]
        if mask is None:
            return None
        return with_axes(mask, tuple(range(x.masked)), x.rank)

    def without_masked(self, step: Step, place: int = 0) -> Expression:
        """An input with zeros at the steps that do not count."""
        x, mask = self.value(step, place), self.mask(step, place)
        type, like = step.input_types[place], self.mask_like(step, place)
        if mask is None or like is None:
            return x
        if type.masked + 1 != type.rank:
            return call("jnp.where", like, x, literal(0))
        return call("zero_masked", x, mask)

    def weights(self, step: Step) -> Expression:
        """The dict of a layer's weights; frozen ones pass no gradient."""
        if not step.node.weights:
            return Dict_(())  # a cell whose equations need none
        found = path_in(Atom(self.variables), step.path)
        trainable = {weight.trainable for weight in step.node.weights}
        assert len(trainable) == 1, "a layer is frozen as a whole"
        return found if trainable == {True} else call("lax.stop_gradient", found)

    def weight(self, step: Step, name: str) -> Expression:
        """One weight of a layer."""
        return Index(self.weights(step), literal(name))

    def has_weight(self, step: Step, name: str) -> bool:
        """Whether a layer has a weight the user may leave out."""
        return any(weight.name == name for weight in step.node.weights)

    # What a step becomes

    def cell(self, make: Callable[[Take], tuple[Function, ...]]) -> Atom:
        """The name of a cell's function, the first that is made; equal ones are one.

        `make` is given what finds a name of the file for one that is wanted.
        """
        cells, made = self.shared.cells, make(str)
        if made not in cells:
            cells[made] = make(lambda name: take_everywhere(name, self.shared.scopes))
        return Atom(cells[made][0].name)

    def random(
        self, snippet: str, x: Expression, rate: float, *others: Expression
    ) -> Expression:
        """A call of what draws at random; every call has a stream of its own.

        `others`: arguments between x and the rate.
        """
        place = self._next_place()
        self._draws.append(snippet)
        return call(snippet, x, *others, literal(rate), Atom("rng"), place)

    def random_block(self, draws: Sequence[str]) -> tuple[Expression, Expression]:
        """The key and the number of the first stream for a block that draws."""
        place = self._next_place()
        self._draws += draws
        return Atom("rng"), place

    def _next_place(self) -> Expression:
        """The number of the next stream; in a block it counts from the first."""
        if self._place is None:
            return literal(len(self._draws) + 1)
        if not self._draws:
            return Atom(self._place)
        return Binary("+", Atom(self._place), literal(len(self._draws)))

    def temporary(self, wanted: str) -> str:
        """A variable for a value that is used up at once."""
        if wanted not in self._temporaries:
            self._temporaries[wanted] = self.plan.names.take(wanted)
        return self._temporaries[wanted]

    def forget_temporaries(self) -> None:
        """Give the next layer variables of its own: those before it are still read."""
        self._temporaries.clear()

    def assign(self, step: Step, value: Expression) -> None:
        """The step's only result, or its part of the expression that reads it."""
        if step.number in self.plan.inlined:
            self._inlined[step.number] = value
            return
        self.put((Atom(step.results[0]),), value, step.comment)

    def put(
        self, targets: tuple[Expression, ...], value: Expression, comment: str
    ) -> None:
        """`a, b = value  # comment`."""
        self.statements.append(Assign(targets, value, comment))


def path_in(variables: Expression, path: str) -> Expression:
    """`v["encode"]["lstm"]` for the path `encode.lstm`."""
    for part in path.split("."):
        variables = Index(variables, literal(part))
    return variables
