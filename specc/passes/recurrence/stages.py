"""Which of a cell's values are computed before its loop, in it, and after it."""

from __future__ import annotations

from collections.abc import Collection

from specc.ir.graph import Cell
from specc.ir.types import Frozen
from specc.ops.input import Input
from specc.ops.number import Number
from specc.ops.section import Section
from specc.ops.state import State
from specc.passes.recurrence.ops import Keep
from specc.passes.recurrence.reach import needed, reached
from specc.passes.recurrence.regroup import regroup
from specc.passes.recurrence.unmoved import part_inputs, unturn
from specc.passes.recurrence.wholes import join_parts


class Stages(Frozen):
    """A regrouped cell and what each stage of its run reads; all by number.

    `seen`: what is given beside the weights: values from outside, each with its mask
    after it, then what is kept of states. `batched`: for each node, whether it differs
    from row to row; `changing`: from step to step. `fixed`: what does not and the loop
    reads; it is laid ready once. `around`: the same of what is read before and after
    the loop. `inputs`: what the loop reads of every step, from x alone; x itself where
    nothing is computed before the loop. `loop`: what the loop computes. `before` and
    `after`: the states on both sides of a step. `output`: what comes out, which is
    computed after the loop unless it is the first of `after`.
    """

    cell: Cell
    seen: tuple[int, ...]
    batched: tuple[bool, ...]
    changing: tuple[bool, ...]
    fixed: tuple[int, ...]
    around: tuple[int, ...]
    inputs: tuple[int, ...]
    loop: frozenset[int]
    before: tuple[int, ...]
    after: tuple[int, ...]
    output: int

    @property
    def staged(self) -> bool:
        """Whether the output is not the first state, but computed after the loop."""
        return self.after[0] != self.output

    @property
    def prepared(self) -> bool:
        """Whether anything is computed before the loop."""
        return self.inputs != (0,)

    def is_kept(self, number: int) -> bool:
        """Whether a value says what is kept of a state while training."""
        return isinstance(self.cell.nodes[number].op, Keep)

    def has_gradient(self, number: int) -> bool:
        """Whether a value has a gradient: masks have none."""
        is_float = self.cell.nodes[number].type.dtype == "float"
        return is_float and not self.is_kept(number)


def find_stages(cell: Cell, hoisted: bool, unmoved: bool = False) -> Stages:
    """The stages of a cell.

    hoisted: whether what depends on x alone is computed before the loop. unmoved:
    whether weights are read where they are.
    """
    cell = unturn(regroup(part_inputs(cell))) if unmoved else join_parts(regroup(cell))
    nodes = cell.nodes
    before = tuple(state.before.node for state in cell.states)
    after = tuple(state.after.node for state in cell.states)
    leaves = [isinstance(node.op, Input | State) for node in nodes]
    batched = reached(nodes, leaves)
    outside = [ref.node for one in cell.outside for ref in (one.value, one.mask) if ref]
    kept = [n for n, node in enumerate(nodes) if isinstance(node.op, Keep)]
    seen = (*outside, *kept)
    changing = reached(nodes, [leaf and n not in seen for n, leaf in enumerate(leaves)])
    moving = reached(nodes, [isinstance(node.op, State) for node in nodes])
    inside = {
        number
        for number in needed(nodes, after, ())
        if changing[number] and not isinstance(nodes[number].op, State)
    }
    loop = {
        number for number in inside if moving[number] or (number != 0 and not hoisted)
    }
    if hoisted:
        # A part of what comes from before the loop is taken where it is used.
        loop |= {
            ref.node
            for number in loop
            for ref in nodes[number].inputs
            if isinstance(nodes[ref.node].op, Section) and ref.node in inside
        }
    read = {ref.node for number in loop for ref in nodes[number].inputs} | set(after)
    inputs = tuple(sorted(n for n in read if n in inside and n not in loop))
    output = cell.output.node
    others = needed(nodes, inputs, ())
    if output != after[0]:
        others |= needed(nodes, (output,), {*before, *after, *inputs})
    others -= {*before, *after}

    def read_by(readers: Collection[int]) -> tuple[int, ...]:
        """What no step changes among what is read."""
        found = {ref.node for n in readers if changing[n] for ref in nodes[n].inputs}
        return tuple(
            n
            for n in sorted(found)
            if not (changing[n] or isinstance(nodes[n].op, Number))
        )

    return Stages(
        cell=cell,
        seen=seen,
        batched=tuple(batched),
        changing=tuple(changing),
        fixed=read_by(loop),
        around=read_by(others),
        inputs=inputs or (0,),
        loop=frozenset(loop),
        before=before,
        after=after,
        output=output,
    )
