"""Flows inside a cell: layers applied to its values, and other cells advanced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Protocol

from msgspec import Struct

from specc.diagnostics import Sink
from specc.diagnostics.codes import (
    WRONG_OPTION,
    WRONG_PLACE,
)
from specc.lower.cell_layers import Layers, report_count
from specc.lower.cell_names import PathNames
from specc.lower.cell_operators import VECTOR_OPS, Operators
from specc.lower.cell_parameters import Block
from specc.lower.cell_scope import CellScope
from specc.lower.cell_step import Evaluate, Stepper
from specc.ops.function import FUNCTIONS
from specc.syntax import tree


class Blocks(Protocol):
    """The blocks that a cell can use."""

    def knows(self, name: str) -> bool: ...

    def run(
        self, call: tree.Call, terms: tuple[int, ...], label: tree.Name | None
    ) -> tuple[int, ...] | None: ...

    def loop(
        self, written: tree.For | tree.Each, terms: tuple[int, ...]
    ) -> tuple[int, ...] | None: ...


class Context(Struct, frozen=True):
    """What the names of one body stand for.

    `active`: the blocks whose bodies it stands in, the outermost first.
    """

    scope: CellScope
    lets: dict[str, Bound]
    paths: PathNames
    blocks: Mapping[str, Block | None]
    active: tuple[Block, ...] = ()


class Bound(Struct, frozen=True):
    """Layers under a name. `context`: where they were written, None for a `let`."""

    steps: tuple[tree.Expression, ...]
    context: Context | None = None


def steps_of(written: tree.Expression) -> tuple[tree.Expression, ...]:
    """The layers of a flow, or the only one."""
    return written.steps if isinstance(written, tree.Flow) else (written,)


class Flows:
    """Applies layers to the terms of one cell."""

    def __init__(
        self,
        scope: CellScope,
        operators: Operators,
        evaluate: Evaluate,
        names: PathNames,
        stepper: Stepper,
        sink: Sink,
    ) -> None:
        self.scope, self.operators, self.evaluate = scope, operators, evaluate
        self.names, self.stepper, self.sink = names, stepper, sink
        self.paths = names
        self.layers = Layers(scope, evaluate, stepper, sink)
        self.lets: dict[str, Bound] = {}
        self.file_blocks = stepper.chain[-1].blocks
        self.active: tuple[Block, ...] = ()
        self.blocks: Blocks

    def apply_bound(self, name: str, terms: tuple[int, ...]) -> tuple[int, ...] | None:
        """What the layers under a name give; those of a `let` have the same weights."""
        bound = self.lets[name]
        if bound.context is not None:
            with self.within(bound.context, self.names):
                return self.series(bound.steps, terms)
        before = self.names
        self.names = self.paths.bound(name, len(bound.steps) == 1)
        shared = not any(self._is_step(step) for step in bound.steps)
        found = self.series(bound.steps, terms) if shared else None
        self.names = before
        return found

    def series(
        self, steps: Sequence[tree.Expression], terms: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """What layers one after the other give."""
        found: tuple[int, ...] | None = terms
        for step in steps:
            if found is not None:
                found = self._apply(step, found)
        return found

    def context(self) -> Context:
        """What names stand for here, for layers that are applied elsewhere."""
        scope = copy(self.scope)
        return Context(scope, self.lets, self.paths, self.file_blocks, self.active)

    @contextmanager
    def within(self, context: Context, names: PathNames) -> Iterator[None]:
        """Read expressions of another body; its layers get these paths."""
        before, before_names = self.context(), self.names
        self.lets, self.paths = context.lets, context.paths
        self.file_blocks, self.names = context.blocks, names
        self.active = context.active
        with self.scope.become(context.scope):
            yield
        self.lets, self.paths = before.lets, before.paths
        self.file_blocks, self.names = before.blocks, before_names
        self.active = before.active

    def _is_step(self, step: tree.Expression) -> bool:
        """Whether a shared layer would be a step, which is then reported."""
        if not isinstance(step, tree.Call) or step.function.text != "step":
            return False
        message = "`let` binds layers, and `step` is none"
        help = "write the step where it is made; a cell of its own shares the layers"
        self.sink.report(WRONG_PLACE, step.span, message, help=help)
        return True

    def run(self, flow: tree.Flow) -> tuple[int, ...] | None:
        """The terms a flow gives; None where something was reported."""
        first, *steps = flow.steps
        items = first.items if isinstance(first, tree.Tuple) else (first,)
        found = self.evaluate(items)
        for step in steps:
            if found is None:
                return None
            found = self._apply(step, found)
        return found

    def _apply(
        self, step: tree.Expression, terms: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        label = step.label if isinstance(step, tree.Labelled) else None
        step = step.value if isinstance(step, tree.Labelled) else step
        if isinstance(step, tree.Name) and step.text in self.lets and label is None:
            return self.apply_bound(step.text, terms)
        if isinstance(step, tree.Name) and not step.primed:
            step = tree.Call(step.span, step, (), None, bare=True)
        if isinstance(step, tree.Call) and self.blocks.knows(step.function.text):
            return self.blocks.run(step, terms, label)
        if isinstance(step, tree.For | tree.Each):
            return self.blocks.loop(step, terms)
        if not isinstance(step, tree.Call) or step.body is not None:
            message = "only a layer can stand here inside a cell"
            self.sink.report(WRONG_PLACE, step.span, message)
            return None
        if step.function.text == "step":
            return self.stepper.advance(step, terms, label, self.evaluate)
        found = self._one(step, terms, label)
        return None if found is None else (found,)

    def _one(
        self, call: tree.Call, terms: tuple[int, ...], label: tree.Name | None
    ) -> int | None:
        name = self.scope.function(call.function.text)
        if name in FUNCTIONS or name in VECTOR_OPS:
            if call.arguments or label is not None:
                message = f"`{name}` takes no options and no label inside a cell"
                self.sink.report(WRONG_OPTION, call.span, message)
                return None
            if name in VECTOR_OPS:
                return self.operators.vector_op(name, list(terms), call.span)
            if len(terms) == 1:
                return self.operators.apply_function(name, terms[0], call.span)
            report_count(self.sink, name, (1, 1), len(terms), call.span)
            return None
        return self.layer(call, terms, label)

    def layer(
        self, call: tree.Call, terms: tuple[int, ...], label: tree.Name | None = None
    ) -> int | None:
        """A layer of the language on some terms, and on the values in its call."""
        return self.layers.layer(call, terms, label, self.names)
