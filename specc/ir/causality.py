"""What a value sees of each input: which step of it knows of which steps of those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from specc.ir.graph import Graph, Model, Node, Ref
from specc.ir.size import Size


class Source(NamedTuple):
    """An axis of steps of an input."""

    input: int
    axis: int


class View(NamedTuple):
    """What a value knows of an input along one of its axes.

    `axis`: the axis of the value whose step t knows of no step after t; a negative one
    went into the rows (`over`), None: there is none, a step may know of any. `delay`:
    by how many steps what is known is late at least. `shift` and `looks`: the nodes
    where it was delayed, and where a step first saw later ones.
    """

    axis: int | None
    delay: int = 0
    shift: int | None = None
    looks: int | None = None


Views = Mapping[Source, View]


def views(graph: Graph) -> list[tuple[Views, ...]]:
    """What each result of each node knows; inputs that it does not see are left out."""
    found: list[tuple[Views, ...]] = []
    for number, node in enumerate(graph.nodes):
        if node.inputs:
            results = range(len(node.types))
            found.append(tuple(_seen(graph, number, o, found) for o in results))
        else:
            found.append(_own(number, node))
    return found


def _own(number: int, node: Node) -> tuple[Views, ...]:
    """An input knows itself, along every axis but one of features."""
    if node.op.name() != "input":
        return tuple({} for _ in node.types)
    axes = list(enumerate(node.type.axes))
    if node.type.dtype == "float" and axes and axes[-1][1].size.fixed is not None:
        axes.pop()
    return ({Source(number, place): View(place) for place, _ in axes},)


def _seen(
    graph: Graph, number: int, output: int, found: Sequence[tuple[Views, ...]]
) -> Views:
    node = graph.nodes[number]
    seen: dict[Source, View] = {}
    for place, ref in enumerate(node.inputs):
        if node.op.sees(place, output) == "unfold" and place:
            continue  # of the value before `over`, only the number of steps
        for source, view in found[ref.node][ref.output].items():
            passed = _passed(graph, number, output, place, ref, view)
            seen[source] = _both(seen.get(source), passed)
    for place, mask in enumerate(node.masks):
        if mask is None:
            continue
        sees = node.op.sees(place, output)
        for source, view in found[mask.node][mask.output].items():
            axis = None if sees == "all" and (view.axis or 0) >= 0 else view.axis
            if sees == "number":  # a mask is over the first axes of its value
                axis = _axis(graph, node, output, place, node.inputs[place], axis)
            passed = view._replace(axis=axis)
            seen[source] = _both(seen.get(source), passed)
    return seen


def _passed(
    graph: Graph, number: int, output: int, place: int, ref: Ref, view: View
) -> View:
    """A view through one op, from one of its inputs."""
    node = graph.nodes[number]
    axis = _axis(graph, node, output, place, ref, view.axis)
    if axis is None and view.axis is not None:
        return view._replace(axis=None, looks=number)
    steps = getattr(node.op, "n", 0) if node.op.name() == "shift" else 0
    if steps and view.axis == 0:
        return view._replace(axis=axis, delay=view.delay + steps, shift=number)
    return view._replace(axis=axis)


def _axis(
    graph: Graph, node: Node, output: int, place: int, ref: Ref, axis: int | None
) -> int | None:
    if axis is None:
        return None
    given = graph.type_of(ref)
    match node.op.sees(place, output):
        case "fold":
            return axis - 1
        case "unfold":
            return axis + 1
        case _ if axis < 0:  # rows do not know of each other
            return axis
        case "number":
            types = map(graph.type_of, node.inputs)
            return node.op.layout(*types)[place][axis]
        case int(along):
            return None if axis == along else axis
        case "step":
            return axis if axis < given.rank - 1 else None
        case "past":
            return 0 if axis == 0 else None
        case "all":
            return None


def _both(one: View | None, other: View) -> View:
    """What is known by either way: the earlier knowledge, the wider sight."""
    if one is None:
        return other
    late = max(one, other, key=lambda view: view.delay)
    axis = one.axis if one.axis == other.axis else None
    looks = one.looks if one.looks is not None else other.looks
    return View(axis, min(one.delay, other.delay), late.shift, looks)


class AxisReport(NamedTuple):
    """An axis of steps of an output, and whether the output is causal along it."""

    output: str
    axis: Size
    causal: bool


def causal_axes(model: Model) -> tuple[AxisReport, ...]:
    """For each output and axis of steps: whether step t sees no input after step t.

    An axis counts where an input has one of that size. A size met at several places
    is one axis, as in the language.
    """
    found = views(model)
    reports: list[AxisReport] = []
    for name, output in zip(model.output_names, model.outputs, strict=True):
        seen = found[output.ref.node][output.ref.output]
        type = model.type_of(output.ref)
        is_image = type.rank == 3 and all(axis.size.fixed for axis in type.axes)
        for place, axis in enumerate(type.axes):
            same = [
                view
                for source, view in seen.items()
                if model.nodes[source.input].type.axes[source.axis].size == axis.size
            ]
            is_steps = place < type.rank - 1 or axis.size.fixed is None
            if same and is_steps and not is_image:
                causal = all(view.axis == place for view in same)
                reports.append(AxisReport(name, axis.size, causal))
    return tuple(reports)
