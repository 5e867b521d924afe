"""Hostile text through every sink: it is data where it comes out, or it is refused."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import random
import re
import tempfile
import tokenize
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from specc.cli import main
from specc.codegen.backend import load_backend
from specc.codegen.build import generate
from specc.codegen.equation_text import equation_lines
from specc.compiler import Compiled, compile_source
from specc.diagnostics import Failure
from specc.diagnostics.crash import crash_report
from specc.diagnostics.render import render_github, render_json, render_text
from specc.draw.diagram import draw_model
from specc.draw.dot import draw_dot
from specc.draw.mermaid import draw_mermaid
from specc.draw.svg import draw_svg
from specc.ir.graph import Model
from specc.ir.text import model_text, models_json
from specc.report.parameter_data import render_csv
from specc.report.parameter_data import render_json as counts_json
from specc.report.parameter_table import render_markdown, render_table
from specc.report.parameters import count_parameters
from specc.syntax.format import format_text
from specc.text import Source
from tests.campaigns._protocol import Budget, Mishap, Result

SHARE = 1.0
MARK = "ZqInjectedqZ"
"""Stands in every hostile string, so that it can be found wherever it comes out."""
TOGETHER = 8
"""So many strings are in one case, and in one program if they can be in a spec."""
SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "defs", "marker", "rect", "g", "path", "text"}
QUOTED = re.compile(r'"(?:[^"\\]|\\["\\n])*"')
BREAKERS = (
    *(
        '"',
        "'",
        '"' * 3,
        "'" * 3,
        "\\",
        '\\"',
        "\\\\",
        "\n",
        "\r",
        "\t",
        "\0",
        "\x1b[2J",
    ),
    *("#", "# ", "#}", "{}", "{{", "}}", "%s", "%n", "${x}", "$(id)", "`id`", ";", "|"),
    *("<script>", "</text>", "</svg>", "]]>", "<!--", "-->", "&lt;", "&#60;", "&amp;"),
    *('";', "')", '")', "])", "#quot;", "::error::", "\n::error::", "%0A", "%0a::set"),
    *("\u202e", "\u2028", "\u2029", "\u200b", "\ufeff", "\x85", "\x7f", "\x9b31m"),
    *("\ud800", "\U0001f600", "\uff02", "\uff07", "e\u0301", "\u212a", "\x0b", "\x0c"),
    *("__import__('os')", "coding: utf-7", "exec(1)", "import os", "lambda: 0", "=1+1"),
    *("../", "/etc/passwd", "C:\\", "~", "CON", ".", "[bold]", "[/]", "<br/>", "|x|"),
    *("subgraph x", "end", "click n0 call x()", "%%{init}%%", "n0 --> n1", "@import"),
)
CALLED = re.compile(r"[A-Za-z_]\w*")


def run(budget: Budget, seed: int) -> Result:
    """Strings through all the places of a spec and all sinks, several in a case."""
    failures: list[Mishap] = []
    ends: Counter[str] = Counter()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for turn in budget.part(1 / TOGETHER).turns():
            case = f"{seed}:{turn}"
            rng = random.Random(f"injection {case}")
            strings = [hostile(rng) for _ in range(TOGETHER)]
            tried += TOGETHER
            try:
                for text in strings:
                    ends[judge(text, rng, Path(folder))] += 1
                ends["several"] += judge_together(strings, rng)
            except Exception as error:
                what = f"{type(error).__name__}: {error}"[:600]
                failures.append(Mishap(case, what, ascii(strings)))
    notes: dict[str, int | float | str] = dict(sorted(ends.items()))
    return Result(tried, "strings", tuple(failures), notes=notes)


def hostile(rng: random.Random) -> str:
    """A string that would leave some sink, with the mark in it."""
    parts = [rng.choice(BREAKERS) for _ in range(rng.randint(1, 5))]
    if rng.random() < 0.2:
        parts.append(chr(rng.choice((rng.randrange(0x300), rng.randrange(0x11000)))))
    parts.insert(rng.randrange(len(parts) + 1), MARK)
    return "".join(parts)


def judge(text: str, rng: random.Random, folder: Path) -> str:
    """What became of a string. Raises `AssertionError` where it got out."""
    place = rng.choice(tuple(PLACES))
    written = PLACES[place].replace("@", _in_spec(text, place))
    source = Source(rng.choice(("plain.seq", text)), written)
    _hold_crash(text)
    _hold_paths(text, rng, folder)
    compiled = compile_source(source, folder)
    if compiled.diagnostics:
        _hold_diagnostics(compiled)
    with contextlib.suppress(Failure):
        again = format_text(source)
        assert format_text(Source("again", again)) == again, "fmt changes its mind"
    if rng.random() < 0.1:
        for model in compiled.models:
            _hold_model(model, written)
    return f"{place}: {'built' if compiled.models else 'refused'}"


def judge_together(strings: list[str], rng: random.Random) -> int:
    """Strings that a spec can hold, as the files and labels of one model's layers."""
    lines, names = [], []
    for text in strings:
        line = PLACES["a file"].replace("@", _escaped(text))
        if compile_source(Source("one.seq", line), Path()).diagnostics:
            continue
        names.append(f"a{len(names)}")
        lines.append(
            f'  {names[-1]} = x -> embed(2, from = "{_escaped(text)}") -> mean'
            f"  # {text}"
        )
    if len(names) < 2:
        return 0
    head = "model m(x: int[T] < 9 pad 0) -> y: float[2] {"
    last = f"  ({', '.join(names)}) -> add"
    written = "\n".join([head, *lines, last, "}", ""])
    (model,) = compile_source(Source("several.seq", written), Path()).models
    _hold_model(model, written)
    return len(names)


