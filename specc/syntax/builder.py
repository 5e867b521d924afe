"""Builds the typed tree while the parser runs: one method a rule of the grammar.

The machine calls each method with the parts of its rule, tokens and finished nodes, so
the tree grows from its leaves and nothing here is recursive.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from specc.diagnostics import Diagnostic, Failure, Label
from specc.diagnostics.codes import NOT_A_TARGET
from specc.syntax import tree
from specc.syntax.literals import check_name, number_value, string_value
from specc.syntax.machine import Parts
from specc.syntax.tokens import Piece
from specc.text import Source, Span


def _nodes(parts: Parts) -> tuple[Any, ...]:
    """The parts that are not punctuation."""
    return tuple(part for part in parts if type(part) is not Piece)


def _head(
    parts: Parts,
) -> tuple[tuple[tree.Parameter, ...], tuple[tree.Input, ...]]:
    """The parameters and the inputs in the head of a block or a cell."""
    parameters: tuple[tree.Parameter, ...] = ()
    inputs: tuple[tree.Input, ...] = ()
    for part in parts:
        if isinstance(part, tuple) and isinstance(part[0], tree.Input):
            inputs = part
        elif isinstance(part, tuple):
            parameters = part
    return parameters, inputs


def _start(part: Piece | tree.Tree) -> int:
    return part.start if isinstance(part, Piece) else part.span.start


def _stop(part: Piece | tree.Tree) -> int:
    return part.stop if isinstance(part, Piece) else part.span.stop


class Builder:
    """Makes nodes with their places in `source`, which is set before each parse."""

    def __init__(self) -> None:
        self.source = Source("", "")

    def _span(self, parts: Parts) -> Span:
        """From the first part to the last, either of which may be a token."""
        return Span(self.source, _start(parts[0]), _stop(parts[-1]))

    # Leaves

    def name(self, parts: Parts) -> tree.Name:
        token = parts[0]
        span = self._span(parts)
        check_name(token.text, span)
        return tree.Name(span, token.text)

    def primed(self, parts: Parts) -> tree.Name:
        text = parts[0].text.removesuffix("'")
        span = self._span(parts)
        check_name(text, span)
        return tree.Name(span, text, primed=True)

    def number(self, parts: Parts) -> tree.Number:
        span = self._span(parts)
        return tree.Number(span, number_value(parts[0].text, span))

    def string(self, parts: Parts) -> tree.String:
        span = self._span(parts)
        return tree.String(span, string_value(parts[0].text, span))

    # Expressions

    def flow(self, parts: Parts) -> tree.Flow:
        return tree.Flow(self._span(parts), tuple(parts))

    def labelled(self, parts: Parts) -> tree.Labelled:
        return tree.Labelled(self._span(parts), parts[0], parts[1])

    def sum(self, parts: Parts) -> tree.Arithmetic:
        operators = [operator.text for operator in parts[1::2]]
        rest = tuple(zip(operators, parts[2::2], strict=True))
        return tree.Arithmetic(self._span(parts), parts[0], rest)

    product = plain_sum = plain_product = sum

    def negative(self, parts: Parts) -> tree.Negative:
        return tree.Negative(self._span(parts), parts[1])

    def raised(self, parts: Parts) -> tree.Power:
        return tree.Power(self._span(parts), parts[0], parts[1])

    def call(self, parts: Parts) -> tree.Call:
        arguments = parts[2] if len(parts) == 4 else ()
        return tree.Call(self._span(parts), parts[0], arguments)

    def with_body(self, parts: Parts) -> tree.Call:
        head, body = parts
        if isinstance(head, tree.Name):
            return tree.Call(self._span(parts), head, (), body, bare=True)
        called: tree.Call = replace(head, span=self._span(parts), body=body)
        return called

    def argument(self, parts: Parts) -> tree.Argument:
        return tree.Argument(parts[0].span, None, parts[0])

    def named_argument(self, parts: Parts) -> tree.Argument:
        return tree.Argument(self._span(parts), parts[0], parts[1])

    def group(self, parts: Parts) -> tree.Expression:
        items = _nodes(parts)
        span = self._span(parts)
        if len(items) > 1:
            return tree.Tuple(span, items)
        inner: tree.Expression = replace(items[0], span=span)
        return inner

    def list(self, parts: Parts) -> tree.List:
        return tree.List(self._span(parts), _nodes(parts))

    def for_loop(self, parts: Parts) -> tree.For:
        return tree.For(self._span(parts), parts[1], parts[3], parts[4])

    def each_loop(self, parts: Parts) -> tree.Each:
        return tree.Each(self._span(parts), parts[1], parts[3], parts[4])

    def over_loop(self, parts: Parts) -> tree.Over:
        return tree.Over(self._span(parts), parts[1], parts[2])

    # Statements

    def let(self, parts: Parts) -> tree.Let:
        return tree.Let(self._span(parts), parts[1], parts[3])

    def assignment(self, parts: Parts) -> tree.Assign:
        targets, value = parts
        for target in targets:
            self._check_target(target)
        return tree.Assign(self._span([targets[0], value]), targets, value)

    def _check_target(self, target: tree.Expression) -> None:
        is_name = isinstance(target, tree.Name)
        if is_name and self.source.text[target.span.start] != "(":
            return
        tupled = is_name or isinstance(target, tree.Tuple)
        help = (
            "leave out the brackets: `a, b = ...`" if tupled else "write `name = ...`"
        )
        message = "only a name can stand on the left of `=`"
        label = Label(target.span, "not a name")
        raise Failure([Diagnostic(NOT_A_TARGET, message, (label,), help)])

    def result(self, parts: Parts) -> tree.Result:
        (values,) = parts
        return tree.Result(self._span([values[0], values[-1]]), values)

    def declared(self, parts: Parts) -> tree.Declared:
        axes = self._axes(parts)
        default = parts[-1] if type(parts[-2:][0]) is Piece else None
        return tree.Declared(self._span(parts), parts[0], axes, default)

    def state(self, parts: Parts) -> tree.State:
        return tree.State(self._span(parts), _nodes(parts[1:]))

    def param(self, parts: Parts) -> tree.Param:
        return tree.Param(self._span(parts), _nodes(parts[1:]))

    def values(self, parts: Parts) -> tuple[tree.Expression, ...]:
        return tuple(parts)

    statements = arguments = inputs = block_inputs = values
    outputs = parameters = values

    def body(self, parts: Parts) -> tree.Body:
        statements = parts[1] if len(parts) == 3 else ()
        return tree.Body(self._span(parts), statements)

    # Types and declarations

    axes = list

    def _axes(self, parts: Parts) -> tuple[tree.Expression, ...] | None:
        """What stands in the brackets after a name, if they are there."""
        has_axes = len(parts) > 1 and isinstance(parts[1], tree.List)
        return parts[1].items if has_axes else None

    def type(self, parts: Parts) -> tree.TypeText:
        clauses = {
            token.type: following
            for token, following in zip(parts, [*parts[1:], None], strict=True)
            if type(token) is Piece
        }
        return tree.TypeText(
            self._span(parts),
            parts[0],
            self._axes(parts) or (),
            bound=clauses.get("LESS"),
            pad=clauses.get("PAD"),
            ragged="RAGGED" in clauses,
        )

    def input(self, parts: Parts) -> tree.Input:
        return tree.Input(self._span(parts), parts[0], parts[1])

    def block_input(self, parts: Parts) -> tree.Input:
        kind = parts[1] if len(parts) == 2 else None
        return tree.Input(self._span(parts), parts[0], kind)

    def output(self, parts: Parts) -> tree.Output:
        name = parts[0] if len(parts) == 2 else None
        return tree.Output(self._span(parts), name, parts[-1])

    def parameter(self, parts: Parts) -> tree.Parameter:
        name, *rest = _nodes(parts)
        kind = rest.pop(0) if parts[1].type == "COLON" else None
        default = rest[0] if rest else None
        return tree.Parameter(self._span(parts), name, kind, default)

    def model(self, parts: Parts) -> tree.Model:
        inputs = parts[3] if isinstance(parts[3], tuple) else ()
        outputs, body = parts[-2:]
        return tree.Model(self._span(parts), parts[1], inputs, outputs, body)

    def block(self, parts: Parts) -> tree.Block:
        parameters, inputs = _head(parts)
        return tree.Block(self._span(parts), parts[1], parameters, inputs, parts[-1])

    def cell(self, parts: Parts) -> tree.Cell:
        parameters, inputs = _head(parts)
        return tree.Cell(self._span(parts), parts[1], parameters, inputs, parts[-1])

    def constant(self, parts: Parts) -> tree.Const:
        return tree.Const(self._span(parts), parts[1], parts[3])

    def import_file(self, parts: Parts) -> tree.Import:
        return tree.Import(self._span(parts), parts[1])

    def file(self, parts: Parts) -> tree.File:
        whole = Span(self.source, 0, len(self.source.text))
        return tree.File(whole, tuple(parts))
