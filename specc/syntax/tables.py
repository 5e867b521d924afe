"""The parser's tables, kept beside the grammar so that no start has to work them out.

Lark takes a tenth of a second to make tables of `seq.lark`, and longer to import than
a file takes to parse. `tables.json` holds what it found, and the grammar it was made
from. If the grammar is another one the tables are made anew: an old file costs time and
never changes what is accepted. `python -m specc.syntax.make_tables` writes the file.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, json

from specc.packaged import folder_of

FILE = Path(__file__).parent / "tables.json"
END = "$END"
"""The type of the token after the last one."""


class Rule(Struct, frozen=True, array_like=True):
    """A rule of the grammar: its name, how many parts it has, what is made of them.

    `makes` names the builder's method. `keeps` are the places of the parts it is given,
    all of them if None; for `~place` it is given what that part is a list of. With
    `vanishes` a single part is all that is made.
    """

    name: str
    size: int
    makes: str
    keeps: tuple[int, ...] | None
    vanishes: bool


class Tables(Struct, frozen=True):
    """What to do in a state, by the type of the next token or the rule that ended.

    A number is the state that comes next, or `~number` of a rule that ends there.
    """

    grammar: str
    rules: list[Rule]
    states: list[dict[str, int]]


def grammar() -> str:
    """The text of `seq.lark`."""
    return (folder_of("specc.grammars") / "seq.lark").read_text(encoding="utf-8")


def tables() -> Tables:
    """The tables of the packaged grammar."""
    stored = json.decode(FILE.read_bytes(), type=Tables)
    text = grammar()
    if stored.grammar == text:
        return stored
    from specc.syntax.make_tables import make_tables

    return make_tables(text)
