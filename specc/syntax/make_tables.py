"""`python -m specc.syntax.make_tables` writes `tables.json` anew, after the grammar.

Lark numbers states, tokens and rules in no order of its own. Here they get one, so that
the same grammar gives the same file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lark.grammar import Rule
from lark.lexer import TerminalDef
from msgspec import json, to_builtins

from specc.syntax.tables import FILE, Stored, from_grammar, grammar, origin

SHIFT = 0


def tables() -> bytes:
    """What the file has to hold, a line for each state."""
    text = grammar()
    data, memo = from_grammar(text).memo_serialize([TerminalDef, Rule])
    order = sorted(memo, key=lambda number: json.encode(memo[number]))
    places = {number: place for place, number in enumerate(order)}
    data = _renumbered(data, places)
    table = data["parser"]["parser"]
    names = sorted(table["tokens"].values())
    stored = Stored(
        made_from=origin(text),
        data=data,
        tokens=dict(enumerate(names)),
        states=_in_order(table, names),
        memo={place: memo[number] for place, number in enumerate(order)},
    )
    del table["tokens"], table["states"]
    found = json.encode(to_builtins(stored, str_keys=True))
    return found.replace(b'},"', b'},\n"') + b"\n"


def _renumbered(value: Any, places: Mapping[int, int]) -> Any:
    """The same, where what is remembered stands at other places."""
    if isinstance(value, dict):
        if "@" in value:
            return {"@": places[value["@"]]}
        return {key: _renumbered(item, places) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renumbered(item, places) for item in value]
    return value


def _in_order(
    table: dict[str, Any], names: list[str]
) -> dict[int, dict[int, tuple[int, Any]]]:
    """The states, numbered as one comes to them from the first; changes the table."""
    token = {number: names.index(name) for number, name in table["tokens"].items()}
    found = list(table["start_states"].values())
    rows: list[list[tuple[int, int, Any]]] = []
    for state in found:  # grows meanwhile
        actions = table["states"][state].items()
        rows.append(sorted((token[name], *action) for name, action in actions))
        for _, kind, target in rows[-1]:
            if kind == SHIFT and target not in found:
                found.append(target)
    number = {state: place for place, state in enumerate(found)}
    for which in ("start_states", "end_states"):
        table[which] = {rule: number[state] for rule, state in table[which].items()}
    return {
        place: {
            name: (kind, number[target] if kind == SHIFT else target)
            for name, kind, target in row
        }
        for place, row in enumerate(rows)
    }


if __name__ == "__main__":
    (Path(__file__).parent / FILE).write_bytes(tables())