PLACES = {
    "a file": (
        "model m(x: int[T] < 9 pad 0) -> y: float[2] {\n"
        '  x -> embed(2, from = "@") -> mean\n}\n'
    ),
    "an initialiser": (
        'model m(x: float[4]) -> y: float[2] {\n  x -> dense(2, kernel = "@")\n}\n'
    ),
    "a comment": (
        "# @\nmodel m(x: float[4]) -> y: float[2] {  # @\n"
        "  x -> dense(2)  # @\n}\n# @\n"
    ),
    "an import": 'import "@"\nmodel m(x: float[4]) -> float[4] { x }\n',
    "a name": "model @(x: float[4]) -> y: float[2] { x -> dense(2) }\n",
    "an input": "model m(@: float[4]) -> y: float[2] { @ -> dense(2) }\n",
    "an output": "model m(x: float[4]) -> @: float[2] { x -> dense(2) }\n",
    "a label": "model m(x: float[4]) -> y: float[2] { x -> dense(2) as @ }\n",
    "a value": "model m(x: float[4]) -> float[2] { @ = x -> dense(2)\n @ -> relu }\n",
    "an axis": "model m(x: float[@, 4]) -> y: float[@, 2] { x -> dense(2) }\n",
    "a number": "model m(x: float[4]) -> y: float[2] { x -> dense(@) }\n",
    "a constant": "const @ = 2\nmodel m(x: float[4]) -> float[@] { x -> dense(@) }\n",
    "a block": "block @() { dense(2) }\nmodel m(x: float[4]) -> float[2] { x -> @ }\n",
    "a cell": (
        "cell @(n: int) {\n  state h[n]\n  param W\n  h' = tanh(W @ x + h)\n}\n"
        "model m(x: float[T, 4]) -> y: float[T, 2] { x -> @(2) }\n"
    ),
    "a weight": (
        "cell c(n: int) {\n  state h[n]\n  param @\n  h' = tanh(@ * x + h)\n}\n"
        "model m(x: float[T, 4]) -> y: float[T, 4] { x -> c(4) }\n"
    ),
    "anything": "model m(x: float[4]) -> y: float[2] { x -> dense(2) @ }\n",
}
WORDS = (
    *(
        "class",
        "def",
        "print",
        "eval",
        "__import__",
        "os",
        "jax",
        "jnp",
        "keras",
        "self",
    ),
    *("init", "apply", "variables", "x", "np", "tf", "None", "True", "lambda", "await"),
    *("__class__", "__builtins__", "script", "end", "subgraph", "graph", "style", "e"),
    *(
        "digraph",
        "node",
        "classDef",
        "default",
        "toString",
        "constructor",
        "NaN",
        "exec",
    ),
    *(
        "CON",
        "nul",
        "rng",
        "training",
        "SPEC",
        "build",
        "Model",
        "super",
        "object",
        "w",
    ),
)


