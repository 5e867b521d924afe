"""Repetition is drawn once, and nothing else is left out."""

from __future__ import annotations

import pytest

from specc.draw.diagram import Diagram
from specc.draw.fold import fold
from specc.draw.frames import Frame, frame_boxes
from tests.draw.specs import DEEP, DENSE, FAN, MODELS, SHARED, TUPLES, diagram, diagrams


def frames(frame: Frame) -> list[Frame]:
    inner = [item for item in frame.items if isinstance(item, Frame)]
    return inner + [f for found in inner for f in frames(found)]


def drawn(frame: Frame) -> list[int]:
    found: list[int] = []
    for item in frame.items:
        found += [item] if isinstance(item, int) else drawn(item)
    return found


def folded(found: Diagram) -> list[tuple[str, int]]:
    root, _ = fold(frame_boxes(found.boxes), found.boxes)
    return [(frame.title, frame.times) for frame in frames(root) if frame.times > 1]


def layers(body: str) -> Diagram:
    return diagram(f"model m(x: float[T, 4]) -> float[T, 4] {{\n  x -> {body}\n}}\n")


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (DEEP, [("tcn / residual", 8)]),
        (TUPLES, [("wave", 50)]),
        (FAN, []),
        (DENSE, []),
        (SHARED, []),
    ],
)
def test_runs_of_equal_blocks_are_one(text: str, runs: list[tuple[str, int]]) -> None:
    assert folded(diagram(text)) == runs


@pytest.mark.parametrize(
    ("body", "times"),
    [
        ("for i in 6 { lstm(4) }", [6]),
        ("lstm(4) -> lstm(4)", []),
        ("for i in 5 { dense(4, relu) -> dropout(0.5) }", [5]),
        ("for i in 3 { dense(4, relu) } -> for i in 3 { dense(4, tanh) }", []),
        ("dense(4) -> for i in 4 { dense(4, relu) -> layernorm } -> lstm(4)", [4]),
        (
            "for i in 300 { residual { dense(4) -> for j in 9 { dense(4, relu) } } }",
            [300, 9],
        ),
        ("conv(8, 1) -> for i in 4 { conv(8, 1) } -> conv(4, 1)", [4]),
    ],
)
def test_plain_layers_fold_where_that_saves_something(body, times) -> None:
    assert [count for _, count in folded(layers(body))] == times


def test_blocks_of_other_widths_are_not_equal() -> None:
    text = """
block part(n: int) {
  dense(n, relu) -> dropout(0.5) -> layernorm
}

model m(x: float[T, 4]) -> float[T, 9] {
  x -> part(4) -> part(5) -> part(6) -> dense(9)
}
"""
    assert folded(diagram(text)) == []


def test_what_is_read_later_is_drawn() -> None:
    text = """
model m(x: float[T, 4]) -> float[T, 4] {
  a = x -> dense(4)
  b = a -> dense(4)
  c = b -> dense(4)
  d = c -> dense(4)
  e = d -> dense(4)
  (b, e) -> add
}
"""
    assert folded(diagram(text)) == []


def test_what_reads_the_last_repetition_reads_the_one_drawn() -> None:
    found = diagram(DEEP)
    root, boxes = fold(frame_boxes(found.boxes), found.boxes)
    (frame,) = frames(root)
    last = [box for box in boxes if box.text == "dense(1)"]
    assert last[0].inputs == ((frame.items[-1], 0),)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_box_that_is_read_is_drawn(path) -> None:
    for found in diagrams(path):
        root, boxes = fold(frame_boxes(found.boxes), found.boxes)
        numbers = drawn(root)
        assert numbers == sorted(set(numbers))
        for number in numbers:
            assert {source for source, _ in boxes[number].inputs} <= set(numbers)
        if not folded(found):
            assert numbers == list(range(len(boxes))) and boxes == found.boxes


@pytest.mark.parametrize("times", [2, 3, 5])
def test_what_all_repetitions_read_from_outside_is_read_once(times: int) -> None:
    found = diagram(
        "block layer_of(units: int) on (h, memory) {\n"
        "  seen = (h -> dense(units), memory) -> attend\n"
        "  h + seen, memory\n}\n"
        "model m(x: float[T, 4], y: float[S, 4]) -> float[T, 4] {\n"
        f"  h, _ = (x, y -> dense(4)) -> for i in {times} {{ layer_of(4) }}\n"
        "  h -> dense(4)\n}\n"
    )
    assert folded(found) == [("layer_of", times)]
