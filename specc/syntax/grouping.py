"""Sorts the pieces of a text that parses into statements, groups and comments."""

from __future__ import annotations

from msgspec.structs import replace

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
    row_width,
)
from specc.syntax.lines import ends_statement
from specc.syntax.tokens import (
    CLOSERS,
    NAMES,
    NEWLINE,
    OPENERS,
    RESERVED,
    VALUE_ENDS,
    Piece,
)

_END = "$END"
# These are words of the language only directly behind a value.
_AFTER_VALUE = frozenset({"IN", "ON", "PAD", "RAGGED"})


def read_items(pieces: list[Piece]) -> tuple[Item, ...]:
    """The declarations and comments of a text that parses."""
    return _Reader(pieces).items()


def _with_comments(node: Node, comments: tuple[Comment, ...]) -> Node:
    """The node with these comments behind it, and no others."""
    if isinstance(node, Word):
        return replace(node, comments=comments)
    return replace(node, closer=replace(node.closer, comments=comments))


def _sequence(nodes: list[Node]) -> Sequence:
    is_head = is_declaration(nodes)
    forced = any(
        node.forced or closer_of(node).forced or (_breaks(node) and not is_head)
        for node in nodes
    )
    commented = any(closer_of(node).comments for node in nodes)
    return Sequence(tuple(nodes), None if commented else row_width(nodes), forced)


def _breaks(node: Node) -> bool:
    return isinstance(node, Word) and node.type == "ARROW" and node.broken


