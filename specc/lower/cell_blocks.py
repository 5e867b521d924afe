"""Blocks inside a cell: their layers, under their names, on the values of a step."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    MISSING_OPTION,
    NOT_A_NUMBER,
    NOT_YET,
    RECURSIVE_BLOCK,
    TOO_LARGE,
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
from specc.lower.constants import Number, evaluate
from specc.lower.library import library_blocks
from specc.lower.walk import names_in
from specc.lower.wording import counted, number_text, shown
from specc.syntax import tree
from specc.text import Span

MOST_TURNS = 1_000
MOST_TERMS = 20_000
Numbers = tuple[int, ...]


class BlockRunner:
    """Runs the blocks that one cell names."""

    def __init__(self, flows: Flows, sink: Sink) -> None:
        self.flows, self.sink = flows, sink

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
        active = (*self.flows.active, block)
        context = Context(inner, dict(layers), paths, block.file.blocks, active)
        with self.flows.within(context, paths):
            return self._body(call, block, (*terms, *given))

    def loop(self, written: tree.For | tree.Each, terms: Numbers) -> Numbers | None:
        """`for` in series, with new weights each time; `each` side by side."""
        counted_ = written.range if isinstance(written, tree.For) else written.items
        numbers = self._turns(counted_)
        body = self._braces(written.body)
        name, flows = written.variable, self.flows
        if name.text in flows.scope.names or flows.scope.is_value(name.text):
            message = f"`{name.text}` already names something here"
            help = "choose another name"
            self.sink.report(DUPLICATE_NAME, name.span, message, help=help)
            return None
        if numbers is None or body is None:
            return None
        found: Numbers | None = terms
        beside: Numbers = ()
        for number in numbers:
            names = {**flows.scope.names, name.text: number}
            scope = replace(flows.scope, names=names)
            with flows.within(replace(flows.context(), scope=scope), flows.names):
                found = None if found is None else flows.series(body, found)
            if found is None or self._is_too_long(written.span):
                return None
            if isinstance(written, tree.Each):
                beside, found = (*beside, *found), terms
        return beside or found

    def _is_too_long(self, span: Span) -> bool:
        """Whether loops in each other have made too much, which is then reported."""
        if len(self.flows.scope.terms.all) <= MOST_TERMS:
            return False
        message = f"a cell has more than {MOST_TERMS:,} operations"
        self.sink.report(TOO_LARGE, span, message)
        return True

    def _turns(self, written: tree.Expression) -> Sequence[Number] | None:
        """What the variable of a loop goes through; None where that was reported.

        A number of turns that is not known yet stands for one.
        """
        if isinstance(written, tree.List):
            items = [self._number(item) for item in written.items]
            known = [item for item in items if item is not None]
            return known if len(known) == len(items) and known else None
        count = self._number(written)
        if count is None or (isinstance(count, int) and 1 <= count <= MOST_TURNS):
            return None if count is None else range(int(count))
        message = f"a loop inside a cell runs 1 to {MOST_TURNS:,} times, "
        message += f"found {number_text(count)}"
        self.sink.report(NOT_A_NUMBER, written.span, message)
        return None

    def _number(self, written: tree.Expression) -> Number | None:
        scope = self.flows.scope
        if scope.unknown & names_in(written):
            return 1
        return evaluate(written, scope.names, self.sink)

    def _braces(self, body: tree.Body) -> tuple[tree.Expression, ...] | None:
        """The layers of a body in braces, which is one flow."""
        one = body.statements[0] if len(body.statements) == 1 else None
        if isinstance(one, tree.Result) and len(one.values) == 1:
            return steps_of(one.values[0])
        message = "a body in braces is one flow of layers"
        self.sink.report(WRONG_PLACE, body.span, message)
        return None

    def _is_circle(self, block: Block, call: tree.Call) -> bool:
        active = self.flows.active
        if block not in active:
            return False
        names = [one.block.name.text for one in (*active[active.index(block) :], block)]
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
        if message:
            self.sink.report(WRONG_PLACE, body.span, message)
        steps = None if message else self._braces(body)
        binder.broken |= steps is None
        if steps is not None:
            found[block.layers[-1]] = Bound(steps, self.flows.context())

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
