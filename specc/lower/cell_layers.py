"""Layers inside a cell: their options, their weights' paths, the sizes they give."""

from __future__ import annotations

from collections.abc import Sequence

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
from specc.lower.cell_scope import CellScope
from specc.lower.cell_step import Evaluate, Stepper
from specc.lower.cell_terms import AppliedLayer, Term
from specc.lower.language import is_layer_name, layer_words
from specc.lower.options import op_options
from specc.lower.wording import ranged
from specc.ops import find_layer, find_op
from specc.syntax import tree
from specc.text import Span

UNFIT = frozenset(("dropout", "spatial_dropout", "noise", "batchnorm", "split"))
"""Layers that draw at random, keep statistics or give several values."""
RANKS = (NO_TIME_AXIS, NO_FEATURES, EXTRA_AXIS)
STEP_HELP = "apply it outside, to what the cell gives at every step"


class Layers:
    """Applies the layers of the language to the terms of one cell."""

    def __init__(
        self, scope: CellScope, evaluate: Evaluate, stepper: Stepper, sink: Sink
    ) -> None:
        self.scope, self.terms, self.evaluate = scope, scope.terms, evaluate
        self.stepper, self.sink = stepper, sink

    def layer(
        self,
        call: tree.Call,
        terms: tuple[int, ...],
        label: tree.Name | None,
        names: PathNames,
    ) -> int | None:
        """A layer of the language on some terms, and on the values in its call.

        `names` gives it the path of its weights.
        """
        name = call.function.text
        if not self._is_known(call):
            return None
        op_type = find_op(name)
        assert op_type is not None, "a layer's name"
        binder = Binder(name, op_options(op_type), self.sink)
        values = names.bind(call, binder, self.scope)
        given = self.evaluate(values)
        if given is None:
            return None
        scratch = Sink()
        binder.sink = scratch
        op = make_op(op_type, binder, call.span)
        if op is None and not names.guessed(call, self.scope):
            for diagnostic in scratch.diagnostics:
                self.sink.add(diagnostic)
            return None
        path = names.path(name, label)
        if path is None:
            return None
        return self._add(op, (*given, *terms), path, call, names)

    def _is_known(self, call: tree.Call) -> bool:
        name = call.function.text
        if name in UNFIT:
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
        self,
        op: Op | None,
        terms: tuple[int, ...],
        path: str,
        call: tree.Call,
        names: PathNames,
    ) -> int | None:
        name, span = call.function.text, call.span
        if op is None:  # an option that has no number before the cell is used
            unknown = self._open_sizes(terms)
            return self.terms.add(Term("op", "open", terms, unknown, span))
        least, most = op.arity()
        if not least <= len(terms) <= most:
            report_count(self.sink, name, (least, most), len(terms), span)
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
        sizes = self._result(op, terms, call, names)
        if sizes is None:
            return None
        made = Term("layer", name, terms, sizes, span, layer=AppliedLayer(op, path))
        made.recurrent = any(self.terms[term].recurrent for term in terms)
        if any(size in self.terms.sizes.opens for size in sizes):
            masks = [self.terms[term].mask for term in terms]
            made.mask = next((mask for mask in masks if mask is not None), None)
        return self.terms.add(made)

    def _result(
        self, op: Op, terms: tuple[int, ...], call: tree.Call, names: PathNames
    ) -> tuple[int, ...] | None:
        """The sizes of a layer's result.

        Sizes that are not known yet take part as numbers that stand for them.
        """
        types = [self._type(term, names) for term in terms]
        unsure = names.guessed(call, self.scope) or any(
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
        sizes = [self._size(axis, terms, names) for axis in result.axes]
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
            return self._open_sizes(terms)
        self.sink.report(error.code, call.span, error.message, help=error.help)
        return None

    def _open_sizes(self, terms: tuple[int, ...]) -> tuple[int, ...]:
        """Sizes that nothing is known of, for as many axes as the first value has."""
        axes = self.terms.axes(terms[0]) if terms else (0,)
        return tuple(self.terms.sizes.new(given=True) for _ in axes)

    def _type(self, term: int, names: PathNames) -> Type:
        sizes = self.terms.sizes
        axes = [
            sizes.opens.get(size)
            or features(sizes.number(size) or names.stand_in(size, sizes))
            for size in self.terms.axes(term)
        ]
        return Type(dtype="float", axes=tuple(axes))

    def _size(self, axis: Axis, terms: Sequence[int], names: PathNames) -> int | None:
        """The size of a result's axis, as one of the operands' where it is that."""
        sizes, number = self.terms.sizes, axis.size.fixed
        if number is None or axis.ragged:
            given = (size for term in terms for size in self.terms.axes(term))
            same = [size for size in given if sizes.opens.get(size) == axis]
            return same[0] if same else sizes.of_axis(axis)
        meant = names.meant(number, sizes)
        if meant is not None:
            return meant
        if not names.is_stand_in(number):
            return sizes.new(number)
        return sizes.new(given=True) if self.scope.unknown else None


def report_count(
    sink: Sink, name: str, wanted: tuple[int, int], found: int, span: Span
) -> None:
    """Report a layer that is given more or fewer values than it takes."""
    message = f"`{name}` takes {ranged(*wanted, 'value')}, found {found}"
    sink.report(WRONG_ARITY, span, message)
