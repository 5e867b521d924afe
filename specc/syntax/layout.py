"""Lays statements out in lines of a given width.

What is on one line stays on it if it fits; what the author spread over lines stays
spread. Every choice depends on the words and on that alone, never on spacing, so laying
out what was laid out changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence as Row

from specc.syntax.groups import (
    Block,
    Comment,
    Group,
    Item,
    Node,
    Sequence,
    Word,
    closer_of,
    is_declaration,
    opener_of,
    prefix_width,
    row_width,
    unbroken_length,
)
from specc.syntax.page import Page

WIDTH = 88
INDENT = 2
# A line that goes on in the middle of a step, unlike a step or a body.
DEEPER_INDENT = 4
# Steps stand under the first `->` where what is before it is no longer than this.
LONGEST_HEAD = 24
# Elements stand under each other behind a bracket that is no further right than this.
LAST_ALIGNED_COLUMN = 40

# A line may end behind these where nothing else helps.
_BREAK_BEHIND = frozenset(
    {"PLUS", "MINUS", "TIMES", "DIVIDE", "FLOOR_DIVIDE", "REMAINDER", "PRODUCT"}
) | {"COMMA"}


def lay_items(page: Page, items: Row[Item], indent: int) -> None:
    """Write statements and comments, each on lines of its own from `indent` on."""
    for position, item in enumerate(items):
        if position > 0:
            page.newline(indent)
        if item.blank_before:
            page.lines.append(("", None))
        if item.sequence is None:
            page.text += item.comment or ""
            continue
        _lay_sequence(page, item.sequence, 0)
        if item.comment:
            page.pending.append(Comment(item.comment, own_line=False))


# Flows


def _lay_sequence(page: Page, sequence: Sequence, tail: int) -> None:
    """Write a statement or element from the current column on.

    `tail` is the length of what must follow on its last line.
    """
    start = page.column
    if _fits(page, sequence, tail):
        _lay_row(page, sequence.nodes, start, tail)
        return
    steps = _steps(sequence)
    breaks = _breaks(steps, start, tail)
    lines = len(page.lines)
    _lay_row(page, steps[0], start, 0 if len(steps) > 1 else tail)
    under = start + INDENT
    if 1 not in breaks and len(page.lines) == lines and not page.pending:
        under = _arrow_column(start, page.column - start)
    base = start
    for number, step in enumerate(steps[1:], 1):
        if number in breaks:
            page.newline(under)
            base = under + len("-> ")
        _lay_row(page, step, base, tail if number == len(steps) - 1 else 0)


def _arrow_column(start: int, head: int) -> int:
    column = start + head + 1
    aligned = head <= LONGEST_HEAD and column <= LAST_ALIGNED_COLUMN
    return column if aligned else start + INDENT


def _steps(sequence: Sequence) -> list[list[Node]]:
    """The nodes of a sequence, each arrow with what follows it; a head stays whole."""
    steps: list[list[Node]] = [[]]
    is_head = is_declaration(sequence.nodes)
    for node in sequence.nodes:
        if isinstance(node, Word) and node.type == "ARROW" and not is_head:
            steps.append([])
        steps[-1].append(node)
    return steps


def _breaks(steps: Row[Row[Node]], start: int, tail: int) -> set[int]:
    """The steps that begin a line: the author's, or more if lines get too long."""
    wanted = {
        number
        for number in range(1, len(steps))
        if opener_of(steps[number][0]).broken
        or closer_of(steps[number - 1][-1]).comments
    }
    if _lines_fit(steps, wanted, start, tail):
        return wanted
    first = prefix_width([*steps[0], *steps[1]]) if len(steps) > 1 else 0
    if start + first > WIDTH:
        return set(range(1, len(steps)))
    return wanted | set(range(2, len(steps)))


def _lines_fit(steps: Row[Row[Node]], breaks: set[int], start: int, tail: int) -> bool:
    head = row_width(steps[0])
    column, under = start, start + INDENT
    if 1 not in breaks and head is not None:
        under = _arrow_column(start, head)
    line: list[Node] = []
    for number, step in enumerate(steps):
        if number in breaks:
            if not _line_fits(line, column, 0):
                return False
            line, column = [], under
        line += step
    return _line_fits(line, column, tail)


def _line_fits(line: Row[Node], column: int, tail: int) -> bool:
    """Whether a line is short enough; one with parts that are broken anyway is."""
    width = row_width(line)
    broken = width is None or any(node.forced for node in line)
    return broken or column + (width or 0) + tail <= WIDTH


# Rows


