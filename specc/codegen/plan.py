"""The plan a backend prints: the model's steps in order, every value with its name."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from specc.codegen.names import Names, ValueUse, allocate
from specc.ir.graph import Model, Node, Ref
from specc.ir.op import Op
from specc.ir.types import Type
from specc.ops.arithmetic import Arithmetic
from specc.ops.fold import Fold
from specc.ops.function import Function
from specc.ops.input import Input
from specc.ops.not_pad import NotPad
from specc.ops.unfold import Unfold

LARGEST = 8
"""How many operations one expression of a model's arithmetic may have."""


class PlanInput(Struct, frozen=True):
    """An argument of the program: the spec's name, the Python variable, the type."""

    name: str
    variable: str
    type: Type


class Step(Struct, frozen=True):
    """One node as a program computes it: `results = op(inputs, masks)`.

    `masks` has one entry per input, None where the op reads none. `batch` is what the
    first axis of the results is: `B`, or `B * T` where steps are rows. `varying`: the
    options whose numbers differ where the function is used that the step is in.
    """

    number: int
    node: Node
    inputs: tuple[str, ...]
    input_types: tuple[Type, ...]
    masks: tuple[str | None, ...]
    results: tuple[str, ...]
    batch: str
    varying: frozenset[str] = frozenset()

    @property
    def op(self) -> Op:
        return self.node.op

    @property
    def path(self) -> str:
        """The layer's path; its weights are `path.name`."""
        return self.node.name

    @property
    def mask(self) -> str | None:
        """The mask of the first input."""
        return self.masks[0] if self.masks else None

    @property
    def comment(self) -> str:
        """Shapes of the results, for the end of the line: `[B, T, 64]`."""
        return ", ".join(shape_text(type, self.batch) for type in self.node.types)


class Plan(Struct, frozen=True):
    """A model as a program: inputs, steps, outputs, all by Python variable.

    Nodes that no output needs are not in it. `names` is the scope of the function
    that runs the model, for what a backend adds. `inlined`: numbers of steps that are
    part of the expression of the step which reads them, and have no variable.
    """

    model: Model
    inputs: tuple[PlanInput, ...]
    steps: tuple[Step, ...]
    outputs: tuple[tuple[str, str], ...]
    names: Names
    inlined: frozenset[int] = frozenset()


def make_plan(
    model: Model,
    reserved: frozenset[str],
    batch: str = "B",
    varying: Collection[tuple[int, str]] = (),
) -> Plan:
    """Order and name everything a program of this model needs.

    `batch`: what the first axis of its inputs is. `varying`: options of nodes, by the
    node's number, whose numbers are not always these.
    """
    options: dict[int, set[str]] = {}
    for number, option in varying:
        options.setdefault(number, set()).add(option)
    needed = needed_nodes(model)
    names = Names(reserved)
    readers, batches = _inlined(model, needed), first_axes(model, batch)
    variables = _name_values(model, needed, readers, names)

    def step(number: int) -> Step:
        node = model.nodes[number]
        return Step(
            number=number,
            node=node,
            inputs=tuple(variables[ref] for ref in node.inputs),
            input_types=tuple(model.type_of(ref) for ref in node.inputs),
            masks=tuple(None if m is None else variables[m] for m in node.masks),
            results=tuple(
                variables[Ref(number, output)] for output in range(len(node.types))
            ),
            batch=batches[number],
            varying=frozenset(options.get(number, ())),
        )

    return Plan(
        model=model,
        inputs=tuple(
            PlanInput(model.nodes[ref.node].name, variables[ref], model.type_of(ref))
            for ref in model.inputs
        ),
        steps=tuple(
            step(number)
            for number in sorted(needed)
            if not isinstance(model.nodes[number].op, Input)
        ),
        outputs=tuple(
            (name, variables[output.ref])
            for name, output in zip(model.output_names, model.outputs, strict=True)
        ),
        names=names,
        inlined=frozenset(readers),
    )


def shape_text(type: Type, batch: str = "B") -> str:
    """A value's shape with its batch axis: `[B, T, 64]`."""
    sizes = [str(axis) for axis in type.axes]
    return f"[{', '.join(sizes if type.unbatched else [batch, *sizes])}]"


