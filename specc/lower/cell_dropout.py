"""`recurrent_dropout`: states are dropped from where they enter a matrix product."""

from __future__ import annotations

from msgspec.structs import replace

from specc.diagnostics.codes import WRONG_OPTION
from specc.ir.graph import Cell, Node, Outside, Ref, State
from specc.ir.op import IllTyped
from specc.ops.kept import Kept
from specc.ops.number import Number
from specc.ops.product import Product

THROUGH = ("arithmetic", "concat", "function", "section", "softmax")
"""What a state is followed through on its way to a product: `U @ (r * h)`."""


def drop_states(cell: Cell) -> Cell:
    """The cell whose products see of every state only what its mask keeps.

    A state after the step has the mask of the one before. Products and layers on the
    way are the end of it: what they give is no state. Raises `IllTyped` where no
    product sees a state.
    """
    names = {state.after.node: state.name for state in reversed(cell.states)}
    names |= {state.before.node: state.name for state in cell.states}
    sees = _sees_states(cell, names)
    wanted = _wanted(cell, names, sees)
    if not wanted:
        raise IllTyped(
            WRONG_OPTION,
            f"`recurrent_dropout` means nothing here: `{cell.name}` multiplies no "
            "state with a matrix",
            help="leave `recurrent_dropout` out",
        )
    nodes: list[Node] = []
    whole: dict[int, Ref] = {}
    part: dict[int, Ref] = {}
    for number, node in enumerate(cell.nodes):
        is_product = isinstance(node.op, Product)
        seen = {**whole, **part} if is_product else whole
        whole[number] = Ref(len(nodes))
        nodes.append(_moved(node, seen, whole))
        if number not in wanted:
            continue
        part[number] = Ref(len(nodes))
        if number in names:
            nodes.append(_kept(node, whole[number], names[number]))
        else:
            nodes.append(_moved(node, {**whole, **part}, whole))
    made = replace(
        cell,
        nodes=tuple(nodes),
        states=_states(cell, whole),
        output=whole[cell.output.node],
        outside=tuple(_outside(one, whole) for one in cell.outside),
    )
    return _without_idle(made, {part[n].node: whole[n].node for n in part})


def _sees_states(cell: Cell, names: dict[int, str]) -> list[bool]:
    """Which values are states, or made of some element by element."""
    found: list[bool] = []
    for number, node in enumerate(cell.nodes):
        through = node.op.name() in THROUGH
        inner = through and any(found[ref.node] for ref in node.inputs)
        found.append(number in names or inner)
    return found


def _wanted(cell: Cell, names: dict[int, str], sees: list[bool]) -> set[int]:
    """The values of which a product needs a version that is dropped from."""
    wanted: set[int] = set()
    for number in reversed(range(len(cell.nodes))):
        node = cell.nodes[number]
        follows = number in wanted and number not in names
        if follows or isinstance(node.op, Product):
            wanted |= {ref.node for ref in node.inputs if sees[ref.node]}
    return wanted


def _moved(node: Node, inputs: dict[int, Ref], masks: dict[int, Ref]) -> Node:
    """A node among the new ones; what a layer reads beside its inputs is whole."""
    owner = None if node.owner is None else masks[node.owner].node
    return replace(
        node,
        owner=owner,
        inputs=tuple(inputs[ref.node] for ref in node.inputs),
        masks=tuple(m and masks[m.node] for m in node.masks),
    )


def _kept(node: Node, ref: Ref, state: str) -> Node:
    op = Kept(state=state)
    name = f"{node.name.rstrip(chr(39)) or state}_kept"
    return Node(op=op, inputs=(ref,), types=node.types, name=name, span=node.span)


def _states(cell: Cell, places: dict[int, Ref]) -> tuple[State, ...]:
    return tuple(
        State(
            name=state.name,
            before=places[state.before.node],
            after=places[state.after.node],
        )
        for state in cell.states
    )


def _outside(one: Outside, places: dict[int, Ref]) -> Outside:
    mask = None if one.mask is None else places[one.mask.node]
    return Outside(name=one.name, value=places[one.value.node], mask=mask)


def _without_idle(cell: Cell, originals: dict[int, int]) -> Cell:
    """The cell without values that nothing reads any more.

    `originals`: of what the others are versions. Only one of both has the name.
    """
    used = {state.after.node for state in cell.states} | {cell.output.node}
    for number in reversed(range(len(cell.nodes))):
        node = cell.nodes[number]
        if number in used or (not node.inputs and not isinstance(node.op, Number)):
            used.add(number)
            used |= {ref.node for ref in node.inputs}
            used |= {mask.node for mask in node.masks if mask is not None}
    places: dict[int, Ref] = {}
    nodes: list[Node] = []
    for number, node in enumerate(cell.nodes):
        if number not in used:
            continue
        places[number] = Ref(len(nodes))
        moved = _moved(node, places, places)
        is_copy = number in originals and not isinstance(node.op, Kept)
        if is_copy and originals[number] in used:
            moved = replace(moved, name="")
        nodes.append(moved)
    return replace(
        cell,
        nodes=tuple(nodes),
        states=_states(cell, places),
        output=places[cell.output.node],
        outside=tuple(_outside(one, places) for one in cell.outside),
    )
