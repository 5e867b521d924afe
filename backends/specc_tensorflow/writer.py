"""What the layers of one program are written with: the body of `build` as it grows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Call,
    Expression,
    call,
    literal,
)
from specc.codegen.layout import layout
from specc.codegen.names import Names, take_everywhere
from specc.codegen.plan import Plan, Step
from specc.codegen.statements import Assign, Class, Comment, Function, Statement
from specc.ir.graph import Ref
from specc.ops.number import Number
from specc_tensorflow.axes import with_axes

ROOM = 84
"""How long a line in `build` may be."""

# Keras names operations outside of layers so, with a number or without.
_OPERATIONS = re.compile(
    r"(not_equal|logical_and|einsum|where|expand_dims|flip|get_item|repeat|add|subtract"
    r"|multiply|true_divide|divide|power|minimum|maximum|negative)(_\d+)?"
)


class Layer(Struct, frozen=True):
    """A layer before it has a name: the call that makes it.

    `holds`: the weights of the spec that are variables of it, and under which name.
    `inner`: what the first argument, a layer as well, is called if it is too long.
    `remark`: a comment on it, which stands at the first layer that has it.
    """

    made: Call
    holds: Mapping[str, str] = field(default_factory=dict)
    inner: str = ""
    remark: str = ""


class CellWeights(Struct, frozen=True):
    """A recurrent cell of the program: its path in the spec, where it is in the model.

    `kind` names the function that says what its variables hold.
    """

    path: str
    cell: Expression
    kind: Atom


class BlockFunctions(Struct, frozen=True):
    """A block's functions: what makes its layers, finds its weights and draws them.

    Without weights it has the first alone. `numbers`: for each function and variant of
    the block, the arguments that make the function that of the variant. One whose
    weights are shared is a function within `build`, that calls the layers of `steps`.
    """

    build: Function
    places: Function | None = None
    initial: Function | None = None
    numbers: tuple[tuple[tuple[tuple[str, Expression], ...], ...], ...] = ()
    steps: tuple[Step, ...] = ()

    def call(self, made: Function, own: Sequence[Expression], variant: int) -> Call:
        """The call of one of the functions for a variant."""
        place = (self.build, self.places, self.initial).index(made)
        given: list[tuple[str | None, Expression]] = [(None, one) for one in own]
        return Call(Atom(made.name), (*given, *self.numbers[place][variant]))


class Writer:
    """Collects the statements of `build`, and what the file has to have for them.

    `block`: the variable that holds a block's path, in a function of a block.
    `around`: for a function within `build`, what `build` is written with; the layers
    that the function calls are made there.
    """

    def __init__(
        self,
        plan: Plan,
        block: Atom | None = None,
        around: Writer | None = None,
    ) -> None:
        self.plan, self.block = plan, block
        self.blocks: dict[int, BlockFunctions] = {}
        """Functions of the blocks that the model has several times, by their body."""
        self.statements: list[Statement] = []
        self.layer_weights: dict[str, Expression] = {}
        self.cell_weights: list[CellWeights] = []
        self._holders: dict[Function, Function] = {}
        self._classes: dict[Class, Class] = {}
        self._class_names = Counter[str]()
        self._uses: dict[str, list[Step]] = {}
        for step in plan.steps:
            self._uses.setdefault(step.path, []).append(step)
        self.shared_layers: list[Statement] = []
        self._shared: dict[str, tuple[Layer, Atom]] = {}
        self._seen: tuple[Ref | str | None, ...] = ()
        self._keras_names: set[str] = set()
        self._temporaries: dict[str, Atom] = {}
        self._remarks: set[str] = set()
        self._inlined: dict[int, Expression] = {}
        self._around = around
        self._scopes: list[Names] = [plan.names]
        if around is not None:
            self._share(around)
            return
        self.input_names = [self.keras_name(one.name) for one in plan.inputs]

    def _share(self, around: Writer) -> None:
        """Let what the file has to have be that of `build`."""
        around._scopes.append(self.plan.names)
        self._scopes, self._remarks = around._scopes, around._remarks
        self.layer_weights = around.layer_weights
        self.cell_weights = around.cell_weights
        self._holders, self._classes = around._holders, around._classes
        self._class_names = around._class_names
        self._keras_names = around._keras_names
        self.shared_layers, self._shared = around.shared_layers, around._shared

    # What the file has to have

    @property
    def holders(self) -> tuple[Function, ...]:
        """`lstm_weights` and the like: what the variables of a kind of cell hold."""
        return tuple(self._holders.values())

    @property
    def classes(self) -> tuple[Class, ...]:
        """One class for every set of equations."""
        return tuple(self._classes.values())

    def function_name(self, wanted: str) -> str:
        """A name for a function within `build`."""
        return take_everywhere(wanted, self._scopes)

    def holder(self, made: Function) -> Atom:
        """The name of a function that says what cells hold; equal ones are one."""
        if made not in self._holders:
            name = take_everywhere(made.name, self._scopes)
            self._holders[made] = replace(made, name=name)
        return Atom(self._holders[made].name)

    def cell_class(self, made: Class) -> Atom:
        """The name of a cell's class; equal classes are one."""
        if made not in self._classes:
            self._class_names[made.name] += 1
            place = self._class_names[made.name]
            wanted = f"{made.name}{place if place > 1 else ''}"
            name = take_everywhere(wanted, self._scopes)
            self._classes[made] = replace(made, name=name)
        return Atom(self._classes[made].name)

    def keras_name(self, wanted: str) -> str:
        """A name for a layer or an input that nothing else in the model has."""
        name = wanted
        taken = self._keras_names
        while name in taken or (not self.block and _OPERATIONS.fullmatch(name)):
            name += "_"
        self._keras_names.add(name)
        return name

    def named(self, name: str) -> Expression:
        """The name of a layer as an argument: in a block, after the block's path."""
        if self.block is None:
            return literal(name)
        return Binary("+", self.block, literal(f".{name}"))

    def _name_of(self, step: Step) -> str:
        """The name of a layer: its path, or for one of ours a number with the op's."""
        if step.path:
            return self.keras_name(step.path)
        taken = self._keras_names | self._uses.keys()
        place, name = 1, step.op.name()
        while name in taken:
            place += 1
            name = f"{step.op.name()}_{place}"
        return self.keras_name(name)

    # Statements

    def uses(self, step: Step) -> list[Step]:
        """All steps that apply the layer of a step; in a cell, the step alone."""
        return self._uses.get(step.path, [step]) if step.path else [step]

    def value(self, step: Step, place: int = 0) -> Expression:
        """An input of the step."""
        number = step.node.inputs[place].node
        op = self.plan.model.nodes[number].op
        if isinstance(op, Number):
            return literal(int(op.value) if op.value.is_integer() else op.value)
        return self._inlined.get(number, Atom(step.inputs[place]))

    def mask(self, step: Step, place: int = 0) -> dict[str, Expression]:
        """The mask of an input as an argument, if the step reads one."""
        mask = step.masks[place] if step.masks else None
        return {} if mask is None else {"mask": Atom(mask)}

    def without_masked(
        self, step: Step, why: str, place: int = 0, name: str = "seen"
    ) -> Expression:
        """An input with zeros at masked steps; once for steps in a row."""
        x, masks = self.value(step, place), self.mask(step, place)
        if not masks:
            return x
        seen = self.temporary(name)
        of = (step.node.inputs[place], step.node.masks[place], name)
        if self._seen == of:
            return seen
        self._seen = of
        mask, type = masks["mask"], step.input_types[place]
        if type.masked + 1 == type.rank:
            mask = call("ops.expand_dims", mask, axis=literal(-1))
        else:
            mask = with_axes(mask, tuple(range(type.masked)), type.rank)
        zeros = call("ops.where", mask, x, literal(0))
        self.statements.append(Assign((seen,), zeros, why))
        return seen

    def temporary(self, wanted: str) -> Atom:
        """A variable for a value that is used up at once."""
        if wanted not in self._temporaries:
            self._temporaries[wanted] = Atom(self.plan.names.take(wanted))
        return self._temporaries[wanted]

    def forget_temporaries(self) -> None:
        """Give the next layer variables of its own: those before it are still read."""
        self._temporaries.clear()
        self._seen = ()

    def put(self, variable: str, value: Expression) -> None:
        """`x = value`, where the shape stays."""
        self.statements.append(Assign((Atom(variable),), value))

    def assign(self, step: Step, value: Expression) -> None:
        """The step's results, or its part of the expression that reads it."""
        if step.number in self.plan.inlined:
            self._inlined[step.number] = value
            return
        targets = tuple(map(Atom, step.results))
        self.statements.append(Assign(targets, value, step.comment))

    def apply(
        self,
        step: Step,
        layer: Layer,
        *inputs: Expression,
        named: Mapping[str, Expression] | None = None,
        ahead: Mapping[str, Expression] | None = None,
        then: Callable[[Expression], Expression] | None = None,
    ) -> str | None:
        """The step's results from a layer; its name in Keras where it is a new one.

        `named` are the other arguments of its call. `ahead`: arguments that its methods
        of these names make of a value, where that pays: in a cell, before all steps.
        `then` is done to what it returns, in the same line.
        """

        def statement(made: Expression) -> Assign:
            arguments = [(None, one) for one in inputs]
            value: Expression = Call(made, (*arguments, *(named or {}).items()))
            targets = tuple(map(Atom, step.results))
            return Assign(targets, then(value) if then else value, step.comment)

        path = step.path or step.op.name()
        known, variable = self._shared.get(path, (None, None))
        if variable is not None and known == layer:
            self.statements.append(statement(variable))
            return None
        assert known is None or not step.node.weights, f"two layers for {path}"
        name = self._name_of(step)
        options = (*layer.made.arguments, ("name", self.named(name)))
        made = Call(layer.made.function, options)
        for weight, variable_name in layer.holds.items():
            owner = call("layer", self.named(name))
            self.layer_weights[f"{path}.{weight}"] = Attribute(owner, variable_name)
        if len(self.uses(step)) < 2 and self._around is None:
            self._write(self.statements, layer, made, statement)
            return name
        shared = Atom(take_everywhere(path.replace(".", "_"), self._scopes))
        self._shared[path] = (layer, shared)
        self._write(
            self.shared_layers, layer, made, lambda value: Assign((shared,), value)
        )
        self.statements.append(statement(shared))
        return name

    def _write(
        self,
        block: list[Statement],
        layer: Layer,
        made: Call,
        statement: Callable[[Expression], Assign],
    ) -> None:
        """A statement that makes a layer, with a line for its inner one if needed."""
        if layer.remark and layer.remark not in self._remarks:
            self._remarks.add(layer.remark)
            block.append(Comment(layer.remark))
        lines = layout((statement(made),)).splitlines()
        if layer.inner and (len(lines) > 1 or len(lines[0]) > ROOM):
            (_, inner), *rest = made.arguments
            variable = (self._around or self).temporary(layer.inner)
            block.append(Assign((variable,), inner))
            made = Call(made.function, ((None, variable), *rest))
        block.append(statement(made))