def first_axes(model: Model, first: str = "B") -> list[str]:
    """What the first axis of every node's results is."""
    found: list[str] = []
    for node in model.nodes:
        rows = [ref.node for ref in node.inputs if not model.type_of(ref).unbatched]
        batch = found[rows[0]] if rows else first
        if isinstance(node.op, Fold):
            axis = str(node.op.axis)
            batch += f" * ({axis})" if " " in axis else f" * {axis}"
        elif isinstance(node.op, Unfold):
            batch = found[node.inputs[1].node]
        found.append(batch)
    return found


def needed_nodes(model: Model) -> set[int]:
    """Numbers of the nodes that outputs depend on, and of all inputs."""
    needed = {ref.node for ref in model.inputs}
    needed |= {output.ref.node for output in model.outputs}
    for number in range(len(model.nodes) - 1, -1, -1):
        if number not in needed:
            continue
        node = model.nodes[number]
        needed |= {ref.node for ref in node.inputs}
        needed |= {ref.node for ref in node.masks if ref is not None}
    return needed


def _inlined(model: Model, needed: set[int]) -> dict[int, int]:
    """Parts of sums and products without a name, and the node that reads each."""
    uses: dict[int, list[int]] = {output.ref.node: [-1] for output in model.outputs}
    for number in sorted(needed):
        for ref in model.nodes[number].inputs:
            uses.setdefault(ref.node, []).append(number)
    sizes: dict[int, int] = {}
    readers: dict[int, int] = {}
    for number in sorted(needed):
        node = model.nodes[number]
        if not _is_arithmetic(node):
            continue
        parts = [ref.node for ref in node.inputs if ref.node in readers]
        sizes[number] = 1 + sum(sizes[part] for part in parts)
        found = uses.get(number, [])
        alone = len(found) == 1 and found[0] >= 0 and not any(node.values)
        if alone and _is_arithmetic(model.nodes[found[0]]) and sizes[number] < LARGEST:
            readers[number] = found[0]
    return readers


def _is_arithmetic(node: Node) -> bool:
    op = node.op
    return isinstance(op, Arithmetic) or (
        isinstance(op, Function) and op.function == "negative"
    )


def _name_values(
    model: Model, needed: set[int], readers: dict[int, int], names: Names
) -> dict[Ref, str]:
    """Variables of all values; nameless ones share a name where their lives allow."""
    last_use = {output.ref: len(model.nodes) for output in model.outputs}
    for number in sorted(needed):
        node, place = model.nodes[number], number
        while place in readers:
            place = readers[place]
        for ref in (*node.inputs, *(m for m in node.masks if m is not None)):
            if ref.node not in readers:
                last_use[ref] = max(last_use.get(ref, 0), place)
    refs = [
        Ref(number, output)
        for number in sorted(needed)
        for output in range(len(model.nodes[number].types))
    ]
    called = _called(model, needed)

    def use(ref: Ref) -> ValueUse:
        given = ref in model.inputs
        known = given or ref in last_use
        chain = "mask" if model.type_of(ref).dtype == "bool" else "x"
        return ValueUse(
            wanted_name(model, ref) if known else None,
            -1 if given else ref.node,
            last_use.get(ref, ref.node),
            called.get(ref, chain),
        )

    uses = list(map(use, refs))
    return dict(zip(refs, allocate(uses, names), strict=True))


def _called(model: Model, needed: set[int]) -> dict[Ref, str]:
    """What blocks that read values call them, and of a block what it gives them as."""
    found: dict[Ref, str] = {}
    for number in sorted(needed):
        node = model.nodes[number]
        for ref, name in zip(node.inputs, node.called, strict=False):
            if name:
                found.setdefault(ref, name)
    return found | {one.ref: one.name for one in model.outputs if one.name}


def wanted_name(model: Model, ref: Ref) -> str | None:
    """The name a value would like: the input's, the spec's, or none."""
    node = model.nodes[ref.node]
    if isinstance(node.op, Input):
        return node.name
    if isinstance(node.op, NotPad) and len(model.inputs) > 1:
        return f"{model.nodes[node.inputs[0].node].name}_mask"
    return node.values[ref.output] if ref.output < len(node.values) else None
