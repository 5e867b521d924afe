"""A cell of one's own as a Keras cell, printed from its equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from specc.codegen.cell_layers import kept_states
from specc.codegen.equation_text import equation_lines
from specc.codegen.equations import Equations, print_equations
from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Call,
    Dict_,
    Expression,
    Index,
    List_,
    Tuple_,
    call,
    literal,
)
from specc.codegen.layout import layout
from specc.codegen.names import Names
from specc.codegen.snippets import mentioned_names
from specc.codegen.statements import (
    Assign,
    Class,
    Comment,
    Docstring,
    Evaluate,
    Function,
    Parameter,
    Return,
    Statement,
    assigned_names,
)
from specc.codegen.widths import name_widths
from specc.ir.graph import Cell
from specc_tensorflow.cell_writer import CellWriter
from specc_tensorflow.fields import (
    ATTRIBUTES,
    cell_fields,
    fused_groups,
    layer_fields,
)
from specc_tensorflow.layers._options import penalty_of
from specc_tensorflow.library import RESERVED
from specc_tensorflow.notation import CellNotation
from specc_tensorflow.writer import Writer

DOCSTRING_WIDTH = 80
SELF = Parameter("self")


def has_vectors(cell: Cell) -> bool:
    """Whether all states and the output are vectors."""
    refs = [cell.output, *(state.before for state in cell.states)]
    return all(cell.type_of(ref).rank == 1 for ref in refs)


def inner_holds(cell: Cell) -> Mapping[str, tuple[str, str]]:
    """Weights of layers inside a cell: the cell's attribute, and the variable there."""
    return CellPrinter(cell).writer.inner.holds


def inner_classes(cell: Cell) -> Mapping[str, str]:
    """The layers inside a cell that have weights, by the cell's attributes: the class.

    They are in the order they are made.
    """
    inner = CellPrinter(cell).writer.inner
    holding = {attribute for attribute, _ in inner.holds.values()}
    found: dict[str, str] = {}
    for made in inner.making:
        match made:
            case Assign(
                targets=(Atom(text=held),), value=Call(function=Atom(text=name))
            ):
                found[held.removeprefix("self.")] = name
    return {
        attribute: name for attribute, name in found.items() if attribute in holding
    }


def cell_call(
    cell: Cell,
    writer: Writer,
    frozen: Mapping[str, Expression],
    *,
    drops_weights: bool = False,
) -> Call:
    """The call that makes the cell at its widths; its class goes into the file.

    `drops_weights`: the loop around it says what its recurrent kernels are.
    """
    return CellPrinter(cell, drops_weights).made(writer, frozen)


