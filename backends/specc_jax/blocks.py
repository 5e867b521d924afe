"""A function for every block that a model has several times."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from msgspec.structs import replace

from specc.codegen.expressions import Atom, Expression, Tuple_
from specc.codegen.names import take_everywhere
from specc.codegen.plan import Plan, make_plan
from specc.codegen.repeats import Body
from specc.codegen.statements import Docstring, Function, Parameter, Return
from specc.codegen.variants import agreeing, merge, varying
from specc.ir.graph import Model, Node
from specc.ops.avgpool import Avgpool
from specc.ops.batchnorm import Batchnorm
from specc.ops.conv import Conv
from specc.ops.depthwise import Depthwise
from specc.ops.maxpool import Maxpool
from specc.ops.separable import Separable
from specc.ops.transposed import Transposed
from specc_jax.layers import find_emit
from specc_jax.writer import BlockFunction, Shared, Writer

FEWEST_IN_SERIES = 16
"""From how many blocks in a row on a loop over them is worth what it costs: the weights
are copied for it, and more of what is made on the way is kept for the backward pass."""
MOST_IN_SERIES = 2**22
"""How many numbers may be copied for that, 16 MB."""
NEVER_IN_SERIES = (Avgpool, Conv, Depthwise, Maxpool, Separable, Transposed)
"""Windows: on a CPU, XLA trains convolutions in a loop up to 30 times slower."""


def is_foldable(node: Node) -> bool:
    """Whether a block may have such a node: one that only computes."""
    return not isinstance(node.op, Batchnorm) or node.op.frozen


def suits_series(body: Model, count: int) -> bool:
    """Whether so many blocks in a row should be a loop."""
    numbers = sum(prod(weight.shape) for node in body.nodes for weight in node.weights)
    return (
        count >= FEWEST_IN_SERIES
        and 0 < numbers * count <= MOST_IN_SERIES
        and not any(isinstance(node.op, NEVER_IN_SERIES) for node in body.nodes)
    )


def agreeing_variants(
    body: Body, reserved: frozenset[str]
) -> tuple[tuple[int, ...], ...]:
    """Which variants of a body are one function."""
    plans = body_plans(body, reserved)
    shared = Shared([plan.names for plan in plans])
    printed = [(_block(plan, reserved, shared).function,) for plan in plans]
    return agreeing(body, printed)


def block_function(
    body: Body, plans: Sequence[Plan], reserved: frozenset[str], shared: Shared
) -> BlockFunction:
    """`def encoder_layer(w, x, mask, rng, place)` from the plans of its body.

    Numbers in which the blocks differ are parameters as well.
    """
    blocks = [_block(plan, reserved, shared) for plan in plans]
    merged = merge(body, [(block.function,) for block in blocks], plans[0].names)
    assert merged is not None, "variants that agree"
    (function,), (arguments,) = merged.functions, merged.arguments
    name = take_everywhere(body.variants[0].name, shared.scopes)
    return replace(blocks[0], function=replace(function, name=name), numbers=arguments)


def body_plans(body: Body, reserved: frozenset[str]) -> tuple[Plan, ...]:
    """A plan for each variant of a body."""
    wanted = varying(body)
    return tuple(
        make_plan(model, reserved, body.batch, wanted) for model in body.variants
    )


def _block(plan: Plan, reserved: frozenset[str], shared: Shared) -> BlockFunction:
    weights, place = plan.names.take("w"), plan.names.take("place")
    writer = Writer(plan, reserved, weights, shared, place)
    for step in plan.steps:
        find_emit(step.op.name())(step, writer)
    weighted = any(step.node.weights for step in plan.steps)
    draws = writer.drawing
    parameters = (
        *((weights,) if weighted else ()),
        *(given.variable for given in plan.inputs),
        *(("rng", place) if draws else ()),
    )
    outputs: list[Expression] = [Atom(variable) for _, variable in plan.outputs]
    result = outputs[0] if len(outputs) == 1 else Tuple_(tuple(outputs))
    about = f"Run one `{plan.model.name}`"
    about += f" with its weights {weights}" * weighted
    about += f"; {place} numbers its first draw" * bool(draws)
    function = Function(
        plan.model.name,
        tuple(map(Parameter, parameters)),
        (Docstring((f"{about}.",)), *writer.statements, Return(result)),
    )
    return BlockFunction(function, weighted, draws)
