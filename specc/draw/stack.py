"""Areas in rows under each other, and the lines between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from specc.draw.area import Area, Line, put
from specc.draw.diagram import Value
from specc.draw.rows import LANE_WIDTH, Link, Slot, order, place, rank

ROW_GAP, WIDEST_GAP = 20.0, 64.0
SLOPE = 0.12
"""A line that goes far to the side gets so much of that as room to bend."""


def stack(
    areas: Sequence[Area],
    first: int,
    last: Sequence[int],
    through: Sequence[tuple[int, int]] = (),
) -> Area:
    """Areas in rows: the `first` ones on top, the `last` at the end.

    `through`: one of the first and one of the last that stand in one line where they
    can, so that a stream through many frames goes straight.
    """
    sources = {value: n for n, area in enumerate(areas) for value in area.outs}
    readers = {
        value: [n for n, area in enumerate(areas) if value in area.ins and n != source]
        for value, source in sources.items()
    }
    edges = [(sources[value], n) for value, found in readers.items() for n in found]
    rows = rank(len(areas), edges, last)
    if first:
        rows = [row if n < first else max(row, 1) for n, row in enumerate(rows)]
    slots = [
        Slot(row, max(area.width, LANE_WIDTH), is_lane=not area.width)
        for row, area in zip(rows, areas, strict=True)
    ]
    links = _links(areas, sources, readers, slots)
    lines = order(slots, [_loose(link, areas) for link in links])
    links = _untangled(links, lines, areas)
    width = place(lines, slots, links, through)
    return _assembled(areas, slots, links, width, lines)


def _links(
    areas: Sequence[Area],
    sources: Mapping[Value, int],
    readers: Mapping[Value, Sequence[int]],
    slots: list[Slot],
) -> list[Link]:
    """Lines between neighbouring rows; a value passes other rows in lanes, one each."""
    links: list[Link] = []
    for value, source in sources.items():
        upper, at = source, _port(areas[source].outs[value], slots[source])
        by_row: dict[int, list[int]] = {}
        for reader in readers[value]:
            by_row.setdefault(slots[reader].row, []).append(reader)
        for row in range(slots[source].row + 1, max(by_row, default=0) + 1):
            for reader in by_row.get(row, ()):
                to = _port(areas[reader].ins[value], slots[reader])
                links.append(Link(upper, at, reader, to))
            if row == max(by_row):
                break
            slots.append(Slot(row, LANE_WIDTH, is_lane=True))
            links.append(Link(upper, at, len(slots) - 1, LANE_WIDTH / 2))
            upper, at = len(slots) - 1, LANE_WIDTH / 2
    return links


def _port(at: float, slot: Slot) -> float:
    return LANE_WIDTH / 2 if slot.is_lane else at


def _loose(link: Link, areas: Sequence[Area]) -> Link:
    """The link without its place at a box, where it may come in anywhere."""
    return replace(link, lower_at=0.0) if _is_free(link, areas) else link


def _is_free(link: Link, areas: Sequence[Area]) -> bool:
    if link.lower >= len(areas):
        return False
    return areas[link.lower].is_box and not areas[link.lower].is_ordered


def _untangled(
    links: Sequence[Link], rows: Sequence[Sequence[int]], areas: Sequence[Area]
) -> list[Link]:
    """The lines into a box in the order of where they come from."""
    places = {number: at for row in rows for at, number in enumerate(row)}
    into: dict[int, list[int]] = {}
    for number, link in enumerate(links):
        if _is_free(link, areas):
            into.setdefault(link.lower, []).append(number)
    found = list(links)
    for numbers in into.values():
        ats = sorted(links[number].lower_at for number in numbers)
        numbers.sort(key=lambda n: (places[links[n].upper], links[n].upper_at))
        for number, at in zip(numbers, ats, strict=True):
            found[number] = replace(links[number], lower_at=at)
    return found


def _assembled(
    areas: Sequence[Area],
    slots: Sequence[Slot],
    links: Sequence[Link],
    width: float,
    rows: Sequence[Sequence[int]],
) -> Area:
    """Everything at its place."""
    found = Area(width)
    gaps = _gaps(slots, links, len(rows))
    tops, bottoms, y = [], [], 0.0
    for row, gap in zip(rows, gaps, strict=True):
        height = max((areas[n].height for n in row if n < len(areas)), default=0.0)
        tops.append(y)
        bottoms.append(y + height)
        y += height + gap
    found.height = bottoms[-1]
    for number, area in enumerate(areas):
        left, top = slots[number].left, tops[slots[number].row]
        put(found, area, left, top)
        if not area.width and not area.outs:
            found.outs |= {value: left + LANE_WIDTH / 2 for value in area.ins}
        elif not area.width:
            found.ins |= {value: left + LANE_WIDTH / 2 for value in area.ins}
    for link in links:
        upper, lower = slots[link.upper], slots[link.lower]
        down = bottoms[upper.row]
        begin = tops[upper.row]
        if link.upper < len(areas):
            begin += areas[link.upper].height - areas[link.upper].leave
        arrow = link.lower < len(areas) and areas[link.lower].is_box
        found.lines.append(
            Line(
                upper.left + link.upper_at,
                begin,
                lower.left + link.lower_at,
                tops[lower.row],
                down,
                tops[lower.row],
                arrow,
            )
        )
    return found


def _gaps(slots: Sequence[Slot], links: Sequence[Link], rows: int) -> list[float]:
    """The room below every row."""
    gaps = [ROW_GAP] * rows
    for link in links:
        upper, lower = slots[link.upper], slots[link.lower]
        aside = abs(upper.left + link.upper_at - lower.left - link.lower_at)
        gap = min(ROW_GAP + SLOPE * aside, WIDEST_GAP)
        gaps[upper.row] = max(gaps[upper.row], gap)
    return gaps
