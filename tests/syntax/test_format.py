"""What tidy text looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.diagnostics import Failure
from specc.syntax.format import format_text
from specc.syntax.lines import MAX_NESTING
from specc.syntax.read import read
from specc.text import Source

EXAMPLES = Path(__file__).parent / "examples"
SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.seq"))

# These are printed in the language's own pages, as people should write them.
TIDY = ["first_model", "siamese", "tagger"]


def formatted(text: str) -> str:
    tidy = format_text(Source("test.seq", text))
    assert format_text(Source("test.seq", tidy)) == tidy
    return tidy


def body(*lines: str) -> list[str]:
    """The lines of a body once tidy, without their indentation."""
    text = "\n".join(lines)
    first, *inner, last = formatted(f"block b {{\n{text}\n}}\n").splitlines()
    assert (first, last) == ("block b {", "}")
    assert all(line.startswith("  ") or not line for line in inner)
    return [line[2:] for line in inner]


@pytest.mark.parametrize("name", TIDY)
def test_what_is_tidy_stays_as_it_is(name: str) -> None:
    text = (EXAMPLES / f"{name}.seq").read_text(encoding="utf-8")
    assert formatted(text) == text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_shipped_spec_is_tidy(path: Path) -> None:
    assert format_text(read(path)) == path.read_text(encoding="utf-8")


def test_text_that_does_not_parse_is_refused() -> None:
    with pytest.raises(Failure):
        format_text(Source("test.seq", "model"))


# Spacing


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("y=a+b*c**d", "y = a + b * c ** d"),
        ("y = - a + ( - - b )*-c", "y = -a + (--b) * -c"),
        ("x->f (a ,b=3 ,)  as  z", "x -> f(a, b = 3) as z"),
        ("x -> ( a ,b, )", "x -> (a, b)"),
        ("[1,2,3,]", "[1, 2, 3]"),
        ("[ ]", "[]"),
        ("h' ,c'=f ( )", "h', c' = f()"),
        ("state h [ units ],c", "state h[units], c"),
        ("param W,b=ones", "param W, b = ones"),
        ("let f=g{ x }", "let f = g { x }"),
        ("f{}", "f {}"),
        ("for i in[1,2]{f}", "for i in [1, 2] { f }"),
        ("for in in -in{f}", "for in in -in { f }"),
        ("over T{f}->g", "over T { f } -> g"),
        ("in (a) -> on [0]", None),
        ("in(on (pad), state  (ragged))", "in(on(pad), state(ragged))"),
        ('f( "a  # b" )', 'f("a  # b")'),
        ("((a))", "((a))"),
    ],
)
def test_spaces(text: str, tidy: str | None) -> None:
    if tidy is None:
        with pytest.raises(Failure):
            body(text)
        return
    assert body(text) == [tidy]


def test_spaces_in_heads() -> None:
    text = (
        "model m(a:int[ T ]<V+1 pad -1,b:float ragged)->y:bool{a}\n"
        "block b( n:int , p:float=0.1 )on(x,y:float){x}\n"
        "cell c{x}"
    )
    assert formatted(text) == (
        "model m(a: int[T] < V + 1 pad -1, b: float ragged) -> y: bool { a }\n"
        "\n"
        "block b(n: int, p: float = 0.1) on (x, y: float) { x }\n"
        "\n"
        "cell c { x }\n"
    )


# Blank lines


def test_one_blank_line_between_declarations() -> None:
    text = (
        '\n\nimport "a"\nconst A = 1\ncell c { x }\n# of d\ncell d { x }\n\n\n\n# end\n'
    )
    assert formatted(text).splitlines() == [
        'import "a"',
        "const A = 1",
        "",
        "cell c { x }",
        "",
        "# of d",
        "cell d { x }",
        "",
        "# end",
    ]


def test_at_most_one_blank_line_between_statements() -> None:
    assert body("", "", "a", "b", "", "", "c", "", "") == ["a", "b", "", "c"]


def test_no_blank_line_inside_a_statement() -> None:
    assert body("f(a,", "", "  b)", "", "  -> g") == ["f(a,", "  b)", "  -> g"]


# Flows


def test_a_flow_on_one_line_stays_there_if_it_fits() -> None:
    flow = "x -> " + " -> ".join(["dense(64)"] * 6)
    assert len(flow) <= 86
    assert body(flow) == [flow]


def test_a_flow_that_does_not_fit_gets_a_line_for_each_step() -> None:
    assert body("x -> " + " -> ".join(["dense(64, relu)"] * 6)) == [
        "x -> dense(64, relu)",
        *["  -> dense(64, relu)"] * 5,
    ]


def test_a_flow_in_lines_stays_so_with_its_steps_under_each_other() -> None:
    assert body("tokens -> f", "-> g -> h", "      -> i") == [
        "tokens -> f",
        "       -> g -> h",
        "       -> i",
    ]


def test_an_arrow_starts_a_line_and_does_not_end_one() -> None:
    assert body("x -> f ->", "g") == ["x -> f", "  -> g"]


def test_steps_behind_a_long_head_are_indented_by_two() -> None:
    assert body("conv(filters, 3, causal, relu) -> f", "-> g") == [
        "conv(filters, 3, causal, relu) -> f",
        "  -> g",
    ]
    assert body("x", "-> f", "-> g") == ["x", "  -> f", "  -> g"]


# Brackets


def test_a_fan_out_in_lines_stays_so_with_its_parts_under_each_other() -> None:
    assert body("x -> (f", ", g -> h,", "i) -> concat") == [
        "x -> (f,",
        "      g -> h,",
        "      i) -> concat",
    ]


def test_a_fan_out_on_one_line_is_spread_if_it_does_not_fit() -> None:
    step = "conv(100, 3, activation = relu, padding = same)"
    assert body(f"x -> ({step}, {step})") == [f"x -> ({step},", f"      {step})"]


def test_line_ends_at_the_brackets_themselves_do_not_count() -> None:
    assert body("f(", "  a, b", ")") == ["f(a, b)"]


def test_a_list_is_filled() -> None:
    numbers = [str(number) for number in range(40)]
    lines = body(f"f([{', '.join(numbers)}])")
    assert len(lines) == 2
    assert lines[1].startswith("   ")


def test_far_to_the_right_parts_hang() -> None:
    long = "a_name_of_forty_characters_is_quite_long"
    assert body(f"{long} -> {long}({long}, {long})") == [
        f"{long} -> {long}(",
        f"  {long},",
        f"  {long}",
        ")",
    ]


def test_a_long_head_has_a_line_for_each_input() -> None:
    first, second = "first: int[T] < 25000 pad 0", "second: int[T, C] < 8500 pad 0"
    text = f"model m({first}, {second}) -> y: float[T, 17] {{ first }}"
    assert formatted(text).splitlines() == [
        f"model m({first},",
        f"        {second}) -> y: float[T, 17] {{",
        "  first",
        "}",
    ]


def test_a_long_row_of_names_goes_on_behind_a_comma() -> None:
    names = ", ".join(f"weight_{number}" for number in range(12))
    first, second = body(f"param {names}")
    assert first.endswith(",")
    assert second.startswith("    weight_")


def test_a_long_sum_goes_on_behind_an_operator() -> None:
    first, second = body("i = " + " + ".join(["gate(W_i @ x + U_i @ h)"] * 4))
    assert first.endswith(" +")
    assert second.startswith("    gate(")


# Bodies


def test_a_body_of_one_statement_stays_on_its_line_if_it_fits() -> None:
    assert body("x -> residual { f -> g }") == ["x -> residual { f -> g }"]


def test_a_body_in_lines_stays_so() -> None:
    assert body("x -> residual { f", "g } -> h", "over T {", "f }") == [
        "x -> residual {",
        "  f",
        "  g",
        "} -> h",
        "over T {",
        "  f",
        "}",
    ]


def test_a_body_in_a_flow_of_lines_stands_behind_its_arrow() -> None:
    assert body("x -> f", "-> for i in 8 {", "g", "h", "}", "-> i") == [
        "x -> f",
        "  -> for i in 8 {",
        "       g",
        "       h",
        "     }",
        "  -> i",
    ]


# Comments


def test_comments_stay_where_they_were() -> None:
    lines = [
        "# before",
        "x -> f  # behind",
        "",
        "# of the flow",
        "y -> f     # first",
        "  -> g(a,  # second",
        "       # third",
        "       b)",
        "  # of the last step",
        "  -> h",
        "# after",
    ]
    assert body(*lines) == lines


def test_comments_behind_neighbouring_lines_stand_in_one_column() -> None:
    assert body("a # one", "bcd# two", "", "e#three") == [
        "a    # one",
        "bcd  # two",
        "",
        "e  #three",
    ]


def test_a_comment_behind_a_brace_stays_there() -> None:
    assert body("over T { # why", "f }  # end") == [
        "over T {  # why",
        "  f",
        "}  # end",
    ]


def test_a_comment_beside_a_comma_goes_behind_it() -> None:
    assert body("f(a # one", ", b)", "f(a, b, # two", ")") == [
        "f(a,  # one",
        "  b)",
        "f(a,",
        "  b  # two",
        " )",
    ]


def test_a_file_that_ends_in_a_comment_without_a_line_end() -> None:
    assert formatted("const A = 1 # one") == "const A = 1  # one\n"


# Depth


@pytest.mark.parametrize(
    ("opener", "closer"),
    [
        ("(a, ", ")"),
        ("[", "]"),
        ("f(a,\n", ")"),
        ("f { ", "}"),
        ("x -> y\n -> f {\n", "\nx }"),
        ("for i in 3 { #\n", "}"),
        ("-", ""),
        ("2 ** ", ""),
    ],
)
def test_the_deepest_text_is_formatted(opener: str, closer: str) -> None:
    levels = MAX_NESTING - 2
    text = f"f({opener * levels}a{closer * levels})"
    assert "".join(formatted(f"cell c {{ {text} }}").split()).count("a") >= 1
