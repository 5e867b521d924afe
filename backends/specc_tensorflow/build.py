"""`build`: the function that makes the Keras model."""

from __future__ import annotations

from textwrap import wrap

from specc.codegen.expressions import (
    Atom,
    Binary,
    Call,
    Dict_,
    Expression,
    List_,
    call,
    literal,
)
from specc.codegen.plan import Plan, PlanInput, shape_text
from specc.codegen.statements import (
    Assign,
    Docstring,
    Evaluate,
    Function,
    Parameter,
    Return,
    Statement,
)
from specc.ir.types import Type
from specc_tensorflow.writer import Writer

DOCSTRING_WIDTH = 84
DTYPES = {"int": "int64", "bool": "bool"}


def build_function(plan: Plan, writer: Writer) -> Function:
    """`def build(seed=0, variables=None)`: inputs, layers, the model, its weights."""
    made = [
        Assign((Atom(given.variable),), _input(given, name))
        for given, name in zip(plan.inputs, writer.input_names, strict=True)
    ]
    inputs = _together([Atom(given.variable) for given in plan.inputs])
    if {g.variable for g in plan.inputs} & {r for s in plan.steps for r in s.results}:
        made.append(Assign((Atom("inputs"),), inputs))
        inputs = Atom("inputs")
    weights = Binary("or", Atom("variables"), call("initial", Atom("seed")))
    body: list[Statement] = [
        Docstring(_about(plan)),
        *made,
        *writer.shared_layers,
        *(block.build for block in writer.blocks.values() if block.steps),
        *writer.statements,
        Assign((Atom("model"),), _model(plan, inputs)),
        Evaluate(call("set_variables", Atom("model"), weights)),
        Return(Atom("model")),
    ]
    parameters = (
        Parameter("seed", literal(0)),
        Parameter("variables", literal(None)),
    )
    return Function("build", parameters, tuple(body))


def _input(given: PlanInput, name: str) -> Call:
    shape = literal(tuple(axis.size.fixed for axis in given.type.axes))
    options = {"name": literal(name)}
    if given.type.dtype in DTYPES:
        options = {"dtype": literal(DTYPES[given.type.dtype]), **options}
    return call("keras.Input", shape, **options)


def _together(inputs: list[Expression]) -> Expression:
    return inputs[0] if len(inputs) == 1 else List_(tuple(inputs))


def _model(plan: Plan, inputs: Expression) -> Call:
    outputs: Expression = Atom(plan.outputs[0][1])
    if len(plan.outputs) > 1:
        named = [(literal(name), Atom(variable)) for name, variable in plan.outputs]
        outputs = Dict_(tuple(named))
    # TensorFlow takes no scope that starts with an underscore.
    name = plan.model.name.lstrip("_") or "model"
    return call("keras.Model", inputs, outputs, name=literal(name))


def _about(plan: Plan) -> tuple[str, ...]:
    """The docstring: what goes in and what comes out."""
    masks = {mask: value for value, mask in plan.model.mask_of}
    lines = [
        "Make the model; one seed gives the same numbers in every backend.",
        "",
    ]
    for given, ref in zip(plan.inputs, plan.model.inputs, strict=True):
        text = f"{given.variable}: {_type_text(given.type)}"
        if given.type.bound is not None:
            text += f", ids below {given.type.bound}"
        if given.type.pad is not None:
            text += f", {given.type.pad} is padding"
        if ref in masks:
            text += ", true where a step counts"
        lines += _wrapped(f"{text}.")
    lines += _wrapped("variables: weights by name, instead of fresh ones.")
    types = [plan.model.type_of(output.ref) for output in plan.model.outputs]
    results = [
        f"{name}: {_type_text(type)}"
        for (name, _), type in zip(plan.outputs, types, strict=True)
    ]
    kind = "output is" if len(results) == 1 else "outputs are"
    if len(results) == 1 and not plan.model.outputs[0].name:
        results = [_type_text(types[0])]
    lines += _wrapped(f"Returns a model whose {kind} {', '.join(results)}.")
    return tuple(lines)


def _type_text(type: Type) -> str:
    return f"{type.dtype}{shape_text(type)}"


def _wrapped(text: str) -> list[str]:
    return wrap(text, DOCSTRING_WIDTH, subsequent_indent="    ", break_on_hyphens=False)
