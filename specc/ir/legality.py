"""What every legal model satisfies; a violation is our own bug."""

from __future__ import annotations

from specc.ir.graph import Cell, Graph, Model, Node


def check_model(model: Model) -> None:
    """Assert that a model is legal: order, types, names, weights, masks."""
    _check_graph(model)
    owners: dict[str, int] = {}
    for number, node in enumerate(model.nodes):
        if not node.weights:
            continue
        first = owners.setdefault(node.name, number)
        assert (node.owner is None) == (first == number), f"owner of %{number}"
        if node.owner is not None:
            owner = model.nodes[node.owner]
            assert node.owner < number, f"%{number} shares with a later node"
            assert owner.weights == node.weights, f"%{number} differs from its owner"
    for ref in (*model.inputs, *(output.ref for output in model.outputs)):
        assert ref.node < len(model.nodes), f"{ref} is not there"
    for value, mask in model.mask_of:
        assert model.type_of(value).ragged, f"{value} has a mask but is not ragged"
        type, flags = model.type_of(value), model.type_of(mask)
        assert flags.dtype == "bool", f"mask {mask} is no mask"
        sizes = [axis.size for axis in type.axes[: type.masked]]
        found = [axis.size for axis in flags.axes]
        assert found == sizes, f"mask {mask} is of another length"


def check_cell(cell: Cell) -> None:
    """Assert that a cell is legal: order, types, states that keep their type."""
    _check_graph(cell)
    for state in cell.states:
        before, after = cell.type_of(state.before), cell.type_of(state.after)
        assert before == after, f"state {state.name}: {before} becomes {after}"
    names = [weight.name for weight in cell.weights]
    assert len(names) == len(set(names)), "two weights of one name"


def _check_graph(graph: Graph) -> None:
    cells: dict[int, Cell] = {}
    for number, node in enumerate(graph.nodes):
        _check_node(graph, number, node)
        cell = getattr(node.op, "cell", None)
        if isinstance(cell, Cell):
            cells[id(cell)] = cell
    # Many nodes may run one cell.
    for cell in cells.values():
        check_cell(cell)


def _check_node(graph: Graph, number: int, node: Node) -> None:
    for ref in (*node.inputs, *(mask for mask in node.masks if mask is not None)):
        assert ref.node < number, f"%{number} uses a later value"
        types = graph.nodes[ref.node].types
        assert 0 <= ref.output < len(types), f"%{number} uses a missing result"
    assert len(node.masks) in (0, len(node.inputs)), f"%{number} has stray masks"
    result = node.op.result(*(graph.type_of(ref) for ref in node.inputs))
    types = result if isinstance(result, tuple) else (result,)
    assert node.types == types, f"%{number}: {node.types} should be {types}"
