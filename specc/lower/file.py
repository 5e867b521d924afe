"""A file's declarations: constants, cells and models, each name once."""

from __future__ import annotations

import keyword
from collections.abc import Mapping

from specc.diagnostics import Label, Sink
from specc.diagnostics.codes import (
    DUPLICATE_NAME,
    NOT_YET,
    PYTHON_NAME,
)
from specc.ir.graph import Model, Node, Output, Ref
from specc.lower.body import Body
from specc.lower.cell import lower_cell
from specc.lower.constants import evaluate
from specc.lower.outputs import check_outputs
from specc.lower.recurrent_options import RecurrentOptions
from specc.lower.types import lower_type
from specc.ops import op_names
from specc.ops.function import FUNCTIONS
from specc.ops.input import Input
from specc.syntax import tree
from specc.text import Span

PROBE_SIZE = 8


def lower_file(
    parsed: tree.File, source: str, digest: str, sink: Sink
) -> tuple[Model, ...]:
    """The models of a file, those without mistakes."""
    constants: dict[str, object] = {}
    cells: dict[str, tree.Cell] = {}
    places: dict[str, Span] = {}
    for declaration in parsed.declarations:
        match declaration:
            case tree.Import() | tree.Block():
                what = "import" if isinstance(declaration, tree.Import) else "block"
                message = f"`{what}` has no meaning yet"
                sink.report(NOT_YET, declaration.span, message)
            case tree.Const(name=name, value=value):
                number = evaluate(value, constants, sink)
                if _is_new(name, places, sink):
                    constants[name.text] = number
            case tree.Cell(name=name):
                if _is_new(name, places, sink) and not _is_layer(name, sink):
                    cells[name.text] = declaration
    models = []
    used: set[str] = set()
    for declaration in parsed.declarations:
        if isinstance(declaration, tree.Model):
            _is_new(declaration.name, places, sink)
            made = _lower_model(
                declaration, constants, cells, used, (source, digest), sink
            )
            models += [made] if made is not None else []
    for cell in cells.values():
        if cell.name.text not in used:
            _probe(cell, constants, sink)
    return tuple(models)


def check_name(name: tree.Name, sink: Sink) -> None:
    """Refuse a name that becomes part of a program's surface and cannot be one."""
    if keyword.iskeyword(name.text) or name.text.startswith("__"):
        sink.report(
            PYTHON_NAME,
            name.span,
            f"`{name.text}` cannot be a name in the generated program",
            help=f"choose another, as in `{name.text.strip('_')}_`",
        )


def _is_new(name: tree.Name, places: dict[str, Span], sink: Sink) -> bool:
    check_name(name, sink)
    before = places.setdefault(name.text, name.span)
    if before is name.span:
        return True
    sink.report(
        DUPLICATE_NAME,
        name.span,
        f"`{name.text}` is declared twice",
        others=(Label(before, "the first is here"),),
        help="choose another name",
    )
    return False


def _is_layer(name: tree.Name, sink: Sink) -> bool:
    if name.text not in op_names() and name.text not in (*FUNCTIONS, "bi"):
        return False
    sink.report(
        DUPLICATE_NAME,
        name.span,
        f"`{name.text}` is a layer of the language",
        help="choose another name for the cell",
    )
    return True


def _lower_model(
    declared: tree.Model,
    constants: Mapping[str, object],
    cells: Mapping[str, tree.Cell],
    used: set[str],
    origin: tuple[str, str],
    sink: Sink,
) -> Model | None:
    before = len(sink.diagnostics)
    body = Body(constants, cells, used, sink)
    inputs = [_lower_input(given, constants, body, sink) for given in declared.inputs]
    lengths = _lengths(body.builder.nodes)
    expected = [
        lower_type(output.type, constants, sink, lengths) for output in declared.outputs
    ]
    for output in declared.outputs:
        if output.name is not None:
            check_name(output.name, sink)
    results = body.lower(declared.body, declared.outputs)
    if results is not None:
        check_outputs(declared, expected, results, sink)
    body.check_used(results or (), report=results is not None)
    errors = [d for d in sink.diagnostics[before:] if d.code.severity == "error"]
    if errors or results is None:
        return None
    return Model(
        name=declared.name.text,
        nodes=tuple(body.builder.nodes),
        inputs=tuple(ref for ref in inputs if ref is not None),
        outputs=tuple(
            Output(name=output.name.text if output.name else "", ref=result.ref)
            for output, result in zip(declared.outputs, results, strict=True)
        ),
        source=origin[0],
        sha256=origin[1],
        span=declared.name.span,
    )


def _lower_input(
    given: tree.Input, constants: Mapping[str, object], body: Body, sink: Sink
) -> Ref | None:
    check_name(given.name, sink)
    assert given.type is not None, "the grammar gives a model's inputs types"
    type = lower_type(given.type, constants, sink)
    if type is None:
        body.declare_broken(given.name)
        return None
    ref = Ref(len(body.builder.nodes))
    body.builder.nodes.append(
        Node(
            op=Input(type=type),
            inputs=(),
            types=(type,),
            name=given.name.text,
            span=given.span,
        )
    )
    body.declare_input(given.name, ref, type)
    return ref


def _lengths(nodes: list[Node]) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for node in nodes:
        for axis in node.type.axes:
            names |= axis.size.names
    return names


def _probe(cell: tree.Cell, constants: Mapping[str, object], sink: Sink) -> None:
    """Check a cell no model uses, at sizes that fit any equation."""
    names: dict[str, object] = dict(constants)
    for parameter in cell.parameters:
        default = parameter.default
        if isinstance(default, tree.Name) and default.text in FUNCTIONS:
            names[parameter.name.text] = default.text
        else:
            names[parameter.name.text] = PROBE_SIZE
    lower_cell(cell, names, RecurrentOptions(), PROBE_SIZE, cell.name.span, sink)