class _Reader:
    """Reads pieces from left to right. Its recursion is as deep as the brackets."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = [*pieces, Piece(_END, "", 0)]
        self.at = 0
        self.last = "LEFT_BRACE"
        self.following = self._following()

    def _following(self) -> list[str]:
        """For each piece the type of the next that is no comment and no line end."""
        types = [_END] * len(self.pieces)
        for at in range(len(self.pieces) - 2, -1, -1):
            after = self.pieces[at + 1].type
            types[at] = types[at + 1] if after in {NEWLINE, "COMMENT"} else after
        return types

    @property
    def kind(self) -> str:
        return self.pieces[self.at].type

    def skip_lines(self) -> int:
        """Go past line ends; how many there were."""
        start = self.at
        while self.kind == NEWLINE:
            self.at += 1
        return self.at - start

    def word(self, kind: str, glued: bool, broken: bool) -> Word:
        piece = self.pieces[self.at]
        self.at += 1
        self.last = piece.type
        return Word(kind, piece.text, glued, broken)

    def comment(self, own_line: bool) -> Comment:
        text = self.pieces[self.at].text.rstrip()
        self.at += 1
        return Comment(text, own_line)

    def comments(self, broken: bool = False) -> tuple[tuple[Comment, ...], bool]:
        """The comments that follow, and whether a line ended before or among them."""
        found: list[Comment] = []
        broken = self.skip_lines() > 0 or broken
        while self.kind == "COMMENT":
            found.append(self.comment(own_line=broken))
            broken = self.skip_lines() > 0 or broken
        return tuple(found), broken

    # Statements

    def items(self) -> tuple[Item, ...]:
        items: list[Item] = []
        while True:
            blank = self.skip_lines() > 1 and bool(items)
            if self.kind in {"RIGHT_BRACE", _END}:
                return tuple(items)
            if self.kind == "COMMENT":
                items.append(Item(None, self.comment(own_line=True).text, blank))
                continue
            nodes = self.nodes(in_braces=True)
            behind = closer_of(nodes[-1]).comments
            nodes[-1] = _with_comments(nodes[-1], ())
            items.append(
                Item(_sequence(nodes), behind[0].text if behind else None, blank)
            )

    def block(self, opener: Word) -> Block:
        comments: tuple[Comment, ...] = ()
        if self.kind == "COMMENT":
            comments = (self.comment(own_line=False),)
        spread = self.kind == NEWLINE
        items = self.items()
        spread = spread or self.pieces[self.at - 1].type == NEWLINE
        closer = self.word("RIGHT_BRACE", glued=False, broken=False)
        opener = replace(opener, comments=comments)
        if not items:
            return Block(opener, items, closer, None if comments else 2, False)
        only = items[0].sequence if len(items) == 1 and not items[0].comment else None
        if only is None or only.width is None or comments:
            return Block(opener, items, closer, None, spread)
        return Block(opener, items, closer, only.width + 4, spread or only.forced)

    # Inside statements

    def nodes(self, in_braces: bool) -> list[Node]:
        """Up to the end of the statement, or to a comma or closing bracket."""
        nodes: list[Node] = []
        broken = False
        while self.kind not in CLOSERS and self.kind != _END:
            if self.kind == NEWLINE:
                if in_braces and self.statement_ends():
                    break
                broken = self.skip_lines() > 0
            elif self.kind == "COMMENT":
                broken = self.comments_inside(nodes, in_braces, broken)
            elif self.kind == "COMMA" and not in_braces:
                break
            elif self.kind == "ARROW":
                self.arrow(nodes, broken)
                broken = False
            else:
                nodes.append(self.node(nodes[-1] if nodes else None, broken))
                broken = False
        return nodes

    def statement_ends(self) -> bool:
        following = self.following[self.at]
        return following in {"RIGHT_BRACE", _END} or ends_statement(
            self.last, following
        )

    def comments_inside(self, nodes: list[Node], in_braces: bool, broken: bool) -> bool:
        """Takes comments; whether a line ended. Only one stands behind a statement."""
        if in_braces and self.statement_ends():
            self.attach(nodes, (self.comment(own_line=broken),))
            return broken
        comments, broken = self.comments(broken)
        self.attach(nodes, comments)
        return broken

    def attach(self, nodes: list[Node], comments: tuple[Comment, ...]) -> None:
        nodes[-1] = _with_comments(nodes[-1], closer_of(nodes[-1]).comments + comments)

    def arrow(self, nodes: list[Node], broken: bool) -> None:
        """An arrow starts a line rather than end one; comments stay before it."""
        word = self.word("ARROW", glued=False, broken=broken)
        comments, broken_after = self.comments()
        self.attach(nodes, comments)
        nodes.append(replace(word, broken=broken or broken_after))

    def node(self, before: Node | None, broken: bool) -> Node:
        piece, previous = self.pieces[self.at], ""
        if before is not None:
            previous = closer_of(before).type
        kind = self.word_type(piece, previous)
        glued = (
            kind in {"COMMA", "COLON"}
            or previous == "NEGATIVE"
            or (kind in OPENERS and kind != "LEFT_BRACE" and previous == "NAME")
        )
        word = self.word(kind, glued, broken)
        if kind == "LEFT_BRACE":
            return self.block(word)
        return self.group(word) if kind in OPENERS else word

    def word_type(self, piece: Piece, previous: str) -> str:
        if piece.type == "MINUS" and previous not in VALUE_ENDS:
            return "NEGATIVE"
        if piece.type in _AFTER_VALUE and previous in VALUE_ENDS:
            return "WORD"
        if piece.type in NAMES:
            return "NAME"
        return "WORD" if piece.text in RESERVED else piece.type

    def group(self, opener: Word) -> Group:
        comments, _ = self.comments()
        opener = replace(opener, comments=comments)
        elements: list[Sequence] = []
        broken = False
        while self.kind not in CLOSERS:
            nodes = self.nodes(in_braces=False)
            if self.kind == "COMMA":
                broken_here = self.comma(nodes)
                broken = broken or (broken_here and self.kind not in CLOSERS)
            elements.append(_sequence(nodes))
        closer = self.word(self.kind, glued=True, broken=False)
        width: int | None = 2 + max(0, len(elements) - 1)
        for element in elements:
            known = width is not None and element.width is not None and not comments
            width = (width or 0) + (element.width or 0) if known else None
        is_list = opener.type == "LEFT_BRACKET"
        forced = (broken and not is_list) or any(each.forced for each in elements)
        return Group(opener, tuple(elements), closer, width, forced)

    def comma(self, nodes: list[Node]) -> bool:
        """Adds the comma, unless no element follows; whether a line ended at it."""
        broken = self.pieces[self.at - 1].type == NEWLINE
        word = self.word("COMMA", glued=True, broken=False)
        comments, broken_after = self.comments()
        if self.kind in CLOSERS:
            self.attach(nodes, comments)
            return False
        before = closer_of(nodes[-1]).comments
        nodes[-1] = _with_comments(nodes[-1], ())
        nodes.append(replace(word, comments=before + comments))
        return broken or broken_after
