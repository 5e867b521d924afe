"""Texts and their trees."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from specc.diagnostics import Failure
from specc.syntax import tree
from specc.syntax.lines import MAX_NESTING
from specc.syntax.parser import parse
from specc.syntax.read import read
from specc.text import Source

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.seq"))
SPECS = sorted((ROOT / "specs").rglob("*.seq"))


def parsed(text: str) -> tree.File:
    return parse(Source("test.seq", text))


def statements(*lines: str) -> tuple[tree.Statement, ...]:
    body = "\n".join(lines)
    (model,) = parsed(f"model m(x: float) -> float {{\n{body}\n}}\n").declarations
    assert isinstance(model, tree.Model)
    return model.body.statements


def value(text: str) -> tree.Expression:
    (statement,) = statements(text)
    assert isinstance(statement, tree.Result)
    (found,) = statement.values
    return found


def told(node: tree.Expression) -> str:
    """An expression with all its brackets, to see how it was taken apart."""
    match node:
        case tree.Name():
            return node.text + "'" * node.primed
        case tree.Number():
            return repr(node.value)
        case tree.Negative():
            return f"(-{told(node.operand)})"
        case tree.Power():
            return f"({told(node.base)}**{told(node.exponent)})"
        case tree.Arithmetic():
            rest = "".join(f"{sign}{told(part)}" for sign, part in node.rest)
            return f"({told(node.first)}{rest})"
        case tree.Flow():
            return f"({'->'.join(told(step) for step in node.steps)})"
        case tree.Labelled():
            return f"({told(node.value)} as {told(node.label)})"
        case tree.Tuple():
            return f"<{','.join(told(item) for item in node.items)}>"
        case tree.Call():
            inner = ",".join(told(argument.value) for argument in node.arguments)
            return f"{told(node.function)}({inner}){'{}' if node.body else ''}"
    raise AssertionError(node)


# Whole files


@pytest.mark.parametrize("path", [*EXAMPLES, *SPECS], ids=lambda path: path.stem)
def test_every_example_and_every_shipped_spec_parses(path: Path) -> None:
    assert read(path).text
    assert parse(read(path)).declarations


def test_a_head_with_named_outputs_in_brackets() -> None:
    text = (
        "model m(a: int[T, 2] < V + 1 pad 0, b: float) -> (y: bool, float[1] ragged) {}"
    )
    (model,) = parsed(text).declarations
    assert isinstance(model, tree.Model)
    first, second = model.inputs
    assert first.type is not None
    assert (first.name.text, first.type.dtype.text) == ("a", "int")
    assert [told(axis) for axis in first.type.axes] == ["T", "2"]
    assert first.type.bound is not None and first.type.pad is not None
    assert (told(first.type.bound), told(first.type.pad)) == ("(V+1)", "0")
    assert second.type is not None
    assert (second.type.axes, second.type.bound, second.type.pad) == ((), None, None)
    named, unnamed = model.outputs
    assert named.name is not None and named.name.text == "y"
    assert unnamed.name is None and unnamed.type.ragged
    assert not named.type.ragged
    assert model.body.statements == ()


def test_outputs_need_no_brackets() -> None:
    (model,) = parsed("model m() -> a: float, b: int < 3 { }").declarations
    assert isinstance(model, tree.Model)
    assert [output.name.text for output in model.outputs if output.name] == ["a", "b"]
    assert model.inputs == ()


def test_a_block_has_parameters_and_inputs() -> None:
    head = (
        "block b(n: int, body: layer, act = tanh, p: float = 0.1) on (h: float[T], u)"
    )
    (block,) = parsed(f"{head} {{ h }}").declarations
    assert isinstance(block, tree.Block)
    kinds = [p.kind.dtype.text if p.kind else None for p in block.parameters]
    assert kinds == ["int", "layer", None, "float"]
    defaults = [told(p.default) if p.default else None for p in block.parameters]
    assert defaults == [None, None, "tanh", "0.1"]
    assert [(i.name.text, i.type is None) for i in block.inputs] == [
        ("h", False),
        ("u", True),
    ]


@pytest.mark.parametrize("head", ["block b", "block b()", "cell b", "cell b()"])
def test_blocks_and_cells_need_no_parameters(head: str) -> None:
    (found,) = parsed(f"{head} {{ x }}").declarations
    assert isinstance(found, tree.Block | tree.Cell)
    assert found.parameters == ()


def test_imports_and_constants() -> None:
    brought, constant = parsed('import "a/b.seq"\nconst V = 2 * 3').declarations
    assert isinstance(brought, tree.Import) and isinstance(constant, tree.Const)
    assert brought.path.value == "a/b.seq"
    assert (constant.name.text, told(constant.value)) == ("V", "(2*3)")


# Statements


def test_the_five_statements() -> None:
    let, state, param, assign, result = statements(
        "let a = f -> g",
        "state h[units], c",
        "param W, b = ones, u[2, d]",
        "h', c' = x -> f",
        "h + 1, c",
    )
    assert isinstance(let, tree.Let) and told(let.value) == "(f->g)"
    assert isinstance(state, tree.State)
    assert [entry.axes is None for entry in state.entries] == [False, True]
    assert isinstance(param, tree.Param)
    assert [entry.default is None for entry in param.entries] == [True, False, True]
    assert param.entries[2].axes is not None and len(param.entries[2].axes) == 2
    assert isinstance(assign, tree.Assign)
    assert [told(target) for target in assign.targets] == ["h'", "c'"]
    assert isinstance(result, tree.Result)
    assert [told(each) for each in result.values] == ["(h+1)", "c"]


@pytest.mark.parametrize("word", ["state", "param", "in", "on", "pad", "ragged"])
def test_words_with_one_place_are_names_elsewhere(word: str) -> None:
    assert told(value(f"{word} -> {word}({word}, init = {word})")).count(word) == 4
    (assign,) = statements(f"{word}, {word}' = {word} + 1")
    assert isinstance(assign, tree.Assign)
    (state,) = statements(f"state {word}[{word}]")
    assert isinstance(state, tree.State)
    (loop,) = statements(f"x -> for {word} in {word} {{ {word} }}")
    assert isinstance(loop, tree.Result)


# Expressions


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a + b * c - d", "(a+(b*c)-d)"),
        ("a - b - c", "(a-b-c)"),
        ("a * b @ c / d // e % f", "(a*b@c/d//e%f)"),
        ("-a ** b", "(-(a**b))"),
        ("a ** -b ** c", "(a**(-(b**c)))"),
        ("--a", "(-(-a))"),
        ("a * -b", "(a*(-b))"),
        ("(a + b) * c", "((a+b)*c)"),
        ("a -> f + g -> h", "(a->(f+g)->h)"),
        ("(a -> f) @ c -> g", "(((a->f)@c)->g)"),
        ("((a))", "a"),
        ("(a, (b, c))", "<a,<b,c>>"),
        ("(a, b,)", "<a,b>"),
        ("a -> f as g -> h as i", "(a->(f as g)->(h as i))"),
        ("f(a, b = c -> d,)", "f(a,(c->d))"),
        ("f { a } + g(1) { b }", "(f(){}+g(1){})"),
        ("h' * 2.5e-1", "(h'*0.25)"),
    ],
)
def test_what_binds_how(text: str, meaning: str) -> None:
    assert told(value(text)) == meaning


def test_long_chains_are_flat() -> None:
    assert told(value(" + ".join("a" * 2000))).count("(") == 1
    assert told(value(" -> ".join("a" * 2000))).count("(") == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("64", 64), ("0.5", 0.5), ("1e-3", 1e-3), ("2E+2", 200.0), ("1e3", 1e3)],
)
def test_numbers_without_point_and_exponent_are_ints(text: str, number: float) -> None:
    found = value(text)
    assert isinstance(found, tree.Number)
    assert (found.value, type(found.value)) == (number, type(number))


def test_strings_are_unescaped() -> None:
    found = value(r'"a \"b\" \\ \n \t é #"')
    assert isinstance(found, tree.String)
    assert found.value == 'a "b" \\ \n \t é #'


def test_a_trailing_body_is_part_of_the_call() -> None:
    bare, call = value("residual { f }"), value("b(3) { f }")
    assert isinstance(bare, tree.Call) and isinstance(call, tree.Call)
    assert (bare.bare, bare.body is None) == (True, False)
    assert (call.bare, call.body is None) == (False, False)


def test_loops() -> None:
    series, side, steps = (
        value("for i in n + 1 { f }"),
        value("each k in [3, 4] { f }"),
        value("over T { f }"),
    )
    assert isinstance(series, tree.For) and told(series.range) == "(n+1)"
    assert isinstance(side, tree.Each) and isinstance(side.items, tree.List)
    assert isinstance(steps, tree.Over) and steps.axis.text == "T"


# Lines


@pytest.mark.parametrize(
    "lines",
    [
        "a\n  -> b\n\n  # and then\n  -> c",
        "a ->\nb ->\nc",
        "a -> (\n b\n) -> c",
        "a -> b -> c # done",
    ],
)
def test_a_flow_goes_on_over_line_ends(lines: str) -> None:
    assert len(statements(*lines.split("\n"))) == 1


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("y = a +\n b", 1),
        ("a,\nb", 1),
        ("f(a\n, b\n)", 1),
        ("f\n(a)", 2),
        ("f\n{ a\nb }", 1),
        ("(f {\n a\n b\n})", 1),
        ("a\n\n\nb", 2),
    ],
)
def test_which_line_ends_end_a_statement(lines: str, count: int) -> None:
    assert len(statements(*lines.split("\n"))) == count


def test_lines_count_again_in_a_body_inside_brackets() -> None:
    found = value("f(g {\n a\n b\n})")
    assert isinstance(found, tree.Call)
    inner = found.arguments[0].value
    assert isinstance(inner, tree.Call) and inner.body is not None
    assert len(inner.body.statements) == 2


# Places


def test_nodes_know_their_text() -> None:
    text = "model m(x: float[T, 8]) -> float {\n  y = (x -> f(a, k = -1) as g)\n}"
    (model,) = parsed(text).declarations
    assert isinstance(model, tree.Model) and model.inputs[0].type is not None
    assert model.span.text == text
    assert model.inputs[0].span.text == "x: float[T, 8]"
    assert model.inputs[0].type.span.text == "float[T, 8]"
    (assign,) = model.body.statements
    assert isinstance(assign, tree.Assign) and isinstance(assign.value, tree.Flow)
    assert assign.span.text == "y = (x -> f(a, k = -1) as g)"
    assert assign.value.span.text == "(x -> f(a, k = -1) as g)"
    step = assign.value.steps[1]
    assert isinstance(step, tree.Labelled) and isinstance(step.value, tree.Call)
    assert step.span.text == "f(a, k = -1) as g"
    assert step.value.arguments[1].span.text == "k = -1"
    assert (step.span.line, step.span.column) == (2, 13)


# Limits


def nested(opener: str, closer: str, levels: int) -> str:
    # The body of the model is the first level.
    return f"x -> f({opener * (levels - 2)}a{closer * (levels - 2)})"


@pytest.mark.parametrize(
    ("opener", "closer"),
    [("(", ")"), ("[", "]"), ("f(", ")"), ("f { ", " }"), ("-", "")],
)
def test_nesting_goes_as_deep_as_promised_and_no_deeper(
    opener: str, closer: str
) -> None:
    assert value(nested(opener, closer, MAX_NESTING))
    with pytest.raises(Failure):
        value(nested(opener, closer, MAX_NESTING + 1))


def test_powers_count_as_nesting() -> None:
    assert value(" ** ".join("a" * MAX_NESTING))
    with pytest.raises(Failure):
        value(" ** ".join("a" * (MAX_NESTING + 1)))


def test_a_long_text_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Failure) as raised:
        parsed("#" * (1024 * 1024 + 1))
    assert raised.value.diagnostics[0].code.slug == "file-too-large"


# The parser itself


def test_threads_may_parse_at_the_same_time() -> None:
    texts = [f"const A{number} = {number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(parsed, texts))
    assert [file.span.text for file in found] == texts


def test_parsing_imports_no_lark() -> None:
    program = (
        "import sys\n"
        "from specc.syntax.parser import parse\n"
        "from specc.text import Source\n"
        "parse(Source('<text>', 'const A = 1'))\n"
        "assert 'lark' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
