"""Axes as arguments: `softmax(T)`, `concat(a, b, T - 2)`, `contract(a, b, d)`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from specc.diagnostics import Label, Sink, did_you_mean
from specc.diagnostics.codes import REPEATED_OPTION, UNKNOWN_NAME
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.lower.apply import Applier
from specc.lower.constants import is_constant
from specc.lower.language import is_layer_name
from specc.lower.options import AXIS
from specc.lower.scope import Scope
from specc.lower.sizes import output_size
from specc.lower.things import Broken, Bundle, Deferred, Layer, OpLayer, Thing, Value
from specc.lower.walk import names_in
from specc.syntax import tree


def has_axis(op: type[Op]) -> bool:
    """Whether a layer can be told the axis to go along."""
    return AXIS in op.__struct_fields__


def along(layer: OpLayer, axis: Size, applier: Applier) -> Layer:
    """The layer along an axis, which is found where values flow in."""

    def run(thing: Thing) -> Thing:
        op = layer.op
        items = thing.items if isinstance(thing, Bundle) else (thing,)
        values = [item for item in items if isinstance(item, Value)]
        least, most = op.arity()
        if len(values) == len(items) and least <= len(items) <= most:
            try:
                op = op.along(axis, *(value.type for value in values))
            except IllTyped as error:
                refs = [value.ref for value in values]
                applier.builder.refuse(error, refs, layer.span)
                return Broken()
        return applier.apply(replace(layer, op=op), thing, layer.span)

    return Deferred(run, layer.span, named=True)


class NamedAxes:
    """Reads the axes among the arguments of the calls in one body."""

    def __init__(self, scope: Scope, sink: Sink) -> None:
        self.scope, self.sink = scope, sink

    def take(
        self, call: tree.Call, words: Sequence[str] = ()
    ) -> tuple[Size | None, tuple[tree.Argument, ...], bool]:
        """The axis a call names, its other arguments, and whether all is well.

        `words`: what else the layer can be told, which stays an argument.
        """
        axes = [given for given in call.arguments if self._is_axis(given)]
        rest = tuple(given for given in call.arguments if given not in axes)
        if len(axes) > 1:
            self.sink.report(
                REPEATED_OPTION,
                axes[1].span,
                f"`{call.function.text}` goes along one axis, found {len(axes)}",
                others=(Label(axes[0].span, "the first is here"),),
                help="leave one out",
            )
            return None, rest, False
        if not axes or self._unknown_name(axes[0].value) in words:
            return None, call.arguments, True
        found = self._size(axes[0].value, words)
        return found, rest, found is not None

    def _size(self, written: tree.Expression, words: Sequence[str]) -> Size | None:
        """The size of an axis; None where it was reported."""
        lengths, constants = self.scope.lengths, self.scope.constants
        unknown = self._unknown_name(written)
        if unknown is not None:
            self.sink.report(
                UNKNOWN_NAME,
                written.span,
                f"no axis is called `{unknown}`",
                help=did_you_mean(unknown, {*lengths, *words}),
            )
            return None
        size = output_size(written, constants, frozenset(lengths), self.sink)
        return None if size is None else size.replace(lengths)

    def _unknown_name(self, written: tree.Expression) -> str | None:
        """The name that an argument is, if it is that of no length or constant."""
        if not isinstance(written, tree.Name) or self._is_known(written.text):
            return None
        return written.text

    def _is_known(self, name: str) -> bool:
        return name in self.scope.lengths or name in self.scope.constants

    def _is_axis(self, given: tree.Argument) -> bool:
        """Whether an argument is an axis: lengths and numbers, or a name of nothing."""
        if given.name is not None:
            return given.name.text == AXIS
        written, scope = given.value, self.scope
        if is_constant(written, scope.constants):
            return True
        if isinstance(written, tree.Name) and not written.primed:
            file = scope.file
            taken = {*scope.names, *file.cells, *file.blocks}
            return written.text not in taken and not is_layer_name(written.text)
        names = names_in(written) - {"ceil"}
        return bool(names) and all(
            name not in scope.names and self._is_known(name) for name in names
        )
