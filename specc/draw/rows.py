"""Ranks and places: one frame's nodes in rows, so that everything flows down.

The usual layered method: rows by the longest path, lanes for what passes a row by,
an order with few crossings, and then places as near as can be to what is connected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf

from msgspec import Struct

GAP = 24.0
"""Between two nodes in a row."""
LANE_WIDTH = 12.0
ORDER_SWEEPS = 8
PLACE_SWEEPS = 24
STRAIGHT = 8.0
"""How much more chains and lanes want to be straight than others in the middle."""


class Slot(Struct):
    """Something in a row: a node, or a lane where a value passes the row by."""

    row: int
    width: float
    is_lane: bool = False
    left: float = 0.0


class Link(Struct, frozen=True):
    """A connection of a slot with one in the next row; places from the left edges."""

    upper: int
    upper_at: float
    lower: int
    lower_at: float


def rank(
    count: int, edges: Iterable[tuple[int, int]], last: Iterable[int]
) -> list[int]:
    """Rows of nodes that are numbered in an order of their own: the longest path.

    Nodes in `last` stand in the last row of all.
    """
    above: dict[int, list[int]] = {}
    for source, target in edges:
        above.setdefault(target, []).append(source)
    rows = [0] * count
    for node in range(count):
        rows[node] = max(
            (rows[source] + 1 for source in above.get(node, ())), default=0
        )
    ends = list(last)
    bottom = max(rows, default=0)
    if any(rows[node] == bottom for node in range(count) if node not in set(ends)):
        bottom += bool(ends)
    for node in ends:
        rows[node] = bottom
    return rows


def order(slots: Sequence[Slot], links: Sequence[Link]) -> list[list[int]]:
    """The slots of every row, from left to right, with few crossings."""
    rows: list[list[int]] = [[] for _ in range(1 + max(slot.row for slot in slots))]
    for number, slot in enumerate(slots):
        rows[slot.row].append(number)
    best, crossings = rows, _crossings(rows, links)
    for sweep in range(ORDER_SWEEPS):
        if not crossings:
            break
        rows = _swept([list(row) for row in rows], slots, links, sweep % 2 == 0)
        found = _crossings(rows, links)
        if found < crossings:
            best, crossings = rows, found
    return best


def _swept(
    rows: list[list[int]], slots: Sequence[Slot], links: Sequence[Link], down: bool
) -> list[list[int]]:
    """Every row ordered by the middle of what it is connected to in the row before."""
    wanted: dict[int, list[tuple[int, float]]] = {}
    for link in links:
        if down:
            share = link.upper_at / max(slots[link.upper].width, 1.0)
            wanted.setdefault(link.lower, []).append((link.upper, share))
        else:
            share = link.lower_at / max(slots[link.lower].width, 1.0)
            wanted.setdefault(link.upper, []).append((link.lower, share))
    lines = rows if down else rows[::-1]
    for before, row in pairwise(lines):
        places = {number: place for place, number in enumerate(before)}
        keys = {
            number: _mean([places[other] + share for other, share in wanted[number]])
            if number in wanted
            else place + 0.5
            for place, number in enumerate(row)
        }
        row.sort(key=lambda number: keys[number])
    return rows


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _crossings(rows: Sequence[Sequence[int]], links: Sequence[Link]) -> int:
    places = {number: place for row in rows for place, number in enumerate(row)}
    between: dict[int, list[tuple[tuple[int, float], tuple[int, float]]]] = {}
    row_of = {number: y for y, row in enumerate(rows) for number in row}
    for link in links:
        ends = (places[link.upper], link.upper_at), (places[link.lower], link.lower_at)
        between.setdefault(row_of[link.upper], []).append(ends)
    return sum(_inversions(sorted(ends)) for ends in between.values())


def _inversions(ends: Sequence[tuple[tuple[int, float], tuple[int, float]]]) -> int:
    found = 0
    for place, (upper, lower) in enumerate(ends):
        for other_upper, other_lower in ends[place + 1 :]:
            found += upper != other_upper and lower > other_lower
    return found


def place(
    rows: Sequence[Sequence[int]],
    slots: Sequence[Slot],
    links: Sequence[Link],
    through: Iterable[tuple[int, int]] = (),
) -> float:
    """Give every slot its left edge, near what it is connected to; the width of all.

    First from what is above and below in turn, then from both; at last chains and lanes
    are made straight where there is room. `through`: slots, an upper and a lower one,
    that want to stand in one line although rows lie between them.
    """
    pulls = _pulls(slots, links)
    for upper, lower in through:
        pulls[lower].append(_Pull(upper, 0.0, STRAIGHT, True))
        pulls[upper].append(_Pull(lower, 0.0, STRAIGHT, False))
    for row in rows:
        _settle(row, slots, {})
    for sweep in range(PLACE_SWEEPS):
        down = sweep % 2 == 0
        one_side = sweep < PLACE_SWEEPS // 2
        for row in rows if down else rows[::-1]:
            wishes = {}
            for number in row:
                felt = [
                    pull
                    for pull in pulls[number]
                    if not (one_side and pull.is_above != down)
                ]
                wishes[number] = _wish(felt, number, slots)
            _settle(row, slots, wishes)
    _straighten(rows, slots, pulls)
    left = min((slot.left for slot in slots), default=0.0)
    for slot in slots:
        slot.left -= left
    return max((slot.left + slot.width for slot in slots), default=0.0)


class _Pull(Struct, frozen=True):
    """What another slot wants of one: to stand `offset` from its left edge."""

    other: int
    offset: float
    weight: float
    is_above: bool


def _pulls(slots: Sequence[Slot], links: Sequence[Link]) -> list[list[_Pull]]:
    """For every slot, those of all its links."""
    downs = Counter(link.upper for link in links)
    ups = Counter(link.lower for link in links)
    pulls: list[list[_Pull]] = [[] for _ in slots]
    for link in links:
        chain = downs[link.upper] == ups[link.lower] == 1
        lanes = slots[link.upper].is_lane and slots[link.lower].is_lane
        weight = STRAIGHT if chain or lanes else 1.0
        offset = link.upper_at - link.lower_at
        pulls[link.lower].append(_Pull(link.upper, offset, weight, True))
        pulls[link.upper].append(_Pull(link.lower, -offset, weight, False))
    return pulls


def _wish(
    pulls: Sequence[_Pull], number: int, slots: Sequence[Slot]
) -> tuple[float, float]:
    """Where a slot would like its left edge, and how much."""
    weight = sum(pull.weight for pull in pulls)
    if not weight:
        return slots[number].left, 1.0
    total = sum((slots[p.other].left + p.offset) * p.weight for p in pulls)
    return total / weight, weight


def _straighten(
    rows: Sequence[Sequence[int]],
    slots: Sequence[Slot],
    pulls: Sequence[Sequence[_Pull]],
) -> None:
    """Bring every chain and lane to one place, if its neighbours leave room."""
    beside = {
        number: (
            row[at - 1] if at else None,
            row[at + 1] if at + 1 < len(row) else None,
        )
        for row in rows
        for at, number in enumerate(row)
    }
    done: set[int] = set()
    for number in range(len(slots)):
        if number in done:
            continue
        chain = _chain(number, pulls)
        done |= chain.keys()
        least, most = -inf, inf
        for member, offset in chain.items():
            before, behind = beside[member]
            if before is not None:
                edge = slots[before].left + slots[before].width + GAP
                least = max(least, edge - offset)
            if behind is not None:
                edge = slots[behind].left - GAP - slots[member].width
                most = min(most, edge - offset)
        if least > most:
            continue
        middle = _mean([slots[member].left - chain[member] for member in chain])
        for member, offset in chain.items():
            slots[member].left = min(max(middle, least), most) + offset


def _chain(start: int, pulls: Sequence[Sequence[_Pull]]) -> dict[int, float]:
    """The slots that should stand straight with one, and how far from its left edge."""
    found = {start: 0.0}
    waiting = [start]
    while waiting:
        number = waiting.pop()
        for pull in pulls[number]:
            if pull.weight == STRAIGHT and pull.other not in found:
                found[pull.other] = found[number] - pull.offset
                waiting.append(pull.other)
    return found


def _settle(
    row: Sequence[int],
    slots: Sequence[Slot],
    wishes: Mapping[int, tuple[float, float]],
) -> None:
    """Put a row's slots where they wish, as near as their order and widths allow.

    Neighbours that would overlap move as one to the mean of their wishes: the least
    sum of squares (pool adjacent violators).
    """
    groups: list[tuple[float, float, list[int]]] = []
    offsets: list[float] = []
    offset = 0.0
    for place_in_row, number in enumerate(row):
        offsets.append(offset)
        offset += slots[number].width + GAP
        wish, weight = wishes.get(number, (offsets[-1], 1.0))
        group = (wish - offsets[-1], weight, [place_in_row])
        while groups and groups[-1][0] > group[0]:
            group = _joined(groups.pop(), group)
        groups.append(group)
    for wish, _, members in groups:
        for member in members:
            slots[row[member]].left = wish + offsets[member]


def _joined(
    one: tuple[float, float, list[int]], other: tuple[float, float, list[int]]
) -> tuple[float, float, list[int]]:
    weight = one[1] + other[1]
    wish = (one[0] * one[1] + other[0] * other[1]) / weight
    return wish, weight, one[2] + other[2]
