"""`param c[units]` in a block or a model: weights that are values there."""

from __future__ import annotations

from collections.abc import Iterator

from specc.diagnostics import Sink
from specc.diagnostics.codes import BAD_SIZE, OPEN_SHAPE, WRONG_OPTION
from specc.ir.op import UNIT_LIMIT, drawn
from specc.ir.weights import Initializer, Role, Start
from specc.lower.builder import Builder
from specc.lower.constants import evaluate
from specc.lower.initial_values import StartReader
from specc.lower.scope import Scope
from specc.lower.things import Broken, Value
from specc.lower.walk import names_in, nodes_in
from specc.lower.wording import number_text
from specc.ops.param import Own, Param
from specc.syntax import tree

DEFAULTS: dict[Role, Initializer] = {
    "kernel": "glorot_uniform",
    "scale": "ones",
    "bias": "zeros",
}


def declare_params(body: tree.Body, scope: Scope, builder: Builder, sink: Sink) -> None:
    """Make all weights of a body, and give them their names."""
    statements = [one for one in body.statements if isinstance(one, tree.Param)]
    entries = [entry for one in statements for entry in one.entries]
    made = [_own(entry, body, scope, sink) for entry in entries]
    owned = tuple(one for one in made if one is not None)
    if not entries:
        return
    if len({one.name for one in owned}) < len(entries):
        for entry in entries:
            scope.declare(entry.name, Broken())
        return
    refs = builder.add_weights(Param(owned=owned), statements[0].span)
    for entry, ref in zip(entries, refs, strict=True):
        if scope.declare(entry.name, Value(ref, builder.type_of(ref))):
            builder.claim(builder.path(entry.name.text), entry.name.span)
            builder.name_value(ref, entry.name.text)


def _own(entry: tree.Declared, body: tree.Body, scope: Scope, sink: Sink) -> Own | None:
    """One weight; None where something was reported."""
    name = entry.name.text
    if not entry.axes:
        sink.report(
            OPEN_SHAPE,
            entry.span,
            f"the shape of `{name}` is not known",
            help=f"give it in brackets, as in `param {name}[64]`",
        )
        return None
    sizes = [_size(axis, scope, sink) for axis in entry.axes]
    shape = tuple(size for size in sizes if size is not None)
    role = _role(name, len(entry.axes), body)
    initial = _initial(entry, scope, sink) if entry.default else DEFAULTS[role]
    if len(shape) < len(sizes) or initial is None:
        return None
    return Own(name=name, shape=shape, role=role, initial=initial)


def _size(written: tree.Expression, scope: Scope, sink: Sink) -> int | None:
    """A size of a weight; None where it was reported."""
    open_names = names_in(written) & scope.lengths.keys() - scope.constants.keys()
    if open_names:
        sink.report(
            BAD_SIZE,
            written.span,
            f"`{min(open_names)}` is a length that is known when the program runs",
            help="a weight has sizes that are known: numbers, or axes of a fixed size",
        )
        return None
    number = evaluate(written, scope.constants, sink)
    if number is None or (isinstance(number, int) and 1 <= number <= UNIT_LIMIT):
        return None if number is None else int(number)
    sink.report(
        BAD_SIZE,
        written.span,
        f"a size is a whole number between 1 and {UNIT_LIMIT:,}, "
        f"found {number_text(number)}",
        help="divide with `//`" if isinstance(number, float) else None,
    )
    return None


def _initial(entry: tree.Declared, scope: Scope, sink: Sink) -> Start | None:
    """How the weight starts; None where something was reported."""
    assert entry.default is not None, "one is written"
    start = StartReader(scope.constants, sink).read(entry.default)
    rank = len(entry.axes or ())
    if start is None or rank == 2 or "identity" not in drawn(start):
        return start
    axes = "1 axis" if rank == 1 else f"{rank} axes"
    message = f"`identity` is a matrix, but `{entry.name.text}` has {axes}"
    sink.report(WRONG_OPTION, entry.default.span, message, help="use another one")
    return None


def _role(name: str, rank: int, body: tree.Body) -> Role:
    """What a weight is for: a matrix, or a side of a sum of products, is a kernel."""
    uses = {operator for operand, operator in _operands(body) if operand == name}
    if rank > 1 or "@" in uses:
        return "kernel"
    return "scale" if uses & {"*", "/"} else "bias"


def _operands(body: tree.Body) -> Iterator[tuple[str, str]]:
    """Every name that an operator stands before or after, with the operator."""
    for node in nodes_in(body):
        if isinstance(node, tree.Arithmetic):
            yield from _named(node.first, node.rest[0][0])
            for operator, operand in node.rest:
                yield from _named(operand, operator)
        elif isinstance(node, tree.Call) and node.function.text == "contract":
            for argument in node.arguments:
                yield from _named(argument.value, "@")


def _named(operand: tree.Expression, operator: str) -> Iterator[tuple[str, str]]:
    if isinstance(operand, tree.Name):
        yield operand.text, operator
