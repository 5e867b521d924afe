"""Runs the parser's tables: shifts tokens, and reduces them by the grammar's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from specc.syntax.tables import END, Rule, Tables
from specc.syntax.tokens import Piece

Parts = list[Any]
"""What a rule is made of: tokens, and what its inner rules made, by position."""


class Unexpected(Exception):
    """A token that no rule takes here, and the types of those that one would."""

    def __init__(self, token: Piece, accepted: frozenset[str]) -> None:
        self.token, self.accepted = token, accepted
        super().__init__(token.type)


class Machine:
    """A parser. `builder` has a method for each rule, or for its alias.

    A rule whose name starts with `_` is one of Lark's own, for what is repeated; its
    parts become parts of the rule around it.
    """

    def __init__(self, tables: Tables, builder: object) -> None:
        self.states = tables.states
        self.rules = [(r, _method(r, builder)) for r in tables.rules]

    def parse(self, tokens: Iterable[Piece]) -> Any:
        """What the start rule makes. Raises `Unexpected`."""
        seen: list[Piece] = []
        states, values = [0], Parts()
        for token in tokens:
            seen.append(token)
            if not self._take(token.type, states, values):
                raise self._unexpected(seen)
            values.append(token)
        if not self._take(END, states, values):
            raise self._unexpected([*seen, Piece(END, "", 0)])
        return values[0]

    def _take(self, kind: str, states: list[int], values: Parts) -> bool:
        """Reduce as far as the next token says so, and shift it; False at a mistake."""
        rows, rules = self.states, self.rules
        while True:
            action = rows[states[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                states.append(action)
                return True
            rule, make = rules[~action]
            size = rule.size
            parts: Parts = []
            if size:
                parts = values[-size:]
                del states[-size:], values[-size:]
            if rule.keeps is not None:
                parts = _kept(rule.keeps, parts)
            if rule.vanishes and len(parts) == 1:
                values += parts
            else:
                values.append(make(parts))
            states.append(rows[states[-1]][rule.name])

    def _unexpected(self, tokens: list[Piece]) -> Unexpected:
        """Parse once more up to the token that did not fit, to see what would have.

        Where it is found the parser has already ended every rule that could have gone
        on at that place.
        """
        states = [0]
        for token in tokens[:-1]:
            self._follow(token.type, states)
        row = self.states[states[-1]]
        tokens_there = (kind for kind in row if kind.isupper())  # no names of rules
        accepted = {kind for kind in tokens_there if self._follow(kind, states[:])}
        return Unexpected(tokens[-1], frozenset(accepted))

    def _follow(self, kind: str, states: list[int]) -> bool:
        """As `_take`, but makes nothing."""
        while True:
            action = self.states[states[-1]].get(kind)
            if action is None:
                return False
            if action >= 0:
                states.append(action)
                return True
            rule, _ = self.rules[~action]
            del states[len(states) - rule.size :]
            states.append(self.states[states[-1]][rule.name])


def _method(rule: Rule, builder: object) -> Callable[[Parts], object]:
    if rule.makes.startswith("_") or (rule.vanishes and rule.size == 1):
        return lambda parts: parts
    found: Callable[[Parts], object] = getattr(builder, rule.makes)
    return found


def _kept(keeps: tuple[int, ...], parts: Parts) -> Parts:
    """The parts that a rule hands over; those of `~place` one by one.

    A long list grows in place: what is repeated is a rule that begins with itself.
    """
    kept: Parts = []
    for place in keeps:
        if place >= 0:
            kept.append(parts[place])
        elif kept:
            kept += parts[~place]
        else:
            kept = parts[~place]
    return kept
