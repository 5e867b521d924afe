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
from specc.codegen.variants import agreeing, merge, names_layers, varying
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


def is_shareable(node: Node) -> bool:
    """Whether a block whose weights are shared may have a node."""
    return bool(node.name) and not isinstance(node.op, Param)


def agreeing_variants(body: Body) -> tuple[tuple[int, ...], ...]:
    """Which variants of a body are one set of functions.

    Those of one whose weights are shared must be one function of its layers, which are
    made before it.
    """
    plans = body_plans(body)
    if not body.shared:
        return agreeing(body, [_functions(plan) for plan in plans])
    around = map(Writer, body_plans(body))
    printed = [(_within_build(*pair),) for pair in zip(plans, around, strict=True)]
    groups = agreeing(body, printed)
    if len(groups) > 1 or names_layers(printed[0]):
        return ()
    merged = merge(body, printed, plans[0].names)
    return groups if merged and not any(merged.arguments[0]) else ()


def shared_function(
    body: Body, plans: Sequence[Plan], writer: Writer
) -> BlockFunctions:
    """`encode(x, mask)` within `build`, which calls the layers of a shared block."""
    printed = [(_within_build(plan, writer),) for plan in plans]
    merged = merge(body, printed, plans[0].names)
    assert merged is not None, "variants that agree"
    (function,) = merged.functions
    name = writer.function_name(function.name)
    return BlockFunctions(
        replace(function, name=name), numbers=merged.arguments, steps=plans[0].steps
    )


def _within_build(plan: Plan, around: Writer) -> Function:
    writer = Writer(plan, around=around)
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    block = plan.model.name
    return Function(
        block,
        tuple(Parameter(given.variable) for given in plan.inputs),
        (
            Docstring((f"Run the layers of `{block}`.",)),
            *writer.statements,
            Return(_results(plan)),
        ),
    )


def _results(plan: Plan) -> Expression:
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    return outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))


def block_functions(
    body: Body, plans: Sequence[Plan], scopes: Sequence[Names]
) -> BlockFunctions:
    """`encoder_layer(x, mask, name)`, `encoder_layer_weights`, and what draws them.

    Numbers in which the blocks differ are parameters of those that need them.
    """
    printed = [_functions(plan) for plan in plans]
    merged = merge(body, printed, plans[0].names)
    assert merged is not None, "variants that agree"
    named = [
        replace(one, name=take_everywhere(one.name, scopes)) for one in merged.functions
    ]
    places, initial = named[1:] or (None, None)
    return BlockFunctions(named[0], places, initial, merged.arguments)


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
    build = Function(
        block,
        tuple(map(Parameter, (*(given.variable for given in plan.inputs), name))),
        (
            Docstring((f"Run one `{block}`, whose layers have names after {name}.",)),
            *writer.statements,
            Return(_results(plan)),
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
