"""Names in generated code: plain, unique, and none that Python or a backend needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

LONGEST = 63

# Written out, not asked of the running Python: every version must give the same names.
_PYTHON = """
    False None True and as assert async await break class continue def del elif else
    except finally for from global if import in is lambda nonlocal not or pass raise
    return try while with yield case match type

    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr
    classmethod compile complex copyright credits delattr dict dir divmod enumerate eval
    exec exit filter float format frozenset getattr globals hasattr hash help hex id
    input int isinstance issubclass iter len license list locals map max memoryview min
    next object oct open ord pow print property quit range repr reversed round set
    setattr slice sorted staticmethod str sum super tuple vars zip

    Ellipsis NotImplemented BaseException Exception BaseExceptionGroup ExceptionGroup
    GeneratorExit KeyboardInterrupt StopAsyncIteration StopIteration SystemExit
"""
_WORDS = frozenset(_PYTHON.split())
# Hardly told from 1 and 0; linters refuse them.
_LOOK_ALIKE = frozenset("lIO")


def is_python_word(name: str) -> bool:
    """Whether a name means something in Python already: a keyword or a builtin."""
    return (
        name in _WORDS or name.endswith(("Error", "Warning")) or name.startswith("__")
    )


class Names:
    """The names of one scope; each is given out once."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = set(reserved)
        self._next: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """A name of its own, as near to the wanted one as can be.

        A word of Python's gets an underscore (`input_`), as do `l`, `I` and `O`; a name
        that is taken already or reserved gets a number (`dense_2`).
        """
        plain = re.sub(r"[^A-Za-z0-9_]", "_", wanted).lstrip("_")[:LONGEST] or "value"
        base = plain if plain[0].isalpha() else "n" + plain[: LONGEST - 1]
        if is_python_word(base) or base in _LOOK_ALIKE:
            base = base[: LONGEST - 1] + "_"
        name = base
        while name in self._taken:
            number = self._next.get(base, 2)
            self._next[base] = number + 1
            name = f"{base[: LONGEST - 1 - len(str(number))]}_{number}"
        self._taken.add(name)
        return name

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def keep_clear_of(self, name: str) -> None:
        """Give a name to nobody, for it means something outside of this scope."""
        self._taken.add(name)


def take_everywhere(wanted: str, scopes: Sequence[Names]) -> str:
    """A name that means the same in all of these scopes, and is new in each."""
    first, *others = scopes
    name = first.take(wanted)
    while any(name in other for other in others):
        name = first.take(wanted)
    for other in others:
        other.keep_clear_of(name)
    return name


Take: TypeAlias = Callable[[str], str]
"""Gives a free name for one that is wanted."""


class ValueUse(Struct, frozen=True):
    """A value's life: the statement that defines it and the last one that reads it.

    `wanted` is the name it should have, None for a link in a chain, whose links share
    the name `chain`.
    """

    wanted: str | None
    defined: int
    last: int
    chain: str = "x"


def allocate(values: Sequence[ValueUse], names: Names) -> list[str]:
    """A variable for each value.

    A named value keeps its name to itself. Nameless ones share that of their chain
    where their lives allow: the statement that reads one last may define the next,
    `x = f(x)`. One that is never read is `_`.
    """
    variables = [names.take(value.wanted) if value.wanted else "_" for value in values]
    # From which statement on a variable of a chain may be defined anew, and while which
    # it is a named value's.
    free: dict[str, dict[str, int]] = {value.chain: {} for value in values}
    own: dict[str, ValueUse] = {}
    for value, variable in zip(values, variables, strict=True):
        if variable in free:
            own[variable] = value
            free[variable][variable] = -1
    nameless = [
        index
        for index, value in enumerate(values)
        if not value.wanted and value.last > value.defined
    ]
    for index in sorted(nameless, key=lambda index: values[index].defined):
        value = values[index]
        since = free[value.chain]
        ready = (
            name
            for name, start in since.items()
            if start <= value.defined and _apart(value, own.get(name))
        )
        variables[index] = next(ready, None) or names.take(value.chain)
        since[variables[index]] = value.last
    return variables


def _apart(value: ValueUse, other: ValueUse | None) -> bool:
    """Whether one of two values is gone before the other is there."""
    if other is None or value.last <= other.defined:
        return True
    return max(other.last, other.defined + 1) <= value.defined
