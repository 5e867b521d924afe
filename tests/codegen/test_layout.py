"""Generated Python is laid out as `ruff format` lays it out, whatever it holds."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from specc.codegen import layout as layout_module
from specc.codegen.expressions import (
    BINDING,
    Atom,
    Attribute,
    Binary,
    Call,
    Dict_,
    Expression,
    Index,
    Lambda,
    List_,
    Slice,
    Starred,
    Tuple_,
    Unary,
    call,
    chain,
    literal,
)
from specc.codegen.imports import Import
from specc.codegen.layout import layout
from specc.codegen.statements import (
    Assign,
    Blank,
    Class,
    Comment,
    Docstring,
    Evaluate,
    Function,
    Heading,
    Imports,
    Parameter,
    Return,
    Source,
    Statement,
)


def made(kind: Callable[..., Any], *parts: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Values of a kind, from its parts in their order."""
    return st.tuples(*parts).map(lambda found: kind(*found))


NAMES = ("x", "mask", "hidden_state", "jnp", "gate_projection_of_the_forward_cell")

names = st.sampled_from(NAMES) | st.integers(1, 70).map(lambda size: "n" * size)
atoms = st.lists(names, min_size=1, max_size=3).map(".".join).map(Atom)
constants = st.one_of(
    st.text(max_size=30),
    st.text("'\"\\\n{}x", max_size=12),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False),
    st.none() | st.booleans(),
).map(literal)


