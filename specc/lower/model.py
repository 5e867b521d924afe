"""One model: its head, then its body, then one held against the other."""

from __future__ import annotations

import keyword

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import DUPLICATE_NAME, PYTHON_NAME, TOO_LARGE
from specc.ir.graph import Model, Node, Output, Ref, place_name
from specc.ir.size import Size
from specc.ir.types import Type
from specc.lower.apply import Applier
from specc.lower.body import Body
from specc.lower.builder import Builder
from specc.lower.looking_ahead import check_looking_ahead
from specc.lower.outputs import check_outputs
from specc.lower.scope import FileNames, Scope
from specc.lower.things import Broken, Value
from specc.lower.types import lower_type
from specc.lower.walk import given_names, names_in
from specc.ops.input import Input
from specc.syntax import tree
from specc.text import Span


def lower_model(
    declared: tree.Model, names: FileNames, origin: tuple[str, str], sink: Sink
) -> Model | None:
    """The model; None where something was reported. `origin`: file name and hash."""
    found = Sink()
    try:
        model = _ModelLowerer(declared, names, found).lower(origin)
    except RecursionError:
        message = "blocks, loops and layers stand too deep in each other"
        found.report(TOO_LARGE, declared.name.span, message)
        model = None
    for diagnostic in found.diagnostics:
        sink.add(diagnostic)
    return model


def check_surface_name(name: tree.Name, sink: Sink) -> None:
    """Refuse a name that is part of a program's surface and cannot be one."""
    if not keyword.iskeyword(name.text) and not name.text.startswith("__"):
        return
    sink.report(
        PYTHON_NAME,
        name.span,
        f"`{name.text}` cannot be a name in the generated program",
        help=f"choose another, such as `{name.text.strip('_') or 'x'}_`",
    )


class _ModelLowerer:
    """Lowers one model."""

    def __init__(self, declared: tree.Model, names: FileNames, sink: Sink) -> None:
        self.declared, self.sink = declared, sink
        self.scope = Scope(names, sink)
        self.builder = Builder(_reserved(declared), sink)

    def lower(self, origin: tuple[str, str]) -> Model | None:
        refs = [self._input(given) for given in self.declared.inputs]
        self._check_masks()
        expected = [self._output_type(output) for output in self.declared.outputs]
        self._check_output_names()
        applier = Applier(self.builder, self.sink)
        body = Body(self.scope, self.builder, applier, self.sink)
        results = body.lower(self.declared.body, self.declared.outputs)
        if results is not None:
            check_outputs(self.declared, expected, results, self.sink)
        if results is not None and not self.sink.failed:
            self.scope.check_used(self.builder.nodes, results)
            check_looking_ahead(self.builder.nodes, self.sink)
        if results is None or self.sink.failed:
            return None
        names = [output.name for output in self.declared.outputs]
        return Model(
            name=self.declared.name.text,
            nodes=tuple(self.builder.nodes),
            inputs=tuple(ref for ref in refs if ref is not None),
            outputs=tuple(
                Output(name=name.text if name else "", ref=result.ref)
                for name, result in zip(names, results, strict=True)
            ),
            source=origin[0],
            sha256=origin[1],
            span=self.declared.name.span,
        )

    # The head

    def _input(self, given: tree.Input) -> Ref | None:
        check_surface_name(given.name, self.sink)
        assert given.type is not None, "the grammar gives a model's inputs types"
        type = lower_type(given.type, self.scope.constants, self.sink)
        if type is None:
            self.scope.declare(given.name, Broken())
            return None
        ref = Ref(len(self.builder.nodes))
        self.builder.nodes.append(
            Node(
                op=Input(type=type),
                inputs=(),
                types=(type,),
                name=given.name.text,
                span=given.span,
            )
        )
        for axis in type.axes:
            for name in axis.size.names:
                self.scope.lengths[name] = Size.named(name)
        if self.scope.declare(given.name, Value(ref, type)):
            self.builder.claim(given.name.text, given.name.span)
        return ref

    def _check_masks(self) -> None:
        """A mask that the caller gives is an input too, with a name of its own."""
        spans = {given.name.text: given.name.span for given in self.declared.inputs}
        for given in self.declared.inputs:
            mask = f"{given.name.text}_mask"
            if given.type is not None and given.type.ragged and mask in spans:
                self._duplicate(
                    spans[mask],
                    f"`{mask}` is the mask of `{given.name.text}`",
                    Label(given.span, "this input takes a mask"),
                )

    def _output_type(self, output: tree.Output) -> Type | None:
        written = [given.type for given in self.declared.inputs if given.type]
        lengths = frozenset[str]().union(*(names_in(type.axes) for type in written))
        if self.sink.failed:  # a length may be missing for what is wrong in an input
            lengths |= names_in(output.type.axes)
        return lower_type(output.type, self.scope.constants, self.sink, lengths)

    def _check_output_names(self) -> None:
        outputs = list(enumerate(self.declared.outputs, 1))
        # One without a name is called by its place, and no other may be called so.
        first = {place_name(n): o.span for n, o in outputs if o.name is None}
        for output in self.declared.outputs:
            if output.name is None:
                continue
            check_surface_name(output.name, self.sink)
            before = first.setdefault(output.name.text, output.name.span)
            if before is not output.name.span:
                message = f"two outputs are called `{output.name.text}`"
                label = Label(before, "the first is here")
                self._duplicate(output.name.span, message, label)

    def _duplicate(self, span: Span, message: str, label: Label) -> None:
        self.sink.report(
            DUPLICATE_NAME, span, message, others=(label,), help="choose another name"
        )


def _reserved(declared: tree.Model) -> frozenset[str]:
    """Names that the spec gives to inputs, masks and layers."""
    inputs = {given.name.text for given in declared.inputs}
    masks = {f"{name}_mask" for name in inputs}
    return frozenset(inputs | masks | given_names(declared.body))
