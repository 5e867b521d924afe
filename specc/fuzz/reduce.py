"""A spec that fails made as small as it can be, and still fail the same way.

Parts are left out and numbers made smaller, the largest parts first. What the compiler
then says of the rest (a name that nothing uses, an output of another type) is mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from specc.diagnostics import Diagnostic
from specc.diagnostics.codes import (
    OUTPUT_MISMATCH,
    UNUSED_NAME,
    UNUSED_PARAM,
)
from specc.lower import check_text

Fails = Callable[[str], bool]
MOST_MENDS = 12
OPENERS, CLOSERS = "([{", ")]}"
LISTS = ("model ", "block ", "cell ", "  param ", "  state ")
"""How a line begins from which one name alone is left out."""


def reduce_text(text: str, fails: Fails, most: int = 2000) -> str:
    """The smallest spec found in so many tries that still fails."""
    tried = {text}
    tries = 0
    again = True
    while again and tries < most:
        again = False
        for candidate in candidates(text):
            smaller = mended(candidate)
            if smaller is None or smaller in tried or _size(smaller) >= _size(text):
                continue
            tried.add(smaller)
            tries += 1
            if fails(smaller):
                text, again = smaller, True
                break
            if tries >= most:
                break
    return text


def _size(text: str) -> tuple[int, int]:
    """How large a spec is: its words and signs, then its numbers."""
    words = re.findall(r"\w+|[^\w\s]", text)
    numbers = [int(word) for word in words if word.isdecimal()]
    return len(words), sum(numbers)


def candidates(text: str) -> Iterator[str]:
    """Specs with a part left out or a number made smaller; most are not legal."""
    parts = text.split("\n\n")
    for place in range(len(parts)):
        yield "\n\n".join([*parts[:place], *parts[place + 1 :]])
    lines = text.split("\n")
    for place in range(len(lines)):
        yield "\n".join([*lines[:place], *lines[place + 1 :]])
    yield from _without_outputs(text)
    yield from _without_steps(text)
    yield from _unwrapped(text)
    yield from _without_arguments(text)
    yield from _other_values(text)
    for clause in re.finditer(r" ragged| pad \d+", text):
        yield text[: clause.start()] + text[clause.end() :]
    for number in re.finditer(r"(?<![\w.])\d+(?![\w.])", text):
        value = int(number[0])
        for smaller in sorted({1, 2, value // 2, value - 1}):
            if 0 < smaller < value:
                yield text[: number.start()] + str(smaller) + text[number.end() :]


def _without_outputs(text: str) -> Iterator[str]:
    """One result fewer, in the head and in the last line."""
    lines = text.rstrip("\n").split("\n")
    heads = [n for n, line in enumerate(lines) if line.startswith("model ")]
    if not heads:
        return
    head = heads[-1]
    start, _, declared = lines[head].rpartition(") -> ")
    types = _split(declared.removesuffix(" {"))
    results = lines[-2].strip().split(", ")
    for place in range(len(types) if len(types) > 1 else 0):
        changed = [*lines]
        kept = ", ".join(types[:place] + types[place + 1 :])
        changed[head] = f"{start}) -> {kept} {{"
        if len(results) == len(types):  # else the body only gives them their names
            shown = ", ".join(results[:place] + results[place + 1 :])
            changed[-2] = f"  {shown}"
        yield "\n".join(changed) + "\n"


def _without_steps(text: str) -> Iterator[str]:
    """One step of a flow fewer: `a -> b -> c` as `a -> c`, or `b -> c`."""
    for arrow in re.finditer(r" -> ", text):
        stop = _end(text, arrow.end())
        yield text[: arrow.start()] + text[stop:]
        start = _begin(text, arrow.start())
        if start < arrow.start():
            yield text[:start] + text[arrow.end() :]


def _unwrapped(text: str) -> Iterator[str]:
    """The body of a block or loop in its place, or one of what is in brackets."""
    for opener in re.finditer(r"[\w.]*(\([^(){}]*\))? ?\{ | ?\b\w*\(", text):
        inside = opener.end()
        close = _close(text, inside)
        start = _begin(text, opener.end() - 1, word=True)
        for part in _split(text[inside:close]):
            yield text[:start] + part.strip() + text[close + 1 :]


def _without_arguments(text: str) -> Iterator[str]:
    """One of what stands between commas left out, brackets included if it was alone."""
    for mark in re.finditer(r"[(,]", text):
        start = mark.end()
        stop = start
        depth = 0
        while stop < len(text) and not (depth == 0 and text[stop] in ",)\n"):
            depth += (text[stop] in OPENERS) - (text[stop] in CLOSERS)
            if depth < 0:
                break
            stop += 1
        if text[stop : stop + 1] == "," and mark[0] == "(":
            yield text[:start] + text[stop + 1 :].lstrip(" ")
        elif mark[0] == ",":
            yield text[: mark.start()] + text[stop:]
        elif text[stop : stop + 1] == ")":
            yield text[: mark.start()] + text[stop + 1 :]


def _other_values(text: str) -> Iterator[str]:
    """A value read in place of another, so that what made that is not needed."""
    names = list(dict.fromkeys(re.findall(r"\b(?:in|v)\d+\b", text)))
    for found in re.finditer(r"\b(?:in|v)\d+\b", text):
        for name in names[: names.index(found[0])][:2]:
            yield text[: found.start()] + name + text[found.end() :]


def mended(text: str) -> str | None:
    """The spec without what nothing uses, its outputs as they are; None if illegal."""
    for _ in range(MOST_MENDS):
        found = [one for one in check_text(text) if one.code.severity == "error"]
        if not found:
            return text
        changed = next((m for m in map(_mend, found) if m is not None), None)
        if changed is None or changed == text:
            return None
        text = changed
    return None


def _mend(found: Diagnostic) -> str | None:
    """The text without the cause of a diagnostic that leaving things out may have."""
    if not found.labels:
        return None
    span = found.labels[0].span
    text = span.source.text
    if found.code == OUTPUT_MISMATCH:
        type = re.findall("`([^`]*)`", found.message)[-1]
        plain = re.sub(r" ragged$| pad \d+$", "", type)
        return text[: span.start] + plain + text[span.stop :]
    if found.code in (UNUSED_NAME, UNUSED_PARAM):
        return _without_name(text, span.start)
    return None


def _without_name(text: str, place: int) -> str:
    """Without the line a name is bound in, or without the name in a list."""
    begin = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[begin:end]
    if not line.startswith(LISTS) or "," not in line:
        return text[:begin] + text[end + 1 :] if not line.startswith("model") else text
    start, stop = _begin(text, place, signs=","), _end(text, place, signs=",")
    if text[stop] == ",":
        return text[:start] + text[stop + 1 :].lstrip(" ")
    return text[:start].rstrip(", ") + text[stop:]


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in OPENERS) - (sign in CLOSERS)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _close(text: str, place: int) -> int:
    """Where the bracket is closed that was opened before this place."""
    depth = 0
    while place < len(text):
        if text[place] in CLOSERS and depth == 0:
            return place
        depth += (text[place] in OPENERS) - (text[place] in CLOSERS)
        place += 1
    return len(text) - 1


def _end(text: str, place: int, signs: str = ",") -> int:
    """Where the step or part that begins here ends."""
    depth = 0
    while place < len(text):
        sign = text[place]
        if depth == 0 and (
            sign in signs + CLOSERS + "\n" or text[place:].startswith(" -> ")
        ):
            return place - (text[place - 1] == " " and sign in CLOSERS)
        depth += (sign in OPENERS) - (sign in CLOSERS)
        place += 1
    return place


def _begin(text: str, place: int, signs: str = ",", *, word: bool = False) -> int:
    """Where the step or part that stands before this place begins."""
    depth = 0
    while place > 0:
        sign = text[place - 1]
        if depth == 0 and (sign in signs + OPENERS + "\n="):
            break
        if depth == 0 and text[:place].endswith("-> "):
            break
        if word and depth == 0 and sign == " " and text[place - 2 : place - 1] in ",=":
            break
        depth += (sign in CLOSERS) - (sign in OPENERS)
        place -= 1
    while text[place : place + 1] == " ":
        place += 1
    return place
