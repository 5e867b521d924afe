"""Where the parser stood when it could not go on, in words a reader knows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from specc.syntax.tokens import (
    CLOSERS,
    GOES_ON_AFTER,
    NAMES,
    NEWLINE,
    OPENERS,
    OPERATORS,
    RESERVED,
    SIGNS,
    VALUE_ENDS,
    Piece,
)

END = "$END"
# What may start a value; after an arrow it is a layer.
VALUE_STARTS = NAMES | {
    *("PRIMED", "NUMBER", "STRING", "LEFT_PARENTHESIS", "LEFT_BRACKET"),
    *("FOR", "EACH", "OVER"),
}
_LONGEST_TEXT = 30
# In the order in which they are told; what is not here is told only if nothing else is.
_TOLD = {
    "COLON": "`:`",
    "EQUALS": "`=`",
    "ARROW": "`->`",
    "COMMA": "`,`",
    "RIGHT_PARENTHESIS": "`)`",
    "RIGHT_BRACKET": "`]`",
    "RIGHT_BRACE": "`}`",
    NEWLINE: "the end of the line",
}


class Stuck(Struct, frozen=True):
    """What was found, what stood before it, and what the grammar would take there.

    `found` is a piece of type `$END` at the end of the text. `opener` is the innermost
    bracket that is open there.
    """

    found: Piece
    before: Sequence[Piece]
    accepted: frozenset[str]
    opener: Piece | None

    @property
    def previous(self) -> Piece | None:
        """The last piece before, line ends left out."""
        return next((p for p in reversed(self.before) if p.type != NEWLINE), None)

    @property
    def starts_line(self) -> bool:
        return not self.before or self.before[-1].type == NEWLINE

    @property
    def line_ended(self) -> bool:
        """Whether more should have come on the line before what was found."""
        if self.found.type == NEWLINE:
            return True
        is_end = self.found.type == "RIGHT_BRACE" and self.starts_line
        return is_end and self.wants_value and not self.follows("LEFT_BRACE")

    @property
    def wants_value(self) -> bool:
        return {"NUMBER", "LEFT_PARENTHESIS"} <= self.accepted

    @property
    def wants_declaration(self) -> bool:
        return "MODEL" in self.accepted

    @property
    def follows_value(self) -> bool:
        """Whether what was found stands on the same line as the end of a value."""
        return bool(self.before) and self.before[-1].type in VALUE_ENDS

    @property
    def goes_on_from(self) -> Piece | None:
        """The `+`, `,` or `->` for which the line before goes on in this one."""
        ends = [i for i, piece in enumerate(self.before) if piece.type == NEWLINE]
        if not ends or self.opener is None or self.opener.type != "LEFT_BRACE":
            return None
        last = next((p for p in self.before[ends[-1] :: -1] if p.type != NEWLINE), None)
        return last if last and last.type in GOES_ON_AFTER else None

    @property
    def in_braces(self) -> bool:
        """Whether it stands in a body, not in brackets there."""
        return self.opener is not None and self.opener.type == "LEFT_BRACE"

    @property
    def in_loop_head(self) -> bool:
        """Whether a `for` or `each` began on this line and has no body yet."""
        for piece in reversed(self.before):
            if piece.type in (NEWLINE, "LEFT_BRACE"):
                return False
            if piece.type in ("FOR", "EACH"):
                return True
        return False

    @property
    def in_block_head(self) -> bool:
        """Whether what stands before is a block's name and its parameters."""
        words = [piece.type for piece in self.before]
        head = (
            words[len(words) - 1 - words[::-1].index("BLOCK") :]
            if "BLOCK" in words
            else []
        )
        return (
            "LEFT_BRACE" not in head and bool(head) and head[-1] == "RIGHT_PARENTHESIS"
        )

    @property
    def follows_weight(self) -> bool:
        """Whether the name before is a weight of this cell or block."""
        names: set[str] = set()
        depth: int | None = None  # brackets since `param`; None outside of its line
        for piece, following in pairwise(self.before):
            if piece.type in ("MODEL", "BLOCK", "CELL"):
                names.clear()
            if piece.type in (NEWLINE, "PARAM"):
                depth = 0 if piece.type == "PARAM" else None
            if depth is None:
                continue
            depth += (piece.type in OPENERS) - (piece.type in CLOSERS)
            if depth == 0 and piece.type in ("PARAM", "COMMA"):
                names.add(following.text)
        return self.previous is not None and self.previous.text in names

    @property
    def names_type(self) -> bool:
        """Whether the name of a type stands before."""
        return self.previous is not None and self.previous.text in (
            "int",
            "float",
            "bool",
        )

    def follows(self, *types: str) -> bool:
        """Whether the pieces before are of these types, line ends left out."""
        pieces = [p for p in self.before[-2 * len(types) :] if p.type != NEWLINE]
        return tuple(piece.type for piece in pieces[-len(types) :]) == types


def innermost_open(before: Sequence[Piece]) -> Piece | None:
    """The last bracket of some pieces that is still open after them."""
    stack: list[Piece] = []
    for piece in before:
        if piece.type in OPENERS:
            stack.append(piece)
        elif piece.type in CLOSERS and stack:
            stack.pop()
    return stack[-1] if stack else None


def found_phrase(found: Piece) -> str:
    """``the name `x` ``, ``the number `3` ``, ``the end of the line``."""
    if found.type == END:
        return "the end of the file"
    if found.type == NEWLINE:
        return "the end of the line"
    text = found.text
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}..."
    if found.type in NAMES or found.type == "PRIMED":
        return f"the name `{text}`"
    if found.type == "NUMBER":
        return f"the number `{text}`"
    if found.type == "STRING":
        return f"the string `{text}`"
    if found.type.lower() in RESERVED:
        return f"the word `{text}`"
    return f"`{text}`"


def expected_phrase(stuck: Stuck) -> str:
    """What would fit: ``a name``, ``a value or `)` ``, ``:``."""
    accepted = stuck.accepted
    if stuck.wants_declaration:
        return "a declaration: `model`, `block`, `cell`, `const` or `import`"
    wanted: list[str] = []
    if stuck.wants_value:
        after_arrow = stuck.previous is not None and stuck.previous.type == "ARROW"
        wanted.append("a layer" if after_arrow else "a value")
        if "LET" in accepted:
            wanted = ["a statement"]
    elif "NAME" in accepted:
        wanted.append(_name_phrase(stuck))
    elif "STRING" in accepted:
        wanted.append('a string, such as "blocks.seq"')
    if "LEFT_BRACE" in accepted and "PLUS" not in accepted:
        wanted.append("`{`")
    wanted += [words for kind, words in _TOLD.items() if kind in accepted]
    wanted += [] if wanted else sorted(_sign(kind) for kind in accepted)
    return _or(wanted[:5])


def _name_phrase(stuck: Stuck) -> str:
    previous = stuck.previous.type if stuck.previous else ""
    if previous == "COLON":
        return "a type, such as `float[T, 8]`"
    if "LEFT_PARENTHESIS" in stuck.accepted:
        return "the type of an output, such as `float[1]`"
    return "a name"


def _sign(kind: str) -> str:
    signs = {name: sign for sign, name in SIGNS.items()}
    if kind in OPERATORS:
        return "an operator"
    return f"`{signs.get(kind, kind.lower())}`"


def _or(words: Sequence[str]) -> str:
    words = list(dict.fromkeys(words))
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"
