"""Values of a loop that are as large as all of a memory.

`tanh(q + keys)` has a number for each step of the memory and each unit. To keep it at
every step costs more than to compute it again from the keys, which are there.
"""

from __future__ import annotations

from collections.abc import Callable

from specc.ops.arithmetic import Arithmetic
from specc.ops.function import Function
from specc.passes.recurrence.growing import Growing
from specc.passes.recurrence.ops import Where


class Wide:
    """Which values are laid along a matrix for each row that no step changes.

    `stands`: whether a value differs from row to row and never from step to step.
    """

    def __init__(self, growing: Growing, stands: Callable[[int], bool]) -> None:
        self.growing, self.stands = growing, stands
        self.known: list[bool] = []

    def holds(self, number: int) -> bool:
        """Whether it is so of a value."""
        while len(self.known) <= number:
            self.known.append(self._next(len(self.known)))
        return self.known[number]

    def all(self) -> frozenset[int]:
        return frozenset(n for n in range(len(self.growing.nodes)) if self.holds(n))

    def _next(self, number: int) -> bool:
        node = self.growing.nodes[number]
        if not isinstance(node.op, Arithmetic | Function | Where) or node.type.rank < 2:
            return False
        return any(
            self.known[ref.node]
            or (self.stands(ref.node) and self.growing.type(ref.node).rank > 1)
            for ref in node.inputs
        )
