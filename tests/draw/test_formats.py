"""Diagrams as text: well formed, the same every time, and nothing gets out of it."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from specc.draw.diagram import Box, Diagram
from specc.draw.dot import draw_dot
from specc.draw.mermaid import draw_mermaid
from specc.draw.svg import draw_svg
from tests.draw.specs import DEEP, HOSTILE, MODELS, SHARED, TEXTS, diagram, diagrams

Draw = Callable[[Diagram], str]
DRAWS = [draw_svg, draw_mermaid, draw_dot]
SVG = "{http://www.w3.org/2000/svg}"
QUOTED = re.compile(r'"(?:[^"\\]|\\["\\n])*"')


def texts(svg: str) -> list[str]:
    return [found.text or "" for found in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_same_model_gives_the_same_bytes(path, draw: Draw) -> None:
    assert list(map(draw, diagrams(path))) == list(map(draw, diagrams(path)))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_svg_is_well_formed_and_says_everything(path) -> None:
    for found in diagrams(path):
        shown = " ".join(texts(draw_svg(found)))
        for box in found.boxes:
            same = {*box.text.split()} & {*box.pattern.split()}
            assert all(word in shown for word in same), box.text
            # A result that nothing reads has no edge to stand at.
            assert not box.types or any(type in shown for type in box.types)


def test_boxes_show_the_numbers_that_names_stand_for() -> None:
    text = """
const OUT = 3
block part(n: int, rate: int) { conv(n, 2, causal, dilation = rate) -> dropout(1 / n) }
model m(x: float[T, 4]) -> float[T, OUT] {
  x -> part(4, 1) -> for i in 5 { part(8, 2 ** (i % 4)) } -> part(8, 3) -> dense(OUT)
}
"""
    shown = [t for t in texts(draw_svg(diagram(text))) if "(" in t]
    assert shown == [
        "conv(4, 2, causal, dilation = 1)",
        "dropout(0.25)",
        "conv(8, 2, causal, dilation = 1)",
        "dropout(0.125)",
        "conv(8, 2, causal, dilation = [2, 4, 8, ...])",
        "dropout(0.125)",
        "dense(3)",
    ]


def test_the_svg_has_nothing_but_shapes_and_text() -> None:
    tags = {
        e.tag.removeprefix(SVG) for e in ET.fromstring(draw_svg(diagram(DEEP))).iter()
    }
    assert tags == {
        "svg",
        "title",
        "desc",
        "style",
        "defs",
        "marker",
        "rect",
        "g",
        "path",
        "text",
    }


def test_a_repetition_says_how_often() -> None:
    assert "tcn / residual \N{MULTIPLICATION SIGN} 8" in texts(draw_svg(diagram(DEEP)))
    assert "tcn / residual #215; 8" in draw_mermaid(diagram(DEEP))
    assert draw_dot(diagram(DEEP)).count("subgraph") == 1


def test_shared_layers_look_different() -> None:
    assert draw_svg(diagram(SHARED)).count('class="w d"') == 2
    assert draw_mermaid(diagram(SHARED)).count(":::shared") == 2
    assert draw_dot(diagram(SHARED)).count("dashed") == 2


def test_a_node_of_mermaid_has_one_class_at_most() -> None:
    for line in draw_mermaid(diagram(SHARED)).splitlines():
        assert line.count(":::") <= 1, "Mermaid refuses two"


def test_who_does_not_see_the_svg_is_told_what_it_shows() -> None:
    svg = ET.fromstring(draw_svg(diagram(SHARED)))
    title, words = (svg.findtext(f"{SVG}{tag}") or "" for tag in ("title", "desc"))
    assert title == "pair, 180 parameters"
    assert "Input a, gives int[T] < 9 pad 0." in words
    assert "Block encode: embed(4), 36 parameters, shared, reads a" in words
    assert words.endswith("Output near, reads dot.")


def test_a_dark_screen_has_colours_of_its_own() -> None:
    style = ET.fromstring(draw_svg(diagram(SHARED))).findtext(f"{SVG}style") or ""
    light, dark = style.split("@media(prefers-color-scheme:dark)")
    fills = re.compile(r"\.([a-z])[{,]")
    assert set(fills.findall(dark)) >= set(fills.findall(light)) - set("hmd")


def test_equal_results_are_counted() -> None:
    text = "model m(x: float[T, 3]) -> y: float[T, 8], z: float[4] {\n"
    text += "  h, ends = x -> bi(lstm(4, states))\n"
    text += "  a, b = join(ends)\n  z = a + b -> dense(4)\n  y = h\n}\n"
    shown = texts(draw_svg(diagram(text)))
    assert "float[T, 8], 4 \N{MULTIPLICATION SIGN} float[4]" in shown


def test_hostile_text_stays_text_in_svg() -> None:
    svg = draw_svg(diagram(HOSTILE))
    assert "<script" not in svg and "&lt;script&gt;" in svg
    assert any("</text><script>" in text for text in texts(svg))


def test_hostile_text_stays_text_in_mermaid() -> None:
    for line in draw_mermaid(diagram(HOSTILE)).splitlines():
        assert line.count('"') in (0, 2), line
        assert "<script" not in line and "`" not in line
        if "-->" in line:
            assert re.fullmatch(r'  n\d+ -->\|"[^"]*"\| n\d+', line)


def test_hostile_text_stays_text_in_dot() -> None:
    text = draw_dot(diagram(HOSTILE))
    outside = QUOTED.sub("", text)
    assert "script" in text and "script" not in outside and '"' not in outside
    assert ";" not in outside and "|" not in outside


@pytest.mark.parametrize("draw", DRAWS)
def test_names_of_any_kind_are_only_text(draw: Draw) -> None:
    bad = '"] --> x; <b>\\" end\\'
    box = Box("layer", bad, f"{bad}.{bad}", bad, (bad,))
    other = Box("output", bad, bad, inputs=((0, 0),))
    text = draw(Diagram(bad, bad, (box, other)))
    assert "<b>" not in QUOTED.sub("", text)
    if draw is draw_svg:
        assert bad in texts(text)


def test_three_hundred_layers_are_drawn_in_a_blink() -> None:
    kinds = [
        "dense(4, relu)",
        "layernorm",
        "lstm(4)",
        "dropout(0.1)",
        "conv(4, 3, same)",
    ]
    lines = []
    for n in range(60):
        flow = " -> ".join(kinds[(n * k * k + k) % 5] for k in range(1, 6))
        lines.append(f"  h{n + 1} = (h{n}, h{n} -> {flow}) -> add")
    body = "\n".join(lines)
    found = diagram(f"model m(h0: float[T, 4]) -> float[T, 4] {{\n{body}\n  h60\n}}\n")
    assert len(found.boxes) == 362
    start = time.perf_counter()
    svg = draw_svg(found)
    assert time.perf_counter() - start < 10
    assert len(svg) < 400_000


@pytest.mark.parametrize("name", TEXTS)
def test_every_format_draws_blocks_and_branches(name: str) -> None:
    found = diagram(TEXTS[name])
    ET.fromstring(draw_svg(found))
    edges = draw_dot(found).count(" -> n")
    assert edges == len(re.findall(r"-->\|", draw_mermaid(found))) > 0