def tuples(
    items: st.SearchStrategy[Expression], least: int, most: int
) -> st.SearchStrategy[tuple[Expression, ...]]:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def compounds(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    starred = inner | inner.map(Starred)
    bound = st.none() | inner
    place = inner | made(Slice, bound, bound, bound)
    arguments = st.tuples(
        st.lists(st.tuples(st.none(), starred), max_size=3),
        st.lists(st.tuples(names | st.just("**"), inner), max_size=3),
    ).map(lambda both: (*both[0], *both[1]))
    function = atoms | atoms | inner
    parameters = st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(tuple)
    pairs = st.lists(st.tuples(st.none() | inner, inner), max_size=3).map(tuple)
    return st.one_of(
        made(Call, function, arguments),
        made(Call, function, arguments),
        made(Attribute, inner, names),
        made(Index, function, place | tuples(place, 2, 3).map(Tuple_)),
        made(Tuple_, tuples(starred, 0, 4)),
        made(List_, tuples(starred, 0, 4)),
        made(Dict_, pairs),
        made(Unary, st.sampled_from(["-", "~", "not"]), inner),
        made(Binary, st.sampled_from(sorted(BINDING)), inner, inner),
        made(Binary, st.sampled_from(["+", "*", "@", "**"]), inner, inner),
        made(Lambda, parameters, inner),
    )


def is_no_pair(value: Expression) -> bool:
    return not isinstance(value, Tuple_) or len(value.items) != 2


expressions = st.recursive(atoms | constants, compounds, max_leaves=12)
targets = st.one_of(
    atoms.map(lambda atom: (atom,)),
    tuples(atoms, 2, 4),
    made(Index, atoms, constants).map(lambda index: (index,)),
    atoms.map(lambda atom: (Tuple_((atom,)),)),
)
statements = st.one_of(
    made(Assign, targets, expressions),
    made(Assign, targets, expressions),
    made(Evaluate, made(call, expressions, expressions, expressions)),
    made(
        Return, (expressions | tuples(expressions, 3, 4).map(Tuple_)).filter(is_no_pair)
    ),
)
pairs_returned = tuples(expressions | expressions.map(Starred), 2, 2).map(
    lambda items: Function("pair", (), (Return(Tuple_(items)),))
)


@st.composite
def functions(draw: st.DrawFn) -> Function:
    """A function of one statement."""
    defaults = draw(st.lists(st.none() | constants, max_size=4))
    positional = draw(st.integers(0, len(defaults)))
    parameters = [Parameter(f"p{i}_{draw(names)}") for i in range(positional)]
    for i, default in enumerate(defaults[positional:]):
        parameters.append(Parameter(f"k{i}_{draw(names)}", default, keyword=True))
    return Function(draw(names), tuple(parameters), (draw(statements),))


plain_calls = st.recursive(
    atoms | constants, lambda inner: made(call, atoms, inner, inner), max_leaves=4
)
commented = made(Assign, targets, plain_calls, st.just("[B, T, 64]"))


def ruff_format(text: str) -> str:
    command = (sys.executable, "-m", "ruff", "format", "--isolated", "-")
    run = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr + text
    return run.stdout


def ruff_imports(text: str) -> str:
    """What ruff's import rules would change."""
    command = (sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I")
    run = subprocess.run(
        (*command, "--diff", "-"),
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return run.stdout


def on_long_lines(statements: Sequence[Statement]) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout_module, "WIDTH", 10**9)
        return layout(statements)


# A failure names its function; shrinking it would take minutes of Ruff.
no_shrinking = settings(deadline=None, phases=[Phase.explicit, Phase.generate])


@settings(no_shrinking, max_examples=60)
@given(st.lists(functions(), min_size=4, max_size=30))
def test_ruff_breaks_the_same_lines_in_the_same_places(some: list[Function]) -> None:
    long = on_long_lines(some)
    ours = layout(some)
    assert ast.dump(ast.parse(ours)) == ast.dump(ast.parse(long))
    once = ruff_format(long)
    twice = ruff_format(once)
    texts = (text.split("\n\n\n") for text in (ours, once, twice))
    for our, first, final in zip(*texts, strict=True):
        # Rarely Ruff changes its own layout, as for a power in a tuple that it breaks.
        assert our == final or our == first != final


@settings(no_shrinking, max_examples=20)
@given(st.lists(pairs_returned, min_size=4, max_size=30))
def test_a_pair_is_returned_on_one_line_or_a_line_for_each(
    some: list[Function],
) -> None:
    ours = layout(some)
    assert ast.dump(ast.parse(ours)) == ast.dump(ast.parse(on_long_lines(some)))
    once = ruff_format(ours)
    texts = (text.split("\n\n\n") for text in (ours, once, ruff_format(once)))
    for our, first, final in zip(*texts, strict=True):
        assert our == first or first != final
        assert "\n    return (\n" in our or len(our.splitlines()) == 2


@settings(no_shrinking, max_examples=20)
@given(st.lists(commented, min_size=20, max_size=60))
def test_ruff_leaves_commented_lines_where_they_are(some: list[Assign]) -> None:
    text = layout(some)
    assert ruff_format(text) == text


DOC = Docstring(("Say what.",))
SET = Assign((Atom("x"),), literal(1))
GIVE = Return(Atom("x"))
WHY = Comment("Because.")
HEAD = Heading("Layers")
DEF = Function("f", (), (DOC, GIVE))
IMPORT = Imports(frozenset({Import("jax"), Import("numpy", None, "np")}))
COPIED = Source("# Copied.\n@cached\ndef copied():\n    return 1\n")


@pytest.mark.parametrize(
    "body",
    [
        (DOC, SET),
        (DOC, DEF),
        (DOC, WHY, DEF),
        (DOC, IMPORT, SET, HEAD, DEF, HEAD, WHY, DEF),
        (DOC, IMPORT, WHY, SET, Blank(), SET, WHY, WHY, DEF, SET),
        (DOC, IMPORT, DEF, COPIED, COPIED, WHY, SET, HEAD, SET),
        (DOC, IMPORT, HEAD, WHY, DEF),
        (IMPORT, DEF),
        (Source("LIMIT = 3", defines=False), SET, COPIED),
        (Function("g", (), (DOC, DEF, SET, WHY, DEF, Blank(), WHY, GIVE)),),
        (Function("g", (), (WHY, DEF, SET, Class("C", (), (DOC, DEF)), GIVE)),),
        (Function("g", (), (DEF, GIVE)),),
        (Function("g", (), (DOC,)),),
        (Class("C", (), (DOC, SET, DEF, DEF, Blank(), SET)), SET),
        (Class("C", ((None, Atom("B")), ("key", literal("v" * 90))), (DEF, DEF)), DEF),
        (Class("C", (), (SET,), (Atom("final"), call("keep", literal("k" * 90)))),),
        (Function("g", (Parameter("n" * 90),), (Docstring(("d" * 90,)), GIVE)),),
    ],
)
def test_empty_lines_are_those_of_ruff(body: tuple[Statement, ...]) -> None:
    text = layout(body)
    assert ruff_format(text) == text
    assert not ruff_imports(text)


def test_a_file_reads_as_an_engineer_would_have_written_it() -> None:
    x, state = Atom("x"), Atom("state")
    weights = Index(Atom("v"), literal("dense"))
    apply = Function(
        "apply",
        (Parameter("v"), Parameter("x"), Parameter("rng", literal(None), keyword=True)),
        (
            Docstring(("Run the model.", "", "x: float[B, 4].")),
            Assign((x,), call("jax.nn.relu", call("dense", weights, x)), "[B, 64]"),
            Assign(
                (state, x), call("scan", Lambda(("s", "x"), x), x, unroll=literal(2))
            ),
            Return(chain("+", x, state, literal(-0.5))),
        ),
    )
    assert (
        layout((DOC, IMPORT, HEAD, apply))
        == '''\
"""Say what."""

import jax
import numpy as np

# Layers


def apply(v, x, *, rng=None):
    """Run the model.

    x: float[B, 4].
    """
    x = jax.nn.relu(dense(v["dense"], x))  # [B, 64]
    state, x = scan(lambda s, x: x, x, unroll=2)
    return x + state + -0.5
'''
    )


def test_a_comment_that_does_not_fit_stands_above() -> None:
    def commented(size: int) -> str:
        return layout((Assign((Atom("n" * size),), Atom("x"), "[B, T]"),))

    assert commented(74) == f"{'n' * 74} = x  # [B, T]\n"
    assert commented(75) == f"# [B, T]\n{'n' * 75} = x\n"


@pytest.mark.parametrize(
    "text", ["noqa", "type: ignore", "fmt: off", "a\nb", "é", " a"]
)
def test_a_comment_holds_plain_text_only(text: str) -> None:
    with pytest.raises(AssertionError):
        layout((Comment(text), SET))


@pytest.mark.parametrize(
    "lines",
    [('"""',), ('quoted"',), ("a\\",), ("é",), ("a\nb",), ("",), ("a", "  b")],
)
def test_a_docstring_cannot_be_left_from_within(lines: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError):
        layout((Function("f", (), (Docstring(lines), GIVE)),))
