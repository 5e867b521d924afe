"""Repetition drawn once: runs of items that are equal but for their number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from msgspec.structs import replace

from specc.draw.diagram import Box, Value
from specc.draw.frames import Frame, Item, base_name, bounds

LONGEST_PERIOD = 24
"""A repeated part has no more items than this."""
LEAST_SAVED = 3
"""Repetition is folded if at least so many boxes need not be drawn."""
MANY_READERS = (3, 2)
"""A value that so many items read may be the same one for all repetitions. Of two
readers one may be what follows, so runs are looked for either way."""
WORD = re.compile(r"([\w.+-]+)")
MOST_WORDS = 3
"""Where repetitions differ in a number, so many of the numbers are shown."""

Signature = Hashable
Folding = dict[int, int]
"""Boxes that are not drawn, each with the one that stands for it."""


def fold(root: Frame, boxes: Sequence[Box]) -> tuple[Frame, tuple[Box, ...]]:
    """The frame with repetition folded, and boxes that read what is still drawn.

    Boxes keep their numbers; those that are not drawn stay in the tuple, unused.
    """
    folding: Folding = {}
    folded = _fold_frame(root, boxes, _readers(boxes), folding)
    rewired = [_rewired(box, folding) for box in boxes]
    for number, texts in _texts(boxes, folding).items():
        rewired[number] = replace(rewired[number], text=_together(texts))
    return folded, tuple(rewired)


def _readers(boxes: Sequence[Box]) -> list[list[int]]:
    readers: list[list[int]] = [[] for _ in boxes]
    for number, box in enumerate(boxes):
        for source in dict.fromkeys(source for source, _ in box.inputs):
            readers[source].append(number)
    return readers


def _fold_frame(
    frame: Frame, boxes: Sequence[Box], readers: list[list[int]], folding: Folding
) -> Frame:
    signatures = [
        _numbered(_signatures(frame.items, boxes, many)) for many in MANY_READERS
    ]
    items: list[Item] = []
    place = 0
    while place < len(frame.items):
        period, times = _run(frame.items, signatures, place, boxes, readers)
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
    signatures: Sequence[Sequence[int]],
    place: int,
    boxes: Sequence[Box],
    readers: list[list[int]],
) -> tuple[int, int]:
    """The period and the number of repetitions from here on; (1, 1) if there are none.

    Of several, the one that draws the fewest boxes.
    """
    best, saved = (1, 1), LEAST_SAVED - 1
    for period in range(1, min(LONGEST_PERIOD, (len(items) - place) // 2) + 1):
        times = max(_times(found, place, period) for found in signatures)
        if _is_carried(items, place, period, boxes):
            behind = place + period
            others = (_times(found, behind, period) for found in signatures)
            times = max(times, 1 + max(others))
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


def _is_carried(
    items: Sequence[Item], place: int, period: int, boxes: Sequence[Box]
) -> bool:
    """Whether the next part is like this one, and reads what this one gives.

    What else it reads from outside this one reads too, at the same places. The first of
    several repetitions may so begin with values from anywhere.
    """
    start, middle = bounds(items[place])[0], bounds(items[place + period])[0]
    stop = bounds(items[place + 2 * period - 1])[1]
    if stop - middle != middle - start or boxes[start].pattern != boxes[middle].pattern:
        return False
    one, own = _part(boxes, start, middle)
    other, read = _part(boxes, middle, stop)
    return one == other and all(
        start <= value[0] or value == first
        for first, value in zip(own, read, strict=True)
    )


def _part(
    boxes: Sequence[Box], start: int, stop: int
) -> tuple[list[Signature], list[Value]]:
    """Boxes but for their numbers, and what they read from outside, in order."""
    outer: dict[Value, int] = {}
    found: list[Signature] = []
    for number in range(start, stop):
        reads = tuple(
            (True, value[0] - start, value[1])
            if value[0] >= start
            else (False, outer.setdefault(value, len(outer)), _type(boxes, value))
            for value in boxes[number].inputs
        )
        found.append((*_plain(boxes[number]), reads))
    return found, list(outer)


def _type(boxes: Sequence[Box], value: Value) -> str:
    return boxes[value[0]].types[value[1]]


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


def _signatures(
    items: Sequence[Item], boxes: Sequence[Box], readers: int
) -> Iterator[Signature]:
    counts = Counter(
        value for item in items for value in dict.fromkeys(_outer_values(item, boxes))
    )
    many = {value for value, count in counts.items() if count >= readers}
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
            _type(boxes, value),
        )
        for value in box.inputs
    )
    return (*_plain(box), reads)


def _plain(box: Box) -> tuple[Hashable, ...]:
    """What a box shows, but for numbers that names stand for."""
    path = tuple(map(base_name, box.path))
    return box.kind, box.pattern, box.note, box.types, box.shared, path


def _numbered(signatures: Iterator[Signature]) -> list[int]:
    numbers: dict[Signature, int] = {}
    return [numbers.setdefault(signature, len(numbers)) for signature in signatures]


def _rewired(box: Box, folding: Folding) -> Box:
    inputs = ((_drawn(source, folding), output) for source, output in box.inputs)
    return replace(box, inputs=tuple(dict.fromkeys(inputs)))


def _texts(boxes: Sequence[Box], folding: Folding) -> dict[int, list[str]]:
    """For a box that stands for others: what they show, itself first."""
    found: dict[int, list[str]] = {}
    for number in sorted(folding):
        shown = _drawn(number, folding)
        found.setdefault(shown, [boxes[shown].text]).append(boxes[number].text)
    return found


def _together(texts: Sequence[str]) -> str:
    """Texts of one pattern as one: `conv(8, 3, dilation = [1, 2, 4, ...])`."""
    parts = zip(*map(WORD.split, texts), strict=True)
    return "".join(_list(tuple(dict.fromkeys(part))) for part in parts)


def _list(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"[{', '.join([*words[:MOST_WORDS], *['...'] * (len(words) > MOST_WORDS)])}]"


def _drawn(number: int, folding: Folding) -> int:
    while number in folding:
        number = folding[number]
    return number
