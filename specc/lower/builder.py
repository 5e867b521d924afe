"""Builds a model's flat graph: every node typed, named and sharing weights as told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from msgspec import Struct, field
from msgspec.structs import replace

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    SIZE_MISMATCH,
    TOO_LARGE,
    WRONG_PLACE,
)
from specc.ir.graph import Node, Ref
from specc.ir.op import IllTyped, Op
from specc.ir.size import Size
from specc.ir.types import Type
from specc.ir.weights import Weight
from specc.lower.origins import origins
from specc.ops.each_example import EachExample
from specc.ops.fold import Fold
from specc.ops.number import Number
from specc.ops.unfold import Unfold
from specc.syntax import tree
from specc.text import Span

NODE_LIMIT = 100_000


class Scope(Struct):
    """Where layers get their names: a prefix, and what was given out under it.

    `shared`: a use of a layer bound by `let`, which gives the same names each time.
    `reserved`: names that automatic ones keep clear of.
    """

    reserved: AbstractSet[str]
    prefix: str = ""
    shared: bool = False
    given: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)


class Builder:
    """The nodes of one model so far."""

    def __init__(self, reserved: AbstractSet[str], sink: Sink) -> None:
        self.sink = sink
        self.nodes: list[Node] = []
        self._owners: dict[str, int] = {}
        self._scope = Scope(reserved)
        self._label: str | None = None
        self._rows: dict[int, tuple[Size, ...]] = {}
        self._claims: dict[str, Span] = {}
        self._copies: dict[tuple[Ref, Ref], Ref] = {}
        self._called: dict[Ref, str] = {}
        self.use: Span | None = None
        """The step of a flow that is being lowered."""
        self.examples: Ref | None = None
        """A value that has the rows of what is being lowered."""

    def type_of(self, ref: Ref) -> Type:
        return self.nodes[ref.node].types[ref.output]

    def take_back(self, first: int) -> tuple[Node, ...]:
        """The nodes from that number on, which are as if they had never been added."""
        taken = tuple(self.nodes[first:])
        del self.nodes[first:]
        owners = self._owners.items()
        self._owners = {name: owner for name, owner in owners if owner < first}
        return taken

    def weights_of(self, name: str) -> tuple[Weight, ...]:
        """The weights that a layer of that name has; none before its first use."""
        owner = self._owners.get(name)
        return () if owner is None else self.nodes[owner].weights

    def add(
        self, op: Op, inputs: Sequence[Ref], base: str, span: Span, text: str = ""
    ) -> tuple[Ref, ...] | None:
        """Apply an op; None where its type rule refuses, which is then reported."""
        if not op.takes_unbatched:
            inputs = [self.each_example(ref, span) for ref in inputs]
        types = [self.type_of(ref) for ref in inputs]
        name = self._name(base)
        try:
            op.result(*types)
            weights = op.weights(*types)
        except IllTyped as error:
            self.refuse(error, inputs, span)
            return None
        if len(self.nodes) >= NODE_LIMIT:
            message = f"the model has more than {NODE_LIMIT:,} layers"
            self.sink.report(TOO_LARGE, span, message)
            self.sink.stop_on_errors()
        if not self._same_rows(op, inputs, span):
            return None
        owner = self._owners.get(name)
        if owner is not None and self.nodes[owner].weights != weights:
            self._report_clash(self.nodes[owner], types, span)
            return None
        return self._made(op, inputs, name, span, text)

    def add_weights(self, op: Op, span: Span) -> tuple[Ref, ...]:
        """Weights that the block owns which is being lowered, under its name."""
        name = self._scope.prefix.rstrip(".") or self._name("param")
        return self._made(op, (), name, span)

    def each_example(self, ref: Ref, span: Span) -> Ref:
        """The value, once for every example if it is the same for all of them."""
        is_number = isinstance(self.nodes[ref.node].op, Number)
        if is_number or not self.type_of(ref).unbatched or self.examples is None:
            return ref
        key = (ref, self.examples)
        if key not in self._copies:
            (made,) = self._made(EachExample(), key, "", span)
            self._rows[made.node] = self._rows.get(self.examples.node, ())
            self._copies[key] = made
        return self._copies[key]

    @contextmanager
    def inside(self, examples: Ref) -> Iterator[None]:
        """What is made inside has the rows of this value."""
        before, self.examples = self.examples, examples
        yield
        self.examples = before

    def _made(
        self, op: Op, inputs: Sequence[Ref], name: str, span: Span, text: str = ""
    ) -> tuple[Ref, ...]:
        types = [self.type_of(ref) for ref in inputs]
        result, weights = op.result(*types), op.weights(*types)
        owner = self._owners.get(name) if name else None
        number = len(self.nodes)
        self.nodes.append(
            Node(
                op=op,
                inputs=tuple(inputs),
                types=result if isinstance(result, tuple) else (result,),
                name=name,
                span=span,
                weights=weights,
                owner=owner,
                text=text,
                called=self._names_of(inputs),
            )
        )
        if name:
            self._owners.setdefault(name, number)
        return tuple(Ref(number, o) for o in range(len(self.nodes[number].types)))

    def _names_of(self, inputs: Sequence[Ref]) -> tuple[str, ...]:
        """What the head of the block that is being lowered calls values."""
        if not any(ref in self._called for ref in inputs):
            return ()
        return tuple(self._called.get(ref, "") for ref in inputs)

    def _same_rows(self, op: Op, inputs: Sequence[Ref], span: Span) -> bool:
        """Keep values inside an `over` from those outside: their rows differ."""
        found = [
            self._rows.get(ref.node, ())
            for ref in inputs
            if not self.type_of(ref).unbatched
        ]
        rows = found[0] if found else ()
        number = len(self.nodes)
        if isinstance(op, Fold):
            self._rows[number] = (*rows, op.axis)
        elif isinstance(op, Unfold):
            self._rows[number] = found[1]
        elif any(other != rows for other in found):
            message = "a value from outside `over` meets one from inside"
            help = "hand it in with the other: `(a, b) -> over T { ... }`"
            self.sink.report(WRONG_PLACE, span, message, help=help)
            return False
        else:
            self._rows[number] = rows
        return True

    def refuse(self, error: IllTyped, inputs: Sequence[Ref], span: Span) -> None:
        """Report a type rule's refusal, with where its inputs come from."""
        others, help = origins(self.nodes, inputs, error)
        self.sink.report(
            error.code,
            span,
            error.message,
            label=error.label,
            others=(*others, *self._use(span)),
            help=help,
        )

    def _use(self, span: Span) -> tuple[Label, ...]:
        """Where a layer is used, if it stands elsewhere, bound by `let`."""
        use = self.use
        if use is None or use.start <= span.start < use.stop:
            return ()
        return (Label(use, "used here"),)

    def name_value(self, ref: Ref, name: str) -> None:
        """Give a value the name the spec gives it, unless it has one."""
        node = self.nodes[ref.node]
        values = list(node.values) + [""] * (len(node.types) - len(node.values))
        if not values[ref.output]:
            values[ref.output] = name
            named = replace(node, values=tuple(values))
            self.nodes[ref.node] = named

    # Names

    def claim(self, name: str, span: Span) -> bool:
        """Take a name for a layer; one that has it already is reported."""
        before = self._claims.setdefault(name, span)
        if before == span:
            return True
        self.sink.report(
            DUPLICATE_NAME,
            span,
            f"`{name}` names two things",
            others=(Label(before, "the first is here"),),
            help="choose another name",
        )
        return False

    @contextmanager
    def labelled(self, label: tree.Name, single: bool) -> Iterator[None]:
        """Name the layer made inside, or give the layers made inside a prefix.

        Where a loop or a block repeats it, it gets a number: `hidden_2`.
        """
        name = self._scope.prefix + label.text
        taken = not self.claim(name, label.span)
        before = self._scope, self._label
        if not taken:
            name = self._unused(label.text)
        if single:
            self._label = None if taken else name
        else:
            self._scope = replace(before[0], prefix=f"{name}.")
            self._label = None
        yield
        self._scope, self._label = before

    def path(self, name: str) -> str:
        """The name under the block that is being lowered."""
        return self._scope.prefix + name

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Make a layer beside the one that the next name is for."""
        label, self._label = self._label, None
        yield
        self._label = label

    @contextmanager
    def block(self, base: str, given: AbstractSet[str]) -> Iterator[None]:
        """Name the layers made inside after a block, which is named as a layer is.

        `given`: names that the block gives itself.
        """
        before = self._scope
        prefix = f"{self._name(base)}."
        self._scope = Scope(before.reserved | given, prefix, before.shared)
        yield
        self._scope = before

    @contextmanager
    def calling(self, names: dict[Ref, str]) -> Iterator[None]:
        """Names that the head of a block gives values; the outermost block's hold."""
        before = self._called
        self._called = {**names, **before}
        yield
        self._called = before

    @contextmanager
    def shared(self, name: str, single: bool) -> Iterator[None]:
        """Layers made inside take their names, and weights, from a `let` binding."""
        before = self._scope, self._label
        prefix = "" if single else f"{name}."
        self._scope = Scope(before[0].reserved, prefix, shared=True)
        self._label = name if single else None
        yield
        self._scope, self._label = before

    def _name(self, base: str) -> str:
        label, self._label = self._label, None
        if label is not None:
            return label
        scope = self._scope
        while True:
            stem = scope.prefix + base
            count = scope.counts[stem] = scope.counts.get(stem, 0) + 1
            short = base if count == 1 else f"{base}_{count}"
            name = scope.prefix + short
            if short not in scope.reserved and name not in scope.given:
                scope.given.add(name)
                return name

    def _unused(self, label: str) -> str:
        """The name a label gives here, with a number where it gave it before."""
        scope, place = self._scope, 1
        short = label
        while scope.prefix + short in scope.given or (
            place > 1 and short in scope.reserved
        ):
            place += 1
            short = f"{label}_{place}"
        scope.given.add(scope.prefix + short)
        return scope.prefix + short

    def _report_clash(self, first: Node, types: Sequence[Type], span: Span) -> None:
        before = ", ".join(str(self.type_of(ref)) for ref in first.inputs)
        found = ", ".join(map(str, types))
        self.sink.report(
            SIZE_MISMATCH,
            span,
            f"`{first.name}` has one set of weights, but is used on `{before}` "
            f"and on `{found}`",
            others=self._use(span),
            help="bind a second layer with `let` for values of another width",
        )
