"""Boxes never touch, frames hold what is theirs, and everything flows down."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from specc.draw.area import Area, Rectangle
from specc.draw.diagram import Box, Diagram
from specc.draw.fold import fold
from specc.draw.frames import Frame, frame_boxes
from specc.draw.layout import lay_out
from tests.draw.specs import MODELS, TEXTS, diagram, diagrams

NEAR = 0.01


def placed(found: Diagram) -> tuple[Area, tuple[Box, ...]]:
    root, boxes = fold(frame_boxes(found.boxes), found.boxes)
    return lay_out(root, boxes), boxes


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return (
        a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    )


def holds(outer: Rectangle, inner: Rectangle) -> bool:
    return (
        outer.x <= inner.x + NEAR
        and outer.y <= inner.y + NEAR
        and inner.x + inner.width <= outer.x + outer.width + NEAR
        and inner.y + inner.height <= outer.y + outer.height + NEAR
    )


def shrunk(box: Rectangle) -> Rectangle:
    return Rectangle(box.x + 1, box.y + 1, box.width - 2, box.height - 2)


def members(frame: Frame) -> set[int]:
    found: set[int] = set()
    for item in frame.items:
        found |= {item} if isinstance(item, int) else members(item)
    return found


def check(found: Diagram) -> None:
    area, boxes = placed(found)
    rectangles = dict(area.boxes)
    for one, other in combinations(rectangles.values(), 2):
        assert not overlap(one, other)
    whole = Rectangle(0, 0, area.width, area.height)
    assert all(holds(whole, rectangle) for rectangle in rectangles.values())
    for frame, rectangle in area.frames:
        own = members(frame)
        for number, box in rectangles.items():
            assert (
                holds(rectangle, box) if number in own else not overlap(rectangle, box)
            )
    for number, rectangle in rectangles.items():
        for source, _ in boxes[number].inputs:
            assert rectangles[source].y + rectangles[source].height < rectangle.y
    for line in area.lines:
        assert line.y <= line.bend <= line.turn <= line.to_y + NEAR
        way = Rectangle(line.x, line.y, 0, line.bend - line.y)
        assert not any(overlap(shrunk(box), way) for box in rectangles.values())
    arrows = sum(line.arrow for line in area.lines)
    assert arrows == sum(len(boxes[number].inputs) for number in rectangles)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_model_is_laid_out_well(path) -> None:
    for found in diagrams(path):
        check(found)


@pytest.mark.parametrize("name", TEXTS)
def test_blocks_and_branches_are_laid_out_well(name: str) -> None:
    for found in diagrams(TEXTS[name]):
        check(found)


@st.composite
def graphs(draw: st.DrawFn) -> Diagram:
    boxes = [Box("input", "x", "x", types=("float[T, 4]",))]
    for number in range(1, draw(st.integers(2, 14))):
        sources = draw(st.lists(st.integers(0, number - 1), min_size=1, max_size=3))
        results = [draw(st.integers(0, len(boxes[n].types) - 1)) for n in sources]
        path = draw(st.sampled_from(["", "a.", "b.", "a.c."]))
        boxes.append(
            Box(
                "layer",
                "layer" * draw(st.integers(1, 4)),
                f"{path}n{number}",
                types=("float[T, 4]", "float[4]"),
                inputs=tuple(dict.fromkeys(zip(sources, results, strict=True))),
            )
        )
    inputs = ((len(boxes) - 1, 0),)
    return Diagram("m", "", (*boxes, Box("output", "y", "y", inputs=inputs)))


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_any_graph_is_laid_out_well(found: Diagram) -> None:
    check(found)


def test_the_first_operand_comes_in_from_the_left() -> None:
    inputs = [Box("input", name, name, types=("float",)) for name in "abc"]
    minus = Box("layer", "-", "minus", types=("float",), inputs=((2, 0), (0, 0)))
    ordered = replace(minus, ordered=True)
    for box, order in ((minus, [0, 2]), (ordered, [2, 0])):
        area = lay_out(Frame("", (0, 1, 2, 3), 0, 4), (*inputs, box))
        into = sorted(line.to_x for line in area.lines)
        froms = {line.to_x: line.x for line in area.lines}
        middles = {r.x + r.width / 2: number for number, r in area.boxes}
        assert [middles[froms[x]] for x in into] == order


def test_what_goes_through_many_blocks_goes_straight() -> None:
    units = " -> ".join(f"unit({n})" for n in range(5, 12))
    text = "block unit(w: int) { residual { dense(w, relu) -> dense(8) } }\n"
    text += f"model m(x: float[T, 8]) -> float[T, 8] {{ x -> {units} }}\n"
    area, boxes = placed(diagram(text))
    sums = {number for number, box in enumerate(boxes) if box.text == "+"}
    middles = [r.x + r.width / 2 for number, r in area.boxes if number in sums]
    assert len(middles) == 7 and max(middles) - min(middles) < NEAR
