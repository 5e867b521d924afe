"""Recurrent layers: cells of the library and drawn ones, with every option."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from specc.diagnostics.codes import WRONG_OPTION
from specc.fuzz.cells import draw_cell
from specc.fuzz.options import STARTS, call, draw_value
from specc.fuzz.scope import FEW, Scope, Value
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower import check_text
from specc.lower.library import library_cells
from specc.lower.recurrent_calls import MERGE
from specc.lower.recurrent_options import recurrent_options, start_options
from specc.syntax import tree

NORMALISED = {"lstm_layernorm"}
AS_WIDE_AS_INPUT = {"lru"}
OWN = {"final", "states", "reverse", "frozen", "l1", "l2"}
"""Options that are drawn by rules of their own."""
FUNCTIONS = ("tanh", "sigmoid", "softsign", "hard_sigmoid", "sin", "cos")
"""What cells of the library are given: unbounded ones would grow by the step."""


class Kind(Struct):
    """A cell at a width: what it is called with, and the widths of its states."""

    name: str
    arguments: list[str]
    output: int
    states: tuple[int, ...]
    starts: tuple[str, ...] = ()


def add_recurrent(scope: Scope, name: str) -> bool:
    """A recurrent layer of a cell on a sequence; `own` is a cell made for it."""
    value = find_sequence(scope)
    if value is None:
        return False
    kind = _kind(scope, name, value.type.last.fixed or 1)
    _add(scope, value, kind, both=scope.chance.likely(0.25))
    return True


def add_join(scope: Scope) -> bool:
    """A layer in both directions whose joined states start another layer."""
    value = find_sequence(scope)
    if value is None:
        return False
    chance = scope.chance
    units, cell = chance.randint(1, 3), chance.pick(("lstm", "gru", "rnn", "mgu"))
    states = 2 if cell == "lstm" else 1
    h, ends = scope.fresh("v"), scope.fresh("v")
    width = Axis(Size(2 * units))
    type = Type("float", (value.type.axes[0], width))
    text = f"bi({cell}({units}, states))"
    scope.bind([h, ends], value.name, [value.name], [text])
    scope.values.append(Value(h, type))
    other = find_sequence(scope)
    if other is None or other.name == h:
        other = value
    given = f"join({ends})"
    if chance.likely(0.3):
        joined = [scope.fresh("v") for _ in range(states)]
        scope.bind(joined, f"join({ends})", [ends])
        ends = joined[0]
        given = joined[0] if states == 1 else f"({', '.join(joined)})"
    text = f"{cell}({2 * units}, init = {given})"
    type = Type("float", (other.type.axes[0], width))
    scope.add(other.name, [other.name, ends], [text], [type])
    return True


def _kind(scope: Scope, name: str, width: int) -> Kind:
    """The cell at a width; one of the library, or one that is drawn."""
    chance = scope.chance
    units = chance.width()
    if name in NORMALISED:
        units = max(units, FEW)
    if name == "own":
        cell = draw_cell(chance, scope.fresh("cell"), units)
        scope.cells.append(cell.text)
        arguments = [str(units)]
        return Kind(cell.name, arguments, units, (units,) * cell.states, cell.weights)
    definition = library_cells()[name]
    assert definition is not None
    arguments = [str(units)]
    for parameter in definition.parameters[1:]:
        if not chance.likely(0.3):
            continue
        option = parameter.option
        if option.choices:
            arguments.append(f"{option.word} = {chance.pick(FUNCTIONS)}")
            continue
        found = draw_value(chance, option, ())
        if found is not None:
            arguments.append(f"{option.word} = {found[1]}")
    sizes = [
        entry
        for statement in definition.cell.body.statements
        if isinstance(statement, tree.State)
        for entry in statement.entries
    ]
    states = tuple(width if "[d]" in one.span.text else units for one in sizes)
    output = width if name in AS_WIDE_AS_INPUT else units
    starts = tuple(option.word for option in start_options(definition.cell))
    return Kind(name, arguments, output, states, starts)


def _add(scope: Scope, value: Value, kind: Kind, *, both: bool) -> None:
    """The line that runs it, and one that takes its states apart."""
    chance = scope.chance
    final, states = chance.likely(0.25), chance.likely(0.15)
    share = chance.pick((0.0, 0.0, 0.1, 0.3))
    arguments = list(kind.arguments)
    frozen = chance.likely(share / 2)
    for option in recurrent_options():
        if option.field in OWN or not chance.likely(share):
            continue
        if "recurrent_bias" in option.field and chance.likely(0.5):
            continue
        found = draw_value(chance, option, ())
        text = f"{option.word} = {found[1]}" if found else ""
        if text and _accepts(scope, kind, value.type.last.fixed or 1, text):
            arguments.append(text)
    biased = not any(one.endswith("bias = none") for one in arguments)
    if kind.starts and biased and chance.likely(share):
        start = chance.pick((*STARTS, "zeros", "0.25"))
        arguments.append(f"{chance.pick(kind.starts)} = {start}")
    arguments += ["frozen"] if frozen else []
    penalty = f"{chance.pick(('l1', 'l2'))} = 0.25"
    if chance.likely(share) and not frozen:
        arguments.append(penalty)
    arguments += ["final"] * final + ["states"] * states
    arguments += ["reverse"] if not both and chance.likely(0.15) else []
    reads = [value.name]
    if chance.likely(0.2):
        init, names = _initial(scope, kind.states * (1 + both))
        arguments.append(f"init = {init}")
        reads += names
    text = call(kind.name, arguments)
    results = 1
    width = kind.output
    if both:
        merge = chance.pick((None, None, *MERGE.choices))
        word = "merge = " if chance.likely(0.3) else ""
        text = f"bi({text}{'' if merge is None else f', {word}{merge}'})"
        width *= 2 if merge in (None, "concat") else 1
        results = 2 if merge == "none" else 1
    axes = () if final else value.type.axes[:1]
    type = Type("float", (*axes, Axis(Size(width))))
    if not states:
        scope.add(value.name, reads, [text], [type] * results)
        return
    names = [scope.fresh("v") for _ in range(results)]
    bundle = scope.fresh("v")
    scope.bind([*names, bundle], value.name, reads, [text])
    scope.values += [Value(name, type) for name in names]
    bundles = [bundle]
    if both:
        bundles = [scope.fresh("v"), scope.fresh("v")]
        scope.bind(bundles, bundle, [bundle])
    for one in bundles:
        _take_apart(scope, one, kind.states)


def _take_apart(scope: Scope, bundle: str, sizes: Sequence[int]) -> None:
    """The states of one direction, each under a name."""
    names = [bundle]
    if len(sizes) > 1:
        names = [scope.fresh("v") for _ in sizes]
        scope.bind(names, bundle, [bundle])
    scope.values += [
        Value(name, Type("float", (Axis(Size(size)),)))
        for name, size in zip(names, sizes, strict=True)
    ]


def _accepts(scope: Scope, kind: Kind, width: int, argument: str) -> bool:
    """Whether a cell has weights that an option is about."""
    cell = next((text for text in scope.cells if f"cell {kind.name}(" in text), "")
    layer = call(kind.name, [*kind.arguments, argument])
    model = f"model m(x: float[T, {width}]) -> float[T, {kind.output}]"
    found = check_text(f"{cell}\n{model} {{ x -> {layer} }}\n")
    return WRONG_OPTION not in (one.code for one in found)


def _initial(scope: Scope, sizes: Sequence[int]) -> tuple[str, list[str]]:
    """First states: values that fit, new inputs, or numbers."""
    chance = scope.chance
    texts: list[str] = []
    names: list[str] = []
    for size in sizes:
        type = Type("float", (Axis(Size(size)),))
        fitting = [value for value in scope.values if value.type == type]
        if fitting and chance.likely(0.6):
            texts.append(chance.pick(fitting).name)
        elif scope.can_grow() and chance.likely(0.6):
            texts.append(scope.add_input(type).name)
        else:
            texts.append(chance.pick(("0", "0.5", "-1")))
            continue
        names.append(texts[-1])
    return (texts[0] if len(texts) == 1 else f"({', '.join(texts)})"), names


def find_sequence(scope: Scope) -> Value | None:
    """A value `[steps, features]`, or a new input."""
    fitting = [value for value in scope.values if is_sequence(value.type)]
    recent = scope.recent() if scope.values else None
    if recent in fitting:
        return recent
    if fitting and (scope.chance.likely(0.6) or not scope.can_grow()):
        return scope.chance.pick(fitting)
    if not scope.can_grow():
        return None
    steps = Axis(Size.named("T"), scope.chance.likely(0.8))
    return scope.add_input(Type("float", (steps, Axis(Size(scope.chance.width())))))


def is_sequence(type: Type) -> bool:
    """Whether it is `[steps, features]` with a fixed number of features."""
    return (
        type.dtype == "float"
        and type.rank == 2
        and type.last.fixed is not None
        and not type.axes[1].ragged
    )
