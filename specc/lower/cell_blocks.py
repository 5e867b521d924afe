"""Blocks inside a cell: their layers, under their names, on the values of a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    MISSING_OPTION,
    NOT_YET,
    RECURSIVE_BLOCK,
    WRONG_ARITY,
    WRONG_PLACE,
    WRONG_RESULTS,
)
from specc.lower.binder import Binder
from specc.lower.cell_arguments import own_arguments
from specc.lower.cell_flows import Bound, Context, Flows, steps_of
from specc.lower.cell_inputs import bind_term
from specc.lower.cell_names import PathNames
from specc.lower.cell_parameters import Block
from specc.lower.cell_scope import CellScope
from specc.lower.library import library_blocks
from specc.lower.walk import names_in
from specc.lower.wording import counted, shown
from specc.syntax import tree
from specc.text import Span

Numbers = tuple[int, ...]


class BlockRunner:
    """Runs the blocks that one cell names."""

    def __init__(self, flows: Flows, sink: Sink) -> None:
        self.flows, self.sink = flows, sink
        self.active: list[Block] = []

    def knows(self, name: str) -> bool:
        """Whether a name is a block of the file or of the standard library."""
        return name in self.flows.file_blocks or name in library_blocks()

    def run(
        self, call: tree.Call, terms: Numbers, label: tree.Name | None
    ) -> Numbers | None:
        """What a block gives for terms; None where something was reported."""
        name, scope = call.function.text, self.flows.scope
        own = self.flows.file_blocks
        block = own[name] if name in own else library_blocks()[name]
        if block is None or self._is_circle(block, call):
            return None
        options = tuple(parameter.option for parameter in block.parameters)
        binder = Binder(name, options, self.sink, others=block.layers)
        layers, values = self._layers(call, block, binder)
        arguments = own_arguments(call.span, block.parameters, binder)
        given = self.flows.evaluate(values)
        path = self.flows.names.path(name, label)
        if arguments is None or given is None or path is None:
            return None
        unknown = {
            parameter.name: scope.size_of_text(shown(found.span))
            for parameter in block.parameters
            if (found := binder.given.get(parameter.option.field)) is not None
            and scope.unknown & _names_at(call, found.span)
        }
        inner = CellScope(
            scope.terms,
            {**block.file.constants, **arguments},
            frozenset(unknown),
            written=dict(unknown),
        )
        paths = PathNames(f"{path}.", block.given, self.sink)
        context = Context(inner, dict(layers), paths, block.file.blocks)
        self.active.append(block)
        with self.flows.within(context, paths):
            result = self._body(call, block, (*terms, *given))
        self.active.pop()
        return result

    def _is_circle(self, block: Block, call: tree.Call) -> bool:
        if block not in self.active:
            return False
        names = [one.block.name.text for one in (*self.active, block)]
        circle = " -> ".join(f"`{name}`" for name in names)
        message = f"the block `{names[-1]}` would hold itself: {circle}"
        self.sink.report(RECURSIVE_BLOCK, call.span, message)
        return True

    # Arguments

    def _layers(
        self, call: tree.Call, block: Block, binder: Binder
    ) -> tuple[dict[str, Bound], Sequence[tree.Expression]]:
        """The layers a block is given, by name; and the values in its call."""
        context = self.flows.context()
        named = [a for a in call.arguments if a.name and a.name.text in block.layers]
        found = {
            a.name.text: Bound(steps_of(a.value), context) for a in named if a.name
        }
        if call.body is not None:
            self._trailing(call.body, block, found, binder)
        plain = tuple(a for a in call.arguments if a not in named)
        rest = self.flows.names.bind(
            replace(call, arguments=plain), binder, self.flows.scope
        )
        for name in block.layers:
            if name not in found and rest:
                found[name] = Bound(steps_of(rest.pop(0)), context)
        missing = [name for name in block.layers if name not in found]
        if missing and not binder.broken:
            binder.broken = True
            message = f"`{binder.layer}` needs the layer `{missing[0]}`"
            help = f"give it one in braces: `{binder.layer} {{ dense(64) }}`"
            self.sink.report(MISSING_OPTION, call.span, message, help=help)
        return found, rest

    def _trailing(
        self, body: tree.Body, block: Block, found: dict[str, Bound], binder: Binder
    ) -> None:
        """A body in braces behind the call is the last layer."""
        message = ""
        if not block.layers:
            message = f"`{binder.layer}` takes no body in braces"
        elif block.layers[-1] in found:
            message = f"`{block.layers[-1]}` of `{binder.layer}` is given twice"
        statements = body.statements
        one = statements[0] if len(statements) == 1 else None
        if not message and isinstance(one, tree.Result) and len(one.values) == 1:
            steps = steps_of(one.values[0])
            found[block.layers[-1]] = Bound(steps, self.flows.context())
            return
        binder.broken = True
        message = message or "a body in braces is one flow of layers"
        self.sink.report(WRONG_PLACE, body.span, message)

    # The body

    def _body(self, call: tree.Call, block: Block, terms: Numbers) -> Numbers | None:
        inputs, statements = block.block.inputs, block.block.body.statements
        last = statements[-1] if statements else None
        if not inputs and isinstance(last, tree.Result):
            for statement in statements[:-1]:
                if not self._statement(statement):
                    return None
            return self.flows.series(steps_of(last.values[0]), terms)
        if len(inputs) != len(terms):
            message = f"`{call.function.text}` takes {counted(len(inputs), 'value')}, "
            message += f"found {len(terms)}"
            self.sink.report(WRONG_ARITY, call.span, message)
            return None
        for given, term in zip(inputs, terms, strict=True):
            axes = None if given.type is None else given.type.axes
            scope = self.flows.scope
            scope.locals[given.name.text] = term
            if axes is not None and not bind_term(given.name.text, axes, term, scope):
                return None
        for statement in statements:
            if isinstance(statement, tree.Result):
                return self._several(statement.values)
            if not self._statement(statement):
                return None
        return None

    def _statement(self, statement: tree.Statement) -> bool:
        """Give a name its layers or values; False where something was reported."""
        if isinstance(statement, tree.Let):
            self.flows.lets[statement.name.text] = Bound(steps_of(statement.value))
            return True
        if not isinstance(statement, tree.Assign):
            message = "weights of a block inside a cell have no meaning yet"
            self.sink.report(NOT_YET, statement.span, message)
            return False
        found = self._several((statement.value,))
        if found is None:
            return False
        if len(found) != len(statement.targets):
            message = f"{len(statement.targets)} names stand for "
            message += counted(len(found), "value")
            self.sink.report(WRONG_RESULTS, statement.span, message)
            return False
        for target, term in zip(statement.targets, found, strict=True):
            self.flows.scope.locals[target.text] = term
        return True

    def _several(self, values: Sequence[tree.Expression]) -> Numbers | None:
        if len(values) == 1 and isinstance(values[0], tree.Flow):
            return self.flows.run(values[0])
        if len(values) == 1 and isinstance(values[0], tree.Tuple):
            values = values[0].items
        return self.flows.evaluate(values)


def _names_at(call: tree.Call, span: Span) -> frozenset[str]:
    """The names in the argument that stands at a place."""
    found = [a.value for a in call.arguments if a.value.span == span]
    return frozenset[str]().union(*(names_in(value) for value in found))