class CellPrinter:
    """Prints the class of one cell."""

    def __init__(self, cell: Cell, drops_weights: bool = False) -> None:
        self.cell = cell
        self.widths = name_widths(cell, Names(ATTRIBUTES))
        self.fields = cell_fields(cell)
        self.names = Names(RESERVED | {"self", "states"})
        self.dropped = self._dropped() if drops_weights else {}
        self.writer = CellWriter(cell, layer_fields(cell), self.names)
        self.settings: tuple[Statement, ...] = ()
        self.functions = self.printed()
        own = {name for names in self.fields.values() for name in names}
        penalties = [penalty_of(w) for w in cell.weights if w.name in own]
        self.penalty = next((p for p in penalties if p is not None), None)

    def made(self, writer: Writer, frozen: Mapping[str, Expression]) -> Call:
        """The call that makes the cell; its class goes into the file."""
        name = writer.cell_class(self.cell_class())
        sizes = {size: literal(self.widths.sizes[size]) for size in self.sizes}
        arguments: list[tuple[str | None, Expression]] = [*sizes.items()]
        if len(sizes) == 1:
            arguments = [(None, size) for size in sizes.values()]
        if self.penalty is not None:
            arguments.append(("regularizer", self.penalty))
        return Call(name, (*arguments, *frozen.items()))

    @property
    def sizes(self) -> list[str]:
        """The sizes that whoever makes the cell says; the width of x shows itself."""
        said = {name for names in self.widths.states for name in names}
        said.update(self.widths.output)
        own = (name for names in self.fields.values() for name in names)
        needed = said.union(*(self.widths.shapes[name] for name in own))
        needed -= {"inputs"} - said
        return [name for name in self.widths.sizes if name in needed]

    def cell_class(self) -> Class:
        lines = (f"The cell `{self.cell.name}`.", "")
        docstring = Docstring((*lines, *equation_lines(self.cell, DOCSTRING_WIDTH)))
        name = "".join(part.capitalize() for part in self.cell.name.split("_"))
        kernels = [self.recurrent_kernels()] if self.dropped else []
        build = [self.build()] if self.fields or self.writer.inner.building else []
        last = (*self.functions, self.get_config())
        return Class(
            name,
            ((None, Atom("layers.Layer")),),
            (docstring, *self.settings, self.init(), *build, *kernels, *last),
            decorators=(Atom("register"),),
        )

    def init(self) -> Function:
        states = [self.shape(names) for names in self.widths.states]
        settings: dict[str, Expression] = {name: Atom(name) for name in self.sizes}
        settings["state_size"] = states[0]
        if len(states) > 1 or not has_vectors(self.cell):
            settings["state_size"] = List_(tuple(states))
        settings["output_size"] = self.shape(self.widths.output)
        parameters = [SELF, *map(Parameter, self.sizes)]
        if self.penalty is not None:
            parameters.append(Parameter("regularizer", literal(None)))
            given = call("keras.regularizers.get", Atom("regularizer"))
            settings["regularizer"] = given
        parameters.append(Parameter("kwargs", rest=True))
        rest = Call(Attribute(call("super"), "__init__"), (("**", Atom("kwargs")),))
        body = [Assign((Atom(f"self.{n}"),), value) for n, value in settings.items()]
        made = self.writer.inner.making
        return Function("__init__", tuple(parameters), (Evaluate(rest), *body, *made))

    def shape(self, names: Sequence[str]) -> Expression:
        """The shape of a state or the output: a number where all are vectors."""
        if has_vectors(self.cell):
            return Atom(names[0])
        return Tuple_(tuple(map(Atom, names)))

    def build(self) -> Function:
        body: list[Statement] = []
        for field, names in self.fields.items():
            made = Assign((Atom(f"self.{field}"),), self.variable(field, names))
            body.append(made)
        shapes = [
            self.widths.shapes[n] for names in self.fields.values() for n in names
        ]
        if "inputs" not in self.sizes and any("inputs" in shape for shape in shapes):
            last = Index(Atom("shape"), literal(-1))
            body.insert(0, Assign((Atom("inputs"),), last))
        body += self.writer.inner.building
        return Function("build", (SELF, Parameter("shape")), tuple(body))

    def variable(self, field: str, names: tuple[str, ...]) -> Expression:
        """The call that adds a variable: matrices transposed, and side by side."""
        shape = self.widths.shapes[names[0]]
        sizes: list[Expression] = [
            Atom(f"self.{size}" if size in self.sizes else size)
            for size in (reversed(shape) if len(shape) == 2 else shape)
        ]
        if len(names) > 1:
            sizes[-1] = Binary("*", literal(len(names)), sizes[-1])
        options: dict[str, Expression] = {"name": literal(field)}
        weight = next(w for w in self.cell.weights if w.name == names[0])
        if penalty_of(weight) is not None:
            options["regularizer"] = Atom("self.regularizer")
        return call("self.add_weight", Tuple_(tuple(sizes)), **options)

    def _dropped(self) -> dict[str, str]:
        """Variables of the call for the fields that hold recurrent kernels."""
        names = {w.name for w in self.cell.weights if w.role == "recurrent"}
        fields = [f for f, weights in self.fields.items() if names.issuperset(weights)]
        return {field: self.names.take(field) for field in fields}

    def _masks(self, kept: Sequence[str]) -> tuple[str, ...]:
        """A variable for every state, `_` for those that are not dropped from."""
        if not kept:
            return ()
        places = dict(zip(kept_states(self.cell), kept, strict=True))
        return tuple(places.get(n, "_") for n in range(len(self.cell.states)))

    def recurrent_kernels(self) -> Function:
        kernels = tuple(Atom(f"self.{field}") for field in self.dropped)
        body = (Return(List_(kernels)),)
        return Function(
            "recurrent_kernels", (SELF,), body, decorators=(Atom("property"),)
        )

    def printed(self) -> tuple[Function, ...]:
        """What the cell computes: its `call`."""
        cell = replace(self.cell, groups=fused_groups(self.cell))
        x = self.names.take(cell.nodes[0].name)
        notation = CellNotation(cell, x, self.fields, self.writer, self.dropped)
        equations = print_equations(cell, notation, self.names, x)
        before = tuple(map(Atom, equations.before))
        target = (Tuple_(before),) if len(before) == 1 else before
        after: list[Expression] = []
        for variable, state, value in zip(
            before, cell.states, equations.after, strict=True
        ):
            narrow = value.rank < cell.type_of(state.before).rank
            as_it_is = value.batched and not narrow
            after.append(
                value.expression if as_it_is else notation.rows(value, variable)
            )
        last = Return(Tuple_((notation.rows(equations.output), List_(tuple(after)))))
        sees, ready, fixed = self._seen_ahead(equations, x, last)
        call_ = Function(
            "call",
            (SELF, Parameter(x), Parameter("states")),
            (
                Assign(target, Atom("states")),
                *seen("outside", ready),
                *seen("kept", self._masks(equations.kept)),
                *seen("kernels", tuple(self.dropped.values())),
                *fixed,
                *equations.body,
                last,
            ),
        )
        return *sees, call_

    def _seen_ahead(
        self, equations: Equations, x: str, last: Return
    ) -> tuple[tuple[Function, ...], Sequence[str], Sequence[Statement]]:
        """The method that sees values from outside, what it lays ready, and the rest.

        What a loop lays ready for a call, such as masks, is there only then.
        """
        if not self.cell.outside:
            return (), (), equations.fixed
        later = {x, *equations.before, *equations.kept, *self.dropped.values()}
        ahead: list[Statement] = []
        rest: list[Statement] = []
        comments: list[Statement] = []
        for statement in equations.fixed:
            comments.append(statement)
            if isinstance(statement, Comment):
                continue
            if not later.isdisjoint(mentioned_names(layout([statement]))):
                later.update(assigned_names([statement]))
                rest += comments
            else:
                ahead += comments
            comments = []
        read = mentioned_names(layout((*rest, *equations.body, last)))
        known = (*equations.outside, *assigned_names(ahead))
        ready = [name for name in known if name in read]
        return (see(equations.outside, ahead, ready),), ready, rest

    def get_config(self) -> Function:
        entries: list[tuple[Expression, Expression]] = [
            (literal(name), Atom(f"self.{name}")) for name in self.sizes
        ]
        if self.penalty is not None:
            config = call("keras.regularizers.serialize", Atom("self.regularizer"))
            entries.append((literal("regularizer"), config))
        inherited = call(Attribute(call("super"), "get_config"))
        config_ = Binary("|", inherited, Dict_(tuple(entries)))
        return Function("get_config", (SELF,), (Return(config_),))


def see(
    outside: Sequence[str], ahead: Sequence[Statement], ready: Sequence[str]
) -> Function:
    """The method that the loop gives values from outside before its first step."""
    kept = Assign((Atom("self.outside"),), Tuple_(tuple(map(Atom, ready))))
    about = Docstring(("Lay ready what every step sees.",))
    parameters = (SELF, *map(Parameter, outside))
    return Function("see", parameters, (about, *ahead, kept))


def seen(attribute: str, variables: Sequence[str]) -> tuple[Statement, ...]:
    """What the loop laid ready: values from outside, each with its mask after it."""
    if not variables:
        return ()
    names = tuple(map(Atom, variables))
    targets = (Tuple_(names),) if len(names) == 1 else names
    return (Assign(targets, Atom(f"self.{attribute}")),)
