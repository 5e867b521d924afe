"""What there is to know of a cell before its schedule is chosen."""

from __future__ import annotations

from specc.ir.graph import Cell
from specc.ir.types import Frozen
from specc.ops.arithmetic import Arithmetic
from specc.ops.concat import Concat
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.parameter import Parameter
from specc.ops.product import Product
from specc.ops.section import Section
from specc.ops.softmax import Softmax
from specc.ops.state import State
from specc.ops.transpose import Transpose
from specc.passes.recurrence.differentiate import NoDerivative, differentiate
from specc.passes.recurrence.layers import opens
from specc.passes.recurrence.linear import linear_form
from specc.passes.recurrence.ops import Contraction
from specc.passes.recurrence.stages import find_stages

EQUATIONS = (
    *(Arithmetic, Concat, Function, Input, Kept, Number, Parameter, Product),
    *(Section, Softmax, State, Transpose),
)


class Facts(Frozen):
    """Facts about a cell.

    `obstacle`: what keeps it from a loop of its own, or "". `hoistable`: whether
    anything worth it depends on the input alone. `products`: whether its loop sums over
    states. `linear`: whether every state is linear in the states, element by element.
    `staged`: whether its output is not the first state. `width`: the most numbers that
    an axis of a state has.
    """

    obstacle: str = ""
    hoistable: bool = False
    products: bool = False
    linear: bool = False
    staged: bool = False
    width: int = 0


def find_facts(cell: Cell) -> Facts:
    """The facts about a cell."""
    obstacle = _obstacle(cell)
    if obstacle:
        return Facts(obstacle)
    stages = find_stages(cell, hoisted=True)
    if not stages.changing[stages.output]:
        return Facts("an output that no step changes")
    try:
        differentiate(stages)
        differentiate(find_stages(cell, hoisted=False))  # as a target may have it
    except NoDerivative as missing:
        return Facts(str(missing))
    nodes = stages.cell.nodes
    return Facts(
        hoistable=stages.prepared,
        products=any(isinstance(nodes[n].op, Contraction) for n in stages.loop),
        linear=linear_form(cell) is not None,
        staged=stages.staged,
        width=max(
            axis.size.at({})
            for state in cell.states
            for axis in cell.type_of(state.before).axes
        ),
    )


def _obstacle(cell: Cell) -> str:
    for node in cell.nodes:
        rank = cell.type_of(node.inputs[0]).rank if node.inputs else 0
        if not (isinstance(node.op, EQUATIONS) or opens(node, rank)):
            return f"`{node.op.word()}`"
    return ""
