"""A language model must not see the ids it predicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import READS_AHEAD
from specc.ir.causality import Source, View, Views, views
from specc.ir.graph import Model, Node, Output
from specc.lower.wording import shown
from specc.ops.recurrent import Recurrent
from specc.ops.shift import Shift


class _Prediction(NamedTuple):
    """An output with a number for each id of an input, at each step of that."""

    output: Output
    input: Node
    source: Source
    view: View


def check_foresight(model: Model, sink: Sink) -> None:
    """Report layers that look ahead between ids and what predicts them.

    A model predicts the ids that it reads late, by `shift`; and those that it reads as
    they are where it has a number for each of them at every step. Attention may look
    at all of these, as masked models do; a recurrent layer in both directions not.
    """
    if not any(isinstance(node.op, Shift | Recurrent) for node in model.nodes):
        return
    found = views(model)
    late = {source for results in found for source in _late(results)}
    reported: set[int] = set()
    for prediction in _predictions(model, found):
        view = prediction.view
        if view.axis is not None or view.looks is None or view.looks in reported:
            continue
        looks = model.nodes[view.looks]
        if view.delay > 0 and view.shift is not None:
            reported.add(view.looks)
            _report_shifted(prediction, looks, model.nodes[view.shift], sink)
        elif _runs_both_ways(looks) and prediction.source not in late:
            reported.add(view.looks)
            _report_both_ways(prediction, looks, sink)


def _late(results: tuple[Views, ...]) -> Iterator[Source]:
    for seen in results:
        yield from (source for source, view in seen.items() if view.delay > 0)


def _predictions(model: Model, found: list[tuple[Views, ...]]) -> Iterator[_Prediction]:
    for output in model.outputs:
        type = model.type_of(output.ref)
        for source, view in found[output.ref.node][output.ref.output].items():
            given = model.nodes[source.input]
            steps = given.type.axes[source.axis].size
            if (
                given.type.dtype == "int"
                and given.type.bound is not None
                and type.dtype == "float"
                and type.rank > 1
                and type.last.fixed == given.type.bound
                and steps in [axis.size for axis in type.axes[:-1]]
            ):
                yield _Prediction(output, given, source, view)


def _runs_both_ways(node: Node) -> bool:
    op = node.op
    return isinstance(op, Recurrent) and op.direction == "both" and not op.final


def _report_shifted(
    prediction: _Prediction, looks: Node, shift: Node, sink: Sink
) -> None:
    ids, name = prediction.input.name, shown(looks.span)
    steps = counted_steps(shift)
    sink.report(
        READS_AHEAD,
        looks.span,
        f"`{name}` looks ahead, and so sees the `{ids}` that are to be predicted",
        label="a step sees later ones here",
        others=(Label(shift.span, f"`{ids}` is read {steps} late here"),),
        help=_help(looks),
    )


def counted_steps(shift: Node) -> str:
    """By how much a node shifts, in words."""
    assert isinstance(shift.op, Shift)
    return "one step" if shift.op.n == 1 else f"{shift.op.n} steps"


def _report_both_ways(prediction: _Prediction, looks: Node, sink: Sink) -> None:
    ids, name = prediction.input, shown(looks.span)
    sink.report(
        READS_AHEAD,
        looks.span,
        f"`{name}` reads the `{ids.name}` after each step, which a language model "
        "is to predict",
        label="a step sees later ones here",
        others=(Label(ids.span, f"at each step, one of {ids.type.bound} ids"),),
        help=f"{_help(looks)}; where ids are restored and not predicted, write both "
        "directions: `(gru(8), gru(8, reverse)) -> concat`",
    )


def _help(looks: Node) -> str:
    op = looks.op
    if isinstance(op, Recurrent) and op.direction == "both":
        return f"use `{op.cell.name}` in one direction, without `bi`"
    if isinstance(op, Recurrent) and op.direction == "backward":
        return "leave `reverse` out"
    if {"causal", "padding"} & {*op.__struct_fields__}:
        return "add `causal`"
    return "use layers that see this step and earlier ones only"