def _lay_row(page: Page, nodes: Row[Node], base: int, tail: int) -> None:
    """Write nodes one behind the other; a line that goes on does so at `base` + 4."""
    lines = len(page.lines)
    for position, node in enumerate(nodes):
        if position > 0 or opener_of(node).type == "ARROW":
            _separate(page, nodes, position, base, tail)
        if isinstance(node, Word):
            page.word(node, base + DEEPER_INDENT)
            continue
        follows = _length_behind(nodes, position + 1, tail)
        if isinstance(node, Group):
            _lay_group(page, node, base, follows)
        else:
            # Nobody would look for a body on the last line of a long head.
            spread = is_declaration(nodes) and len(page.lines) > lines
            _lay_block(page, node, base, follows, spread)


def _separate(
    page: Page, nodes: Row[Node], position: int, base: int, tail: int
) -> None:
    """A space before a node, or nothing, or a new line where one is needed."""
    if opener_of(nodes[position]).glued:
        return
    behind = closer_of(nodes[position - 1]).type if position > 0 else ""
    indent = base + DEEPER_INDENT
    if _goes_below(page, nodes, position, indent):
        page.newline(indent)
        return
    if behind in _BREAK_BEHIND and not page.pending and indent < page.column:
        length, least = _operand_lengths(nodes, position, tail)
        helps = indent + length <= WIDTH or page.column + 1 + least > WIDTH
        if page.column + 1 + length > WIDTH and helps:
            page.newline(indent)
            return
    page.space()


def _goes_below(page: Page, nodes: Row[Node], position: int, indent: int) -> bool:
    """Whether a head's arrow begins a line, lest the type behind it be broken."""
    if opener_of(nodes[position]).type != "ARROW" or not is_declaration(nodes):
        return False
    end = position + 1
    while end < len(nodes) and not isinstance(nodes[end], Block):
        end += 1
        if _is_break(nodes[end - 1]):
            break
    length = row_width(nodes[position:end])
    if length is None or page.pending or opener_of(nodes[position + 1]).text == "(":
        return False
    length += len(" {") if end < len(nodes) and isinstance(nodes[end], Block) else 0
    return page.column + 1 + length > WIDTH >= indent + length


def _operand_lengths(nodes: Row[Node], start: int, tail: int) -> tuple[int, int]:
    """Length of an operand with the operator behind it; and up to its first bracket."""
    end = start + 1
    while end < len(nodes) and not _is_break(nodes[end - 1]):
        end += 1
    operand = nodes[start:end]
    least, whole = prefix_width(operand), row_width(operand)
    if whole is None:
        return least, least
    return whole + (tail if end == len(nodes) else 0), least


def _is_break(node: Node) -> bool:
    return isinstance(node, Word) and node.type in _BREAK_BEHIND


def _length_behind(nodes: Row[Node], start: int, tail: int) -> int:
    """The length of what follows up to where the line can next be broken."""
    total = 0
    for position in range(start, len(nodes)):
        node = nodes[position]
        total += not opener_of(node).glued
        length = unbroken_length(node)
        if length is None:
            return total + 1
        total += length
        if _is_break(node):
            return total
    return total + tail


# Brackets


def _fits(page: Page, part: Sequence | Group | Block, tail: int) -> bool:
    if part.forced or part.width is None:
        return False
    return page.column + part.width + tail <= WIDTH


def _lay_group(page: Page, group: Group, base: int, tail: int) -> None:
    fits = _fits(page, group, tail)
    page.word(group.opener, base + DEEPER_INDENT)
    inner, closing = page.column, page.column - 1
    hangs = not fits and _hangs(group, inner)
    if hangs:
        inner, closing = base + INDENT, base
        page.newline(inner)
    for position, element in enumerate(group.elements):
        is_last = position == len(group.elements) - 1
        if position > 0 and (fits or _goes_on(page, group, element)):
            page.space()
        elif position > 0:
            page.newline(inner)
        _lay_sequence(page, element, 1 + tail if is_last and not hangs else 0)
    if hangs:
        page.newline(closing)
    page.word(group.closer, closing)


def _hangs(group: Group, inner: int) -> bool:
    """Whether the elements are too wide to stand right of the bracket."""
    if group.opener.comments:
        return True
    if inner <= LAST_ALIGNED_COLUMN:
        return False
    return any(
        element.width is None or inner + element.width + 1 > WIDTH
        for element in group.elements
    )


def _goes_on(page: Page, group: Group, element: Sequence) -> bool:
    """Whether an element of a list stands on the line of the one before."""
    if group.opener.type != "LEFT_BRACKET" or page.pending or element.width is None:
        return False
    return page.column + 1 + element.width + 1 <= WIDTH


def _lay_block(page: Page, block: Block, base: int, tail: int, spread: bool) -> None:
    fits = not spread and _fits(page, block, tail)
    page.word(block.opener, base + DEEPER_INDENT)
    if not block.items and not block.opener.comments:
        page.word(block.closer, base)
    elif fits:
        page.space()
        lay_items(page, block.items, page.column)
        page.space()
        page.word(block.closer, base)
    else:
        page.newline(base + INDENT)
        lay_items(page, block.items, base + INDENT)
        page.newline(base)
        page.word(block.closer, base)
