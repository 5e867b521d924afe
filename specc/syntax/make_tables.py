"""`python -m specc.syntax.make_tables` writes `tables.json` anew, after the grammar.

Lark makes the tables. It numbers states and rules in no order of its own; here they get
one, so that the same grammar gives the same file.
"""

from __future__ import annotations

from typing import Any

import lark
from lark.grammar import NonTerminal, Terminal
from lark.grammar import Rule as LarkRule
from lark.parsers.lalr_analysis import Shift
from msgspec import json

from specc.atomic import write_bytes
from specc.syntax.tables import END, FILE, Rule, Tables, grammar

START = "file"


def make_tables(text: str) -> Tables:
    """The tables of a grammar."""
    made = lark.Lark(
        text, parser="lalr", lexer="basic", start=START, maybe_placeholders=False
    )
    table: Any = made.parser.parser._parse_table
    end = table.end_states[START]
    rules: dict[Rule, None] = {}
    order = [table.start_states[START]]
    states: list[dict[str, int]] = []
    numbers = {order[0]: 0}
    for state in order:  # grows meanwhile
        row: dict[str, int] = {}
        for symbol, (action, target) in sorted(table.states[state].items()):
            if action is Shift:
                if target not in numbers:
                    numbers[target] = len(order)
                    order.append(target)
                row[str(symbol)] = numbers[target]
            else:
                row[str(symbol)] = ~_place(rules, _rule(target))
        states.append(row)
    states[numbers[end]] = {END: numbers[end]}
    return Tables(text, list(rules), states)


def _place(rules: dict[Rule, None], rule: Rule) -> int:
    rules.setdefault(rule)
    return list(rules).index(rule)


def _rule(rule: LarkRule) -> Rule:
    symbols = rule.expansion
    whole = rule.options.keep_all_tokens
    kept = tuple(
        ~place if _is_list(symbol) else place
        for place, symbol in enumerate(symbols)
        if whole or not (isinstance(symbol, Terminal) and symbol.filter_out)
    )
    return Rule(
        name=str(rule.origin.name),
        size=len(symbols),
        makes=str(rule.alias or rule.origin.name),
        keeps=None if kept == tuple(range(len(symbols))) else kept,
        vanishes=rule.options.expand1 and not rule.alias,
    )


def _is_list(symbol: lark.grammar.Symbol) -> bool:
    return isinstance(symbol, NonTerminal) and symbol.name.startswith("_")


def encoded(tables: Tables) -> bytes:
    """What the file holds, a line for each rule and state."""
    found = json.encode(tables)
    for between in (b"},{", b"],["):
        found = found.replace(between, between.replace(b",", b",\n"))
    return found + b"\n"


if __name__ == "__main__":
    write_bytes(FILE, encoded(make_tables(grammar())))
