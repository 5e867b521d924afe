"""What a whole cell must have: states that go on, names that are used, shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    NO_STATE,
    OPEN_SHAPE,
    STATE_NOT_ADVANCED,
    UNUSED_NAME,
    UNUSED_PARAM,
)
from specc.lower.cell_terms import Terms
from specc.lower.walk import names_in
from specc.syntax import tree
from specc.text import Span


def has_state(cell: tree.Cell, sink: Sink) -> bool:
    """Whether a cell declares a state; one that does not is reported."""
    if any(isinstance(s, tree.State) for s in cell.body.statements):
        return True
    sink.report(
        NO_STATE,
        cell.name.span,
        f"the cell `{cell.name.text}` has no state",
        help="declare one, as in `state h[units]`",
    )
    return False


def check_advanced(
    cell: tree.Cell, terms: Terms, states: Mapping[str, int], sink: Sink
) -> None:
    """Report states that no line goes on with."""
    assigned = {
        target.text
        for statement in cell.body.statements
        if isinstance(statement, tree.Assign)
        for target in statement.targets
    }
    for name, term in states.items():
        if name not in assigned:
            sink.report(
                STATE_NOT_ADVANCED,
                terms[term].span,
                f"the state `{name}` is never advanced",
                help=f"give it a line `{name}' = ...`",
            )


def check_used(
    cell: tree.Cell,
    terms: Terms,
    params: Mapping[str, int],
    named: Mapping[str, Span],
    sink: Sink,
) -> None:
    """Report parameters, weights and names without a use, and weights without a shape.

    `named`: where the cell's equations give names.
    """
    mentioned = frozenset[str]().union(*_mentions(cell))
    told: set[int] = set()
    for name, term in params.items():
        span = terms[term].span
        if name not in mentioned:
            message = f"the weight `{name}` is never used"
            sink.report(UNUSED_PARAM, span, message, help="leave it out")
        elif not _open_sizes(terms, term) <= told:
            told |= _open_sizes(terms, term)
            message = f"the shape of `{name}` does not follow from its use"
            help = f"give it sizes, as in `param {name}[units]`"
            sink.report(OPEN_SHAPE, span, message, help=help)
    heads = {p.name.text: p.name.span for p in cell.parameters}
    heads |= {given.name.text: given.name.span for given in cell.inputs}
    starting = frozenset[str]().union(*_starts(cell))
    for name, span in (heads | dict(named)).items():
        if name not in mentioned and not (name in heads and name in starting):
            message = f"`{name}` is never used"
            sink.report(UNUSED_NAME, span, message, help="leave it out")


def _starts(cell: tree.Cell) -> Iterator[frozenset[str]]:
    """The names that say how weights start."""
    for statement in cell.body.statements:
        if isinstance(statement, tree.Param):
            yield from (names_in(entry.default) for entry in statement.entries)


def _open_sizes(terms: Terms, term: int) -> set[int]:
    """The sizes of a weight that nothing gives; those of several may be one."""
    sizes = terms.axes(term)
    return {terms.sizes.find(size) for size in sizes if not terms.sizes.given(size)}


def _mentions(cell: tree.Cell) -> Iterator[frozenset[str]]:
    """The names that each statement uses."""
    for statement in cell.body.statements:
        match statement:
            case tree.Assign(value=value) | tree.Let(value=value):
                yield names_in(value)
            case tree.Result(values=values):
                yield names_in(values)
            case tree.State(entries=entries) | tree.Param(entries=entries):
                yield from (names_in(entry.axes) for entry in entries)
