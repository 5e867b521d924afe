"""Functions for every block that a model has several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from specc.codegen.draws import draw_call
from specc.codegen.expressions import Atom, Binary, Dict_, Expression, Tuple_, literal
from specc.codegen.names import Names, take_everywhere
from specc.codegen.plan import Plan
from specc.codegen.statements import Docstring, Function, Parameter, Return
from specc.ir.graph import Model, Node
from specc.ops.param import Param
from specc.ops.recurrent import Recurrent
from specc_tensorflow.layers import find_emit
from specc_tensorflow.writer import BlockFunctions, Writer


def foldable_in(model: Model) -> Callable[[Node], bool]:
    """Whether a block may have a node.

    Its layer must be made anew for each block and hold its weights as the spec does.
    """
    uses = Counter(node.name for node in model.nodes)

    def is_foldable(node: Node) -> bool:
        if isinstance(node.op, Recurrent | Param):
            return False
        return uses[node.name] == 1 or not node.name

    return is_foldable


def block_functions(plan: Plan, scopes: Sequence[Names]) -> BlockFunctions:
    """`encoder_layer(x, mask, name)`, `encoder_layer_weights`, and what draws them."""
    name = plan.names.take("name")
    writer = Writer(plan, Atom(name))
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    assert not writer.shared_layers and not writer.cell_weights, "a block that shares"
    block = plan.model.name
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    result = outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))
    build = Function(
        take_everywhere(block, scopes),
        tuple(map(Parameter, (*(given.variable for given in plan.inputs), name))),
        (
            Docstring((f"Run one `{block}`, whose layers have names after {name}.",)),
            *writer.statements,
            Return(result),
        ),
    )
    if not writer.layer_weights:
        return BlockFunctions(build)
    places = Function(
        take_everywhere(f"{block}_weights", scopes),
        (Parameter("layer"), Parameter(name)),
        (
            Docstring((f"Find the variables of one `{block}`.",)),
            Return(_places(writer)),
        ),
    )
    initial = Function(
        take_everywhere(f"initial_{block}", scopes),
        (Parameter("seed"), Parameter("path")),
        (
            Docstring((f"Draw the weights of one `{block}`.",)),
            Return(_drawn(plan)),
        ),
    )
    return BlockFunctions(build, places, initial)


def _places(writer: Writer) -> Dict_:
    named = writer.layer_weights.items()
    return Dict_(tuple((writer.named(weight), found) for weight, found in named))


def _drawn(plan: Plan) -> Dict_:
    """First values by layer, then by the weight's name."""
    layers: dict[str, Expression] = {}
    for step in plan.steps:
        if step.node.weights:
            path = f".{step.path}"
            drawn = tuple(
                (literal(one.name), draw_call(one, _after_path(f"{path}.{one.name}")))
                for one in step.node.weights
            )
            layers[path] = Dict_(drawn)
    return Dict_(tuple((_after_path(path), drawn) for path, drawn in layers.items()))


def _after_path(name: str) -> Expression:
    return Binary("+", Atom("path"), literal(name))
