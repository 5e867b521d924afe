"""The parser's tables, kept beside the grammar so that no start has to work them out.

Lark takes a tenth of a second to make tables of `seq.lark`. `tables.json` holds what it
found (the form is that of `lark.tools.serialize`), with the grammar and the version of
Lark it was made from. Where either differs the tables are made anew: an old file costs
time and never changes what is accepted.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

if TYPE_CHECKING:
    from specc.syntax.builder import Builder
    from specc.syntax.lines import Lines

FILE = "tables.json"


def grammar() -> str:
    """The text of `seq.lark`."""
    return (files("specc.grammars") / "seq.lark").read_text(encoding="utf-8")


def make_parser(lines: Lines, builder: Builder) -> lark.Lark:
    """The parser of the packaged grammar."""
    text = grammar()
    stored = json.loads((files("specc.syntax") / FILE).read_bytes())
    if stored["made_from"] != _made_from(text):
        return _from_grammar(text, lines, builder)
    made: lark.Lark = lark.Lark._load_from_dict(  # type: ignore[no-untyped-call]
        data=_with_numbers(stored["data"]),
        memo=_with_numbers(stored["memo"]),
        postlex=lines,
        transformer=builder,
    )
    return made


def tables() -> str:
    """What `tables.json` has to hold."""
    text = grammar()
    data, memo = _from_grammar(text, None, None).memo_serialize([TerminalDef, Rule])
    made = {"made_from": _made_from(text), "data": data, "memo": memo}
    lines = (f"{json.dumps(key)}:{_compact(value)}" for key, value in made.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _from_grammar(text: str, lines: Lines | None, builder: Builder | None) -> lark.Lark:
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


def _made_from(text: str) -> dict[str, str]:
    return {"grammar": sha256(text.encode()).hexdigest(), "lark": lark.__version__}


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _with_numbers(value: object) -> object:
    """JSON has no numbers for keys; Lark's tables do."""
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if isinstance(value, dict):
        return {
            int(key) if key.isdigit() else key: _with_numbers(item)
            for key, item in value.items()
        }
    return value


if __name__ == "__main__":
    (Path(__file__).parent / FILE).write_text(tables(), encoding="utf-8")
