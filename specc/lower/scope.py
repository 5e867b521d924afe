"""The names a model's body can use, and where they were given."""

from __future__ import annotations

from dataclasses import dataclass

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, UNUSED_NAME
from specc.ir.graph import Node
from specc.lower.cell_parameters import Definitions
from specc.lower.constants import Known
from specc.lower.things import Broken, Thing, Value, flat, is_layer
from specc.syntax import tree
from specc.text import Span


@dataclass(frozen=True, slots=True)
class FileNames:
    """What a file declares for its models.

    `cells`: None for one whose head is wrong. `future`: names of blocks, which have no
    meaning yet.
    """

    constants: Known
    cells: Definitions
    future: frozenset[str]


class Scope:
    """The names of one body: inputs, values, and layers bound by `let`."""

    def __init__(self, file: FileNames, sink: Sink) -> None:
        self.file, self.sink = file, sink
        self.constants = dict(file.constants)
        self.names: dict[str, Thing] = {}
        self.places: dict[str, Span] = {}
        self.used: set[str] = set()

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

    def is_value(self, name: str) -> bool:
        """Whether a name stands for something in this body."""
        return name in self.names or name in self.constants

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
