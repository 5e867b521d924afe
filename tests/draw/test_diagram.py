"""A diagram shows what somebody wrote: inputs, layers, outputs, and what they read."""

from __future__ import annotations

from specc.draw.frames import Frame, frame_boxes
from tests.draw.specs import DEEP, SHARED, diagram


def test_masks_and_numbers_are_not_drawn() -> None:
    text = """
model m(x: float[T, 3] ragged) -> y: float[T, 4] {
  x -> conv(3, 2, same) -> lstm(4, init = (0, 0))
}
"""
    found = [(box.kind, box.text) for box in diagram(text).boxes]
    assert found == [
        ("input", "x"),
        ("layer", "conv(3, 2, same)"),
        ("layer", "lstm(4, init = (0, 0))"),
        ("output", "y"),
    ]


def test_shared_layers_are_marked_wherever_they_stand() -> None:
    boxes = diagram(SHARED).boxes
    assert [(b.text, b.note) for b in boxes if b.shared] == [
        ("embed(4)", "weights of encode.embed"),
        ("lstm(4)", "weights of encode.lstm"),
    ]
    assert sum("shared" in box.note for box in boxes) == 2


def test_a_layer_that_is_a_whole_flow_shows_its_word() -> None:
    assert [box.text for box in diagram(SHARED).boxes][-2:] == ["dot", "near"]


def test_every_result_has_its_type_and_its_readers() -> None:
    text = """
model m(x: float[T, 3]) -> y: float[T, 2], z: float[T, 2] {
  a, b = x -> bi(rnn(2), none)
  b, a
}
"""
    x, both, y, z = diagram(text).boxes
    assert x.types == ("float[T, 3]",)
    assert both.types == ("float[T, 2]", "float[T, 2]")
    assert (y.inputs, z.inputs) == (((1, 1),), ((1, 0),))


def test_a_block_has_a_frame_wherever_it_is_used() -> None:
    root = frame_boxes(diagram(DEEP).boxes)
    frames = [item for item in root.items if isinstance(item, Frame)]
    titles = [f"tcn_{n} / residual" for n in range(2, 9)]
    assert [frame.title for frame in frames] == ["tcn / residual", *titles]
    assert all(len(frame.items) == 5 for frame in frames)


def test_a_shared_block_has_a_frame_for_each_use() -> None:
    root = frame_boxes(diagram(SHARED).boxes)
    frames = [item for item in root.items if isinstance(item, Frame)]
    assert [(frame.title, len(frame.items)) for frame in frames] == [("encode", 3)] * 2


def test_arithmetic_shows_its_operator_and_its_number() -> None:
    text = """
model m(x: float[T, 3]) -> y: float[T, 3] {
  t = x -> dense(3, sigmoid)
  (1 - t) * x - 0.5 * (x -> dense(3))
}
"""
    boxes = diagram(text).boxes[2:-1]
    found = [(box.text, box.ordered) for box in boxes if not box.weighted]
    assert found == [("1 -", True), ("*", False), ("0.5 *", False), ("-", True)]


def test_over_begins_and_ends_in_boxes_of_its_own() -> None:
    text = """
model m(x: float[T, C, 3]) -> y: float[T, 3] {
  x -> over T { conv(3, 2, same) -> max } -> dense(3)
}
"""
    boxes = diagram(text).boxes
    texts = [box.text for box in boxes]
    assert texts == [
        "x",
        "over T",
        "conv(3, 2, same)",
        "max",
        "end of over",
        "dense(3)",
        "y",
    ]
    assert [box.inputs for box in boxes[1:]] == [((n, 0),) for n in range(6)]
