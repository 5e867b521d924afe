"""The names a model's body can use, and where they were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, UNUSED_NAME
from specc.ir.graph import Node
from specc.ir.size import Size
from specc.lower.cell_parameters import Definitions, Parameter
from specc.lower.constants import Known
from specc.lower.things import Broken, Thing, Value, flat, is_layer
from specc.syntax import tree
from specc.text import Span


@dataclass(frozen=True, slots=True)
class FileNames:
    """What a file declares for its models.

    `cells`: None for one whose head is wrong; `blocks`: None for one that is wrong.
    """

    constants: Known
    cells: Definitions
    blocks: Mapping[str, BlockDefinition | None]


@dataclass(frozen=True, slots=True, eq=False)
class BlockDefinition:
    """A block whose head is right. `file` has the names its body can use.

    `layers`: which of its parameters are layers, in order.
    """

    block: tree.Block
    parameters: tuple[Parameter, ...]
    layers: tuple[str, ...]
    file: FileNames

    @property
    def name(self) -> str:
        return self.block.name.text


class Scope:
    """The names of one body: inputs, values, and layers bound by `let`.

    `lengths`: what the names of axes stand for. `active`: the blocks that are being
    lowered, the outermost first.
    """

    def __init__(self, file: FileNames, sink: Sink) -> None:
        self.file, self.sink = file, sink
        self.constants = dict(file.constants)
        self.names: dict[str, Thing] = {}
        self.places: dict[str, Span] = {}
        self.used: set[str] = set()
        self.lengths: dict[str, Size] = {}
        self.active: tuple[BlockDefinition, ...] = ()

    def within(self, constants: Known) -> Scope:
        """The same names, and some constants more."""
        scope = Scope(self.file, self.sink)
        scope.constants = {**self.constants, **constants}
        scope.names, scope.places, scope.used = self.names, self.places, self.used
        scope.lengths, scope.active = self.lengths, self.active
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

    def check_block_used(self, block: str) -> None:
        """Report what the body of a block never uses."""
        for name, place in self.places.items():
            if name not in self.used and name not in self.constants:
                message = f"`{name}` is never used in the block `{block}`"
                self.sink.report(UNUSED_NAME, place, message, help="leave it out")

    def check_used(self, nodes: list[Node], outputs: tuple[Value, ...]) -> None:
        """Report names that lead nowhere."""
        reached = {value.ref.node for value in outputs}
        for number in range(len(nodes) - 1, -1, -1):
            if number in reached:
                reached |= {ref.node for ref in nodes[number].inputs}
        for name, thing in self.names.items():
            if is_layer(thing):
                message, fine = "is never used", name in self.used
            else:
                message = "does not reach any output"
                items = [item for item in flat(thing) if isinstance(item, Value)]
                fine = not items or any(item.ref.node in reached for item in items)
            if not fine:
                self.sink.report(
                    UNUSED_NAME,
                    self.places[name],
                    f"`{name}` {message}",
                    help="use it or leave it out",
                )
