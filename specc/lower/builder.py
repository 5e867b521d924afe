"""Builds a model's flat graph: every node typed, named and sharing weights as told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    NO_TIME_AXIS,
    SIZE_MISMATCH,
    TOO_LARGE,
)
from specc.ir.graph import Node, Ref
from specc.ir.op import IllTyped, Op
from specc.ir.types import Type
from specc.ops.recurrent import Recurrent
from specc.text import Span

NODE_LIMIT = 100_000


class Builder:
    """The nodes of one model so far."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.nodes: list[Node] = []
        self._owners: dict[str, int] = {}
        self._prefix: tuple[str, ...] = ()
        self._sharing = False
        self._label: str | None = None
        self._counts: dict[str, int] = {}
        self._labels: dict[str, Span] = {}

    def reserve(self, name: str, span: Span) -> None:
        """Keep a name from automatic layer names; labels may not take it either."""
        self._labels[name] = span

    def type_of(self, ref: Ref) -> Type:
        return self.nodes[ref.node].types[ref.output]

    def add(
        self, op: Op, inputs: Sequence[Ref], base: str, span: Span
    ) -> tuple[Ref, ...] | None:
        """Apply an op; None where its type rule refuses, which is then reported."""
        types = self.infer(op, [self.type_of(ref) for ref in inputs], inputs, span)
        if types is None:
            return None
        if len(self.nodes) >= NODE_LIMIT:
            message = f"the model has more than {NODE_LIMIT:,} layers"
            self.sink.report(TOO_LARGE, span, message)
            self.sink.stop_on_errors()
        name = self._name(base, span)
        owner = self._owners.get(name)
        weights = op.weights(*(self.type_of(ref) for ref in inputs))
        if owner is not None and self.nodes[owner].weights != weights:
            self._report_clash(owner, span)
            return None
        number = len(self.nodes)
        self.nodes.append(
            Node(
                op=op,
                inputs=tuple(inputs),
                types=types,
                name=name,
                span=span,
                weights=weights,
                owner=owner,
            )
        )
        self._owners.setdefault(name, number)
        return tuple(Ref(number, output) for output in range(len(types)))

    def infer(
        self, op: Op, types: Sequence[Type], inputs: Sequence[Ref], span: Span
    ) -> tuple[Type, ...] | None:
        """Types of an op's results; a refusal is reported with the input's origin."""
        try:
            result = op.result(*types)
        except IllTyped as error:
            self.refuse(error, inputs, span)
            return None
        return result if isinstance(result, tuple) else (result,)

    def refuse(self, error: IllTyped, inputs: Sequence[Ref], span: Span) -> None:
        """Report a type rule's refusal, with where its inputs come from."""
        origins = {
            self.nodes[ref.node].span: f"`{self.type_of(ref)}` comes from here"
            for ref in inputs
        }
        help = error.help
        if error.code is NO_TIME_AXIS and inputs:
            dropped = self._time_dropped(inputs[0])
            if dropped is not None:
                origins = {dropped.span: "the time axis ends here"}
                help = help or _keep_time(dropped)
        self.sink.report(
            error.code,
            span,
            error.message,
            label=error.label,
            others=tuple(Label(where, text) for where, text in origins.items()),
            help=help,
        )

    def name_value(self, ref: Ref, name: str) -> None:
        """Give a value the name the spec gives it, unless it has one."""
        node = self.nodes[ref.node]
        values = list(node.values) + [""] * (len(node.types) - len(node.values))
        if not values[ref.output]:
            values[ref.output] = name
            update = {"values": tuple(values)}
            self.nodes[ref.node] = node.model_copy(update=update)

    @contextmanager
    def labelled(self, label: str, span: Span) -> Iterator[None]:
        """Name the layers made inside; one name may be taken once."""
        if not self._prefix:
            taken = self._labels.get(label)
            if taken is not None or label in self._owners:
                where = taken or self.nodes[self._owners[label]].span
                self.sink.report(
                    DUPLICATE_NAME,
                    span,
                    f"`{label}` names two things",
                    others=(Label(where, "the first is here"),),
                    help="choose another label",
                )
        before, self._label = self._label, label
        yield
        self._label = before

    @contextmanager
    def shared(self, name: str, single: bool) -> Iterator[None]:
        """Layers made inside take their names, and weights, from a `let` binding."""
        before = self._prefix, self._sharing, self._label, self._counts
        self._sharing, self._counts = True, {}
        if single:
            self._label = name
        else:
            self._prefix, self._label = (*self._prefix, name), None
        yield
        self._prefix, self._sharing, self._label, self._counts = before

    def _name(self, base: str, span: Span) -> str:
        label, self._label = self._label, None
        if label is not None:
            return ".".join((*self._prefix, label))
        while True:
            count = self._counts.get(base, 0) + 1
            self._counts[base] = count
            short = base if count == 1 else f"{base}_{count}"
            name = ".".join((*self._prefix, short))
            free = name not in self._labels and name not in self._owners
            if self._sharing or free:
                return name

    def _report_clash(self, owner: int, span: Span) -> None:
        first = self.nodes[owner]
        found = ", ".join(str(self.type_of(ref)) for ref in first.inputs)
        self.sink.report(
            SIZE_MISMATCH,
            span,
            f"`{first.name}` shares its weights, but its inputs differ in width",
            others=(Label(first.span, f"first used on `{found}`"),),
            help="bind a second layer with `let` for inputs of another width",
        )

    def _time_dropped(self, ref: Ref) -> Node | None:
        """The node that took the time axis away on the way to a value, if any."""
        while True:
            node = self.nodes[ref.node]
            if not node.inputs:
                return None
            if self.type_of(node.inputs[0]).rank > node.types[ref.output].rank:
                return node
            ref = node.inputs[0]


def _keep_time(node: Node) -> str:
    """How the time axis could be kept at a node that drops it."""
    if isinstance(node.op, Recurrent) and node.op.final:
        return (
            f"`final` in `{node.span.text}` keeps the last output only; "
            "leave it out to keep every step"
        )
    return f"`{node.span.text}` removes the time axis; put it after the sequence layers"
