"""The names a model's body can use, and where they were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, UNUSED_NAME
from specc.ir.graph import Node
from specc.ir.size import Size
from specc.lower.cell_parameters import Definitions, Parameter, ValueParameter
from specc.lower.constants import Known
from specc.lower.things import Broken, Thing, Value, flat, is_layer
from specc.lower.wording import shown
from specc.syntax import tree
from specc.text import Span


class FileNames(Struct, frozen=True):
    """What a file declares for its models.

    `cells`: None for one whose head is wrong; `blocks`: None for one that is wrong.
    """

    constants: Known
    cells: Definitions
    blocks: Mapping[str, BlockDefinition | None]


class BlockDefinition(Struct, frozen=True, eq=False):
    """A block whose head is right. `file` has the names its body can use.

    `layers`: which of its parameters are layers, `values`: which are values, both in
    order. `given`: names its body gives to layers.
    """

    block: tree.Block
    parameters: tuple[Parameter, ...]
    layers: tuple[str, ...]
    file: FileNames
    given: frozenset[str]
    values: tuple[ValueParameter, ...] = ()

    @property
    def name(self) -> str:
        return self.block.name.text

    @property
    def things(self) -> tuple[str, ...]:
        """Its parameters that are layers, then those that are values."""
        return (*self.layers, *(value.name.text for value in self.values))


class Scope:
    """The names of one body: inputs, values, and layers bound by `let`.

    `lengths`: what the names of axes stand for. `active`: the blocks that are being
    lowered, the outermost first. `repeats`: how often the loops around it repeat it.
    """

    def __init__(self, file: FileNames, sink: Sink) -> None:
        self.file, self.sink = file, sink
        self.constants = dict(file.constants)
        self.names: dict[str, Thing] = {}
        self.places: dict[str, Span] = {}
        self.used: set[str] = set()
        self.lengths: dict[str, Size] = {}
        self.active: tuple[BlockDefinition, ...] = ()
        self.repeats = 1
        self._together: dict[str, tuple[str, ...]] = {}

    def within(self, constants: Known, times: int) -> Scope:
        """The same names, and some constants more, in a loop that runs some times."""
        scope = Scope(self.file, self.sink)
        scope.constants = {**self.constants, **constants}
        scope.names, scope.places, scope.used = self.names, self.places, self.used
        scope.lengths, scope.active = self.lengths, self.active
        scope.repeats = self.repeats * times
        scope._together = self._together
        return scope

    def declare(self, name: tree.Name, thing: Thing) -> bool:
        """Give a name to a thing; a name that has one already means neither."""
        before = self.places.get(name.text)
        if before is None and name.text not in self.constants:
            self.names[name.text] = thing
            self.places[name.text] = name.span
            return True
        self.names[name.text] = Broken()
        self.constants.pop(name.text, None)
        others = () if before is None else (Label(before, "the first is here"),)
        what = "already names something here"
        self.sink.report(
            DUPLICATE_NAME,
            name.span,
            f"`{name.text}` {what if before else 'is a constant of this file'}",
            others=others,
            help="choose another name",
        )
        return False

    def axis(self, name: str) -> Size | None:
        """The size of the axis that a name stands for, if it is one."""
        number = self.constants.get(name)
        known = Size(number) if isinstance(number, int) else None
        return self.lengths.get(name, known)

    def function(self, name: str) -> str | None:
        """The function that a parameter of a block stands for, if it is one."""
        found = self.constants.get(name)
        if not isinstance(found, str):
            return None
        self.used.add(name)
        return found

    def is_value(self, name: str) -> bool:
        """Whether a name stands for something in this body."""
        return name in self.names or name in self.constants

    def bind_together(self, names: Sequence[tree.Name]) -> None:
        """Note that several names take one tuple apart: one of them may stay unused."""
        texts = tuple(name.text for name in names)
        self._together |= dict.fromkeys(texts, texts)

    def check_block_used(self, definition: BlockDefinition) -> None:
        """Report what the body of a block binds and never uses."""
        head = {*definition.things, *(one.name.text for one in definition.block.inputs)}
        for name, place in self.places.items():
            together = self._together.get(name, (name,))
            if name in head or name in self.constants or self.used & {*together}:
                continue
            if isinstance(self.names[name], Broken):
                continue
            message = f"`{name}` is never used in the block `{definition.name}`"
            self.sink.report(UNUSED_NAME, place, message, help="leave it out")

    def check_used(self, nodes: list[Node], outputs: tuple[Value, ...]) -> None:
        """Report names that lead nowhere, and weights that nothing comes of."""
        reached = {value.ref.node for value in outputs}
        for number in range(len(nodes) - 1, -1, -1):
            if number in reached:
                reached |= {ref.node for ref in nodes[number].inputs}
        idle = {name for name in self.names if not self._leads(name, reached)}
        told = False
        for name in self.names:
            if not idle.issuperset(self._together.get(name, (name,))):
                continue
            # What it stands for may be needed under another name, as after `v = a`.
            known = self._reaches(name, reached) or is_layer(self.names[name])
            message = "is never used" if known else "does not reach any output"
            self.sink.report(
                UNUSED_NAME,
                self.places[name],
                f"`{name}` {message}",
                help="use it or leave it out",
            )
            told = True
        if not told:
            self._check_weights(nodes, reached)

    def _leads(self, name: str, reached: set[int]) -> bool:
        """Whether a name leads to an output, or can be left unused."""
        if is_layer(self.names[name]):
            return name in self.used
        if not self._nodes(name):
            return True
        return name in self.used and self._reaches(name, reached)

    def _reaches(self, name: str, reached: set[int]) -> bool:
        """Whether an output needs the value, or one of those, a name stands for."""
        return not reached.isdisjoint(self._nodes(name))

    def _nodes(self, name: str) -> set[int]:
        items = flat(self.names[name])
        return {item.ref.node for item in items if isinstance(item, Value)}

    def _check_weights(self, nodes: list[Node], reached: set[int]) -> None:
        """Weights that no output depends on would be counted and never trained."""
        alive = {nodes[number].name for number in reached}
        for number, node in enumerate(nodes):
            if node.weights and number not in reached and node.name not in alive:
                self.sink.report(
                    UNUSED_NAME,
                    node.span,
                    f"what `{shown(node.span)}` gives does not reach any output",
                    help="use it or leave it out",
                )
