"""Flows inside a cell: layers applied to its values, and other cells advanced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from specc.diagnostics import Sink, did_you_mean
from specc.diagnostics.codes import (
    EXTRA_AXIS,
    NO_FEATURES,
    NO_TIME_AXIS,
    NOT_YET,
    OPEN_SHAPE,
    UNKNOWN_LAYER,
    WRONG_ARITY,
    WRONG_OPTION,
    WRONG_PLACE,
)
from specc.ir.op import IllTyped, Op
from specc.ir.types import Axis, Type, features
from specc.lower.binder import Binder, make_op
from specc.lower.cell_names import PathNames
from specc.lower.cell_step import Stepper
from specc.lower.cell_terms import AppliedLayer, Term
from specc.lower.language import is_future, is_layer_name, layer_words
from specc.lower.options import op_options
from specc.lower.wording import counted
from specc.ops import find_layer, find_op
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.text import Span

if TYPE_CHECKING:
    from specc.lower.cell_equations import Equations

VECTOR_OPS = ("softmax", "concat")
UNFIT = frozenset(("dropout", "spatial_dropout", "noise", "batchnorm"))
"""Layers that draw at random or keep statistics: not at the steps of a cell."""
RANKS = (NO_TIME_AXIS, NO_FEATURES, EXTRA_AXIS)
STEP_HELP = "apply it outside, to what the cell gives at every step"


class Flows:
    """Applies layers to the terms of one cell."""

    def __init__(
        self, equations: Equations, names: PathNames, stepper: Stepper, sink: Sink
    ) -> None:
        self.equations, self.names, self.sink = equations, names, sink
        self.terms, self.stepper = equations.terms, stepper

    def run(self, flow: tree.Flow) -> tuple[int, ...] | None:
        """The terms a flow gives; None where something was reported."""
        first, *steps = flow.steps
        items = first.items if isinstance(first, tree.Tuple) else (first,)
        found = self.equations.all(items)
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
        if isinstance(step, tree.Name) and not step.primed:
            step = tree.Call(step.span, step, (), None, bare=True)
        if not isinstance(step, tree.Call) or step.body is not None:
            message = "only a layer can stand here inside a cell"
            self.sink.report(WRONG_PLACE, step.span, message)
            return None
        if step.function.text == "step":
            return self.stepper.advance(step, terms, label)
        found = self._one(step, terms, label)
        return None if found is None else (found,)

    def _one(
        self, call: tree.Call, terms: tuple[int, ...], label: tree.Name | None
    ) -> int | None:
        name = self.equations.function(call.function.text)
        if name in FUNCTIONS or name in VECTOR_OPS:
            if call.arguments or label is not None:
                message = f"`{name}` takes no options and no label inside a cell"
                self.sink.report(WRONG_OPTION, call.span, message)
                return None
            if name in VECTOR_OPS:
                return self.equations.vector_op(name, list(terms), call.span)
            if len(terms) == 1:
                return self.equations.apply_function(name, terms[0], call.span)
            self._wrong_count(name, 1, len(terms), call.span)
            return None
        return self.layer(call, terms, label)

    def layer(
        self, call: tree.Call, terms: tuple[int, ...], label: tree.Name | None = None
    ) -> int | None:
        """A layer of the language on some terms, and on the values in its call."""
        name = call.function.text
        if not self._is_known(call):
            return None
        op_type = find_op(name)
        assert op_type is not None, "a layer's name"
        binder = Binder(name, op_options(op_type), self.sink)
        values = self.names.bind(call, binder, self.equations)
        given = self.equations.all(values)
        if given is None:
            return None
        scratch = Sink()
        binder.sink = scratch
        op = make_op(op_type, binder, call.span)
        if op is None and not self.names.guessed(call, self.equations):
            for diagnostic in scratch.diagnostics:
                self.sink.add(diagnostic)
            return None
        path = self.names.path(name, label)
        if path is None:
            return None
        return self._add(op, (*given, *terms), path, call)

    def _is_known(self, call: tree.Call) -> bool:
        name = call.function.text
        if name in UNFIT or is_future(name):
            message = f"`{name}` inside a cell has no meaning yet"
            self.sink.report(NOT_YET, call.span, message)
        elif name == "bi" or self.stepper.knows(name):
            message = f"`{name}` runs along time; inside a cell it makes one step"
            advance = f"write `(x, h, ...) -> step({name}(...))`"
            if name == "bi":
                advance = "`bi` needs the whole sequence: use it outside the cell"
            self.sink.report(WRONG_PLACE, call.span, message, help=advance)
        elif find_layer(name) is not None:
            return True
        elif is_layer_name(name):
            message = f"`{name}` inside a cell has no meaning yet"
            self.sink.report(NOT_YET, call.span, message)
        else:
            message = f"no layer is called `{name}`"
            help = did_you_mean(name, layer_words())
            self.sink.report(UNKNOWN_LAYER, call.function.span, message, help=help)
        return False

    def _add(
        self, op: Op | None, terms: tuple[int, ...], path: str, call: tree.Call
    ) -> int | None:
        name, span = call.function.text, call.span
        if op is None:  # an option that has no number before the cell is used
            return self._open_vector(terms, span)
        least, most = op.arity()
        if not least <= len(terms) <= most:
            self._wrong_count(name, least, len(terms), span)
            return None
        if getattr(op, "frozen", False):
            message = f"`{name}` cannot be frozen inside a cell"
            help = "a recurrent layer is frozen as a whole: `lstm(64, frozen)`"
            self.sink.report(WRONG_OPTION, span, message, help=help)
            return None
        if not all(self.terms[term].varies for term in terms):
            message = f"`{name}` works on values of a step, not on weights alone"
            self.sink.report(WRONG_PLACE, span, message, help="apply it to a value")
            return None
        for term in terms:
            self.terms.used_as(term, "scale")
        sizes = self._result(op, terms, call)
        if sizes is None:
            return None
        made = Term("layer", name, terms, sizes, span, layer=AppliedLayer(op, path))
        made.recurrent = any(self.terms[term].recurrent for term in terms)
        if any(size in self.terms.sizes.opens for size in sizes):
            masks = [self.terms[term].mask for term in terms]
            made.mask = next((mask for mask in masks if mask is not None), None)
        return self.terms.add(made)

    def _result(
        self, op: Op, terms: tuple[int, ...], call: tree.Call
    ) -> tuple[int, ...] | None:
        """The sizes of a layer's result.

        Sizes that are not known yet take part as numbers that stand for them.
        """
        types = [self._type(term) for term in terms]
        unsure = self.names.guessed(call, self.equations) or any(
            self.terms.sizes.number(size) is None and size not in self.terms.sizes.opens
            for term in terms
            for size in self.terms.axes(term)
        )
        try:
            result = op.result(*types)
        except IllTyped as error:
            return self._refused(error, unsure, terms, call)
        assert isinstance(result, Type), "a layer in a cell has one result"
        if result.ragged and op.mask(*types) is not None:
            message = f"`{op.name()}` over steps with a mask has no meaning in a cell"
            self.sink.report(NOT_YET, call.span, message, help=STEP_HELP)
            return None
        sizes = [self._size(axis, terms) for axis in result.axes]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            message = "this layer's width does not follow from what stands above"
            help = "give the weights before it sizes, as in `param W[units, 8]`"
            self.sink.report(OPEN_SHAPE, call.span, message, help=help)
            return None
        return tuple(known)

    def _refused(
        self, error: IllTyped, unsure: bool, terms: tuple[int, ...], call: tree.Call
    ) -> tuple[int, ...] | None:
        name = call.function.text
        if error.code in RANKS:
            found = " and ".join(self.terms.describe(term) for term in terms)
            message = f"`{name}` runs along a sequence, but here it is given {found}"
            help = f"a value inside a cell is one step; {STEP_HELP}"
            self.sink.report(error.code, call.span, message, help=help)
            return None
        if unsure:  # said where the cell is used, and the sizes are known
            return (self.terms.sizes.new(given=True),)
        self.sink.report(error.code, call.span, error.message, help=error.help)
        return None

    def _open_vector(self, terms: tuple[int, ...], span: Span) -> int:
        sizes = (self.terms.sizes.new(given=True),)
        return self.terms.add(Term("op", "open", terms, sizes, span))

    def _type(self, term: int) -> Type:
        sizes = self.terms.sizes
        axes = [
            sizes.opens.get(size)
            or features(sizes.number(size) or self.names.stand_in(size, sizes))
            for size in self.terms.axes(term)
        ]
        return Type(dtype="float", axes=tuple(axes))

    def _size(self, axis: Axis, terms: Sequence[int]) -> int | None:
        """The size of a result's axis, as one of the operands' where it is that."""
        sizes, number = self.terms.sizes, axis.size.fixed
        if number is None or axis.ragged:
            given = (size for term in terms for size in self.terms.axes(term))
            same = [size for size in given if sizes.opens.get(size) == axis]
            return same[0] if same else sizes.of_axis(axis)
        meant = self.names.meant(number, sizes)
        if meant is not None:
            return meant
        if not self.names.is_stand_in(number):
            return sizes.new(number)
        return sizes.new(given=True) if self.equations.unknown else None

    def _wrong_count(self, name: str, wanted: int, found: int, span: Span) -> None:
        message = f"`{name}` takes {counted(wanted, 'value')}, found {found}"
        self.sink.report(WRONG_ARITY, span, message)