def _in_spec(text: str, place: str) -> str:
    """A string as a place takes it: names are often words that mean something."""
    if place in ("a file", "an initialiser", "an import", "a comment", "anything"):
        if hash_of(text) % 3 and place != "a comment":
            return _escaped(text)
        return text
    words = (*WORDS, MARK, text)
    return words[hash_of(text) % len(words)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum(map(ord, text))


def _hold_diagnostics(compiled: Compiled) -> None:
    found = compiled.diagnostics
    for line in render_text(found).split("\n"):
        assert line.isprintable(), f"the terminal gets {line!r}"
    painted = render_text(found, color=True)
    rest = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert rest.replace("\n", "").isprintable(), "the terminal gets more than colour"
    machine = render_json(found)
    assert machine.isascii() and len(json.loads(machine)["diagnostics"]) == len(found)
    annotations = render_github(found).split("\n")
    assert len(annotations) == len(found), "an annotation more"
    for line in annotations:
        assert line.isprintable() and re.match("::(error|warning) ", line)


def _hold_crash(text: str) -> None:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        report = crash_report(error, ["check", text])
    assert report.replace("\n", "").isprintable(), "a crash report obeys"


def _hold_paths(text: str, rng: random.Random, folder: Path) -> None:
    """A path on the command line: nothing is written but where it says."""
    if rng.random() > 0.01:
        return
    text = text.replace("\0", "")  # no argument of a process can hold one
    inside = folder / "work"
    inside.mkdir(exist_ok=True)
    spec = inside / "m.seq"
    spec.write_text("model m(x: float[4]) -> y: float[2] { x -> dense(2) }\n")
    name = text.replace("/", "_")
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        checked = main(["check", text])
        built = main(
            ["build", str(spec), "--backend", "jax", "--out", str(inside / name)]
        )
    assert checked in (1, 2), f"check of {text!r} ends with {checked}"
    assert built in (0, 1, 2), f"build to {name!r} ends with {built}: {err.getvalue()}"
    assert err.getvalue().replace("\n", "").isprintable(), "the terminal gets a control"
    assert {path.name for path in folder.iterdir()} == {"work"}, "written elsewhere"


def _hold_model(model: Model, written: str) -> None:
    for name in ("jax", "tensorflow"):
        with contextlib.suppress(Failure):
            _hold_program(generate(model, load_backend(name)), written)
    diagram = draw_model(model)
    _hold_svg(draw_svg(diagram))
    dot = draw_dot(diagram)
    bare = QUOTED.sub("", dot)
    assert '"' not in bare and MARK not in bare, "a string of DOT is left"
    mermaid = draw_mermaid(diagram)
    assert re.fullmatch(r"[\x20-\x7e\n]*", mermaid), "Mermaid gets what it may read"
    for line in mermaid.split("\n"):
        assert MARK not in re.sub(r'"[^"]*"|\|"[^"]*"\|', "", line), "Mermaid: left"
    report = [count_parameters(model)]
    json.loads(models_json((model,)))
    json.loads(counts_json(report, True))
    for text in (render_table(report, True), render_csv(report, True), _listed(model)):
        assert _printable(text), "a table holds a control character"
    assert _printable(render_markdown(report, True))


def _listed(model: Model) -> str:
    return model_text(model, lambda cell: equation_lines(cell, 80))


def _printable(text: str) -> bool:
    return all(line.isprintable() for line in re.split("\r?\n", text))


def _hold_svg(text: str) -> None:
    root = ET.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in TAGS, f"a tag more: {element.tag}"
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on") and MARK not in value
            assert "href" not in key.lower()
    assert "<script" not in text.lower()


def _hold_program(text: str, written: str) -> None:
    """The mark is inside of constants and names only."""
    assert text.isascii() and "\r" not in text and "\0" not in text
    tree = ast.parse(text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"eval", "exec", "__import__", "compile", "globals"}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and MARK in token.string:
            words = CALLED.findall(token.string)
            assert MARK in words, f"a comment holds {token.string!r}"
            assert f"# {MARK}" not in written, "a comment of the spec came through"
    for node in _documents(tree):
        assert MARK not in node or MARK in CALLED.findall(node)


def _documents(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield words
