"""Repetition drawn once: runs of items that are equal but for their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from msgspec.structs import replace

from specc.draw.diagram import Box, Value
from specc.draw.frames import Frame, Item, base_name, bounds

LONGEST_PERIOD = 24
"""A repeated part has no more items than this."""
LEAST_SAVED = 3
"""Repetition is folded if at least so many boxes need not be drawn."""
MANY_READERS = 3
"""A value that so many items read is the same one for all repetitions."""

Signature = Hashable
Folding = dict[int, int]
"""Boxes that are not drawn, each with the one that stands for it."""


def fold(root: Frame, boxes: Sequence[Box]) -> tuple[Frame, tuple[Box, ...]]:
    """The frame with repetition folded, and boxes that read what is still drawn.

    Boxes keep their numbers; those that are not drawn stay in the tuple, unused.
    """
    folding: Folding = {}
    folded = _fold_frame(root, boxes, _readers(boxes), folding)
    return folded, tuple(_rewired(box, folding) for box in boxes)


def _readers(boxes: Sequence[Box]) -> list[list[int]]:
    readers: list[list[int]] = [[] for _ in boxes]
    for number, box in enumerate(boxes):
        for source in dict.fromkeys(source for source, _ in box.inputs):
            readers[source].append(number)
    return readers


def _fold_frame(
    frame: Frame, boxes: Sequence[Box], readers: list[list[int]], folding: Folding
) -> Frame:
    signatures = _numbered(_signatures(frame.items, boxes))
    items: list[Item] = []
    place = 0
    while place < len(frame.items):
        period, times = _run(frame.items, signatures, place, readers)
        part = frame.items[place : place + period]
        shown = [_fold_item(item, boxes, readers, folding) for item in part]
        if times > 1:
            shown = [_repeated(shown, times)]
            _stand_in(frame.items[place : place + period * times], period, folding)
        items += shown
        place += period * times
    return replace(frame, items=tuple(items))


def _fold_item(
    item: Item, boxes: Sequence[Box], readers: list[list[int]], folding: Folding
) -> Item:
    return item if isinstance(item, int) else _fold_frame(item, boxes, readers, folding)


def _repeated(part: list[Item], times: int) -> Frame:
    """One frame for the repetitions of a part."""
    first = part[0]
    if len(part) == 1 and isinstance(first, Frame) and first.times == 1:
        title = " / ".join(map(base_name, first.title.split(" / ")))
        return replace(first, title=title, times=times)
    return Frame("", tuple(part), bounds(first)[0], bounds(part[-1])[1], times)


def _stand_in(run: Sequence[Item], period: int, folding: Folding) -> None:
    start, stop = bounds(run[0])[0], bounds(run[-1])[1]
    size = bounds(run[period - 1])[1] - start
    for number in range(start + size, stop):
        folding[number] = start + (number - start) % size


def _run(
    items: Sequence[Item],
    signatures: Sequence[int],
    place: int,
    readers: list[list[int]],
) -> tuple[int, int]:
    """The period and the number of repetitions from here on; (1, 1) if there are none.

    Of several, the one that draws the fewest boxes.
    """
    best, saved = (1, 1), LEAST_SAVED - 1
    for period in range(1, min(LONGEST_PERIOD, (len(items) - place) // 2) + 1):
        times = _times(signatures, place, period)
        if times == 1 or not _is_closed(items, place, period, times, readers):
            continue
        start, stop = bounds(items[place])[0], bounds(items[place + period - 1])[1]
        if (stop - start) * (times - 1) > saved:
            best, saved = (period, times), (stop - start) * (times - 1)
    return best


def _times(signatures: Sequence[int], place: int, period: int) -> int:
    part = signatures[place : place + period]
    times, next_place = 1, place + period
    while signatures[next_place : next_place + period] == part:
        times, next_place = times + 1, next_place + period
    return times


def _is_closed(
    items: Sequence[Item],
    place: int,
    period: int,
    times: int,
    readers: list[list[int]],
) -> bool:
    """Whether nothing behind the run reads any repetition but the last."""
    last = place + period * (times - 1)
    stop = bounds(items[last + period - 1])[1]
    inside = range(bounds(items[place])[0], bounds(items[last])[0])
    return all(reader < stop for number in inside for reader in readers[number])


def _signatures(items: Sequence[Item], boxes: Sequence[Box]) -> Iterator[Signature]:
    counts = Counter(
        value for item in items for value in dict.fromkeys(_outer_values(item, boxes))
    )
    many = {value for value, count in counts.items() if count >= MANY_READERS}
    for item in items:
        start, stop = bounds(item)
        yield tuple(_box_signature(boxes, n, start, many) for n in range(start, stop))


def _outer_values(item: Item, boxes: Sequence[Box]) -> Iterator[Value]:
    start, stop = bounds(item)
    for number in range(start, stop):
        yield from (value for value in boxes[number].inputs if value[0] < start)


def _box_signature(
    boxes: Sequence[Box], number: int, start: int, many: set[Value]
) -> Signature:
    """A box but for its number: what it shows, what it reads, and where that is."""
    box = boxes[number]
    reads = tuple(
        (
            value in many,
            value[0] if value in many else number - value[0],
            value[1],
            boxes[value[0]].types[value[1]],
        )
        for value in box.inputs
    )
    path = tuple(map(base_name, box.path))
    return box.kind, box.text, box.note, box.types, box.shared, path, reads


def _numbered(signatures: Iterator[Signature]) -> list[int]:
    numbers: dict[Signature, int] = {}
    return [numbers.setdefault(signature, len(numbers)) for signature in signatures]


def _rewired(box: Box, folding: Folding) -> Box:
    inputs = ((_drawn(source, folding), output) for source, output in box.inputs)
    return replace(box, inputs=tuple(dict.fromkeys(inputs)))


def _drawn(number: int, folding: Folding) -> int:
    while number in folding:
        number = folding[number]
    return number
