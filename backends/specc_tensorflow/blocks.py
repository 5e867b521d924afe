"""Functions for every block that a model has several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from specc.codegen.draws import draw_call
from specc.codegen.expressions import Atom, Binary, Dict_, Expression, Tuple_, literal
from specc.codegen.names import Names, take_everywhere
from specc.codegen.plan import Plan, make_plan
from specc.codegen.repeats import Body
from specc.codegen.statements import Docstring, Function, Parameter, Return
from specc.codegen.variants import agreeing, merge, varying
from specc.ir.graph import Model, Node
from specc.ops.param import Param
from specc.ops.recurrent import Recurrent
from specc_tensorflow.layers import find_emit
from specc_tensorflow.library import RESERVED
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


def agreeing_variants(body: Body) -> tuple[tuple[int, ...], ...]:
    """Which variants of a body are one set of functions."""
    return agreeing(body, [_functions(plan) for plan in body_plans(body)])


def block_functions(
    body: Body, plans: Sequence[Plan], scopes: Sequence[Names]
) -> BlockFunctions:
    """`encoder_layer(x, mask, name)`, `encoder_layer_weights`, and what draws them.

    Numbers in which the blocks differ are parameters of those that need them.
    """
    printed = [_functions(plan) for plan in plans]
    functions, numbers = printed[0], ((),) * len(printed[0])
    if len(printed) > 1:
        merged = merge(body, printed, plans[0].names)
        assert merged is not None, "variants that agree"
        functions, numbers = merged.functions, merged.arguments
    named = (
        replace(one, name=take_everywhere(one.name, scopes)) for one in functions
    )
    return BlockFunctions(*named, numbers=numbers)


def body_plans(body: Body) -> tuple[Plan, ...]:
    """A plan for each variant of a body."""
    wanted = varying(body)
    return tuple(
        make_plan(model, RESERVED, body.batch, wanted) for model in body.variants
    )


def _functions(plan: Plan) -> tuple[Function, ...]:
    """What makes a block's layers, and if it has weights, finds and draws those."""
    name = plan.names.take("name")
    writer = Writer(plan, Atom(name))
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    assert not writer.shared_layers and not writer.cell_weights, "a block that shares"
    block = plan.model.name
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    result = outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))
    build = Function(
        block,
        tuple(map(Parameter, (*(given.variable for given in plan.inputs), name))),
        (
            Docstring((f"Run one `{block}`, whose layers have names after {name}.",)),
            *writer.statements,
            Return(result),
        ),
    )
    if not writer.layer_weights:
        return (build,)
    places = Function(
        f"{block}_weights",
        (Parameter("layer"), Parameter(name)),
        (
            Docstring((f"Find the variables of one `{block}`.",)),
            Return(_places(writer)),
        ),
    )
    initial = Function(
        f"initial_{block}",
        (Parameter("seed"), Parameter("path")),
        (
            Docstring((f"Draw the weights of one `{block}`.",)),
            Return(_drawn(plan)),
        ),
    )
    return build, places, initial


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
