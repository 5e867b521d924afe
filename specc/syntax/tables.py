"""The parser's tables, kept beside the grammar so that no start has to work them out.

Lark takes a tenth of a second to make tables of `seq.lark`. `tables.json` holds what it
found, in the form of `lark.tools.serialize`, and the grammar and the version of Lark it
was made from. Where either differs the tables are made anew: an old file costs time and
never changes what is accepted. `python -m specc.syntax.make_tables` writes the file.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import lark
from msgspec import Struct, json

if TYPE_CHECKING:
    from specc.syntax.builder import Builder
    from specc.syntax.lines import Lines

FILE = "tables.json"


class Stored(Struct):
    """What the file holds. `data` lacks the table, whose keys are numbers in Lark."""

    made_from: dict[str, str]
    data: dict[str, Any]
    tokens: dict[int, str]
    states: dict[int, dict[int, tuple[int, Any]]]
    memo: dict[int, Any]


def grammar() -> str:
    """The text of `seq.lark`."""
    return (files("specc.grammars") / "seq.lark").read_text(encoding="utf-8")


def make_parser(lines: Lines, builder: Builder) -> lark.Lark:
    """The parser of the packaged grammar."""
    text = grammar()
    stored = json.decode((files("specc.syntax") / FILE).read_bytes(), type=Stored)
    if stored.made_from != origin(text):
        return from_grammar(text, lines, builder)
    table = stored.data["parser"]["parser"]
    table |= {"tokens": stored.tokens, "states": stored.states}
    made: lark.Lark = lark.Lark._load_from_dict(  # type: ignore[no-untyped-call]
        stored.data, stored.memo, postlex=lines, transformer=builder
    )
    return made


def from_grammar(
    text: str, lines: Lines | None = None, builder: Builder | None = None
) -> lark.Lark:
    """The parser of a grammar, its tables worked out."""
    return lark.Lark(
        text,
        parser="lalr",
        lexer="basic",
        start="file",
        postlex=lines,
        transformer=builder,
        maybe_placeholders=False,
        propagate_positions=False,
    )


def origin(text: str) -> dict[str, str]:
    """What tables of a grammar are made from: its text, and this Lark."""
    return {"grammar": sha256(text.encode()).hexdigest(), "lark": lark.__version__}
