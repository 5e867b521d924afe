"""A spec written another way around its model: constants, settings, several files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from specc.atomic import write_text
from specc.compiler import compile_source
from specc.fuzz.chance import Chance
from specc.ir.graph import Model
from specc.ir.types import Frozen
from specc.text import Source

INTEGER = re.compile(r"(?<![\w.])\d+(?![\w.])")
MOST_CONSTANTS = 4
PARTS = "parts/drawn.seq"


class Written(Frozen):
    """A spec, numbers for its constants, and the file beside it, "" where none is."""

    text: str
    settings: Mapping[str, int] = MappingProxyType({})
    parts: str = ""


Rewriting = Callable[[str, Chance], Written | None]


def with_constants(text: str, chance: Chance) -> Written | None:
    """Some of its whole numbers said by constants, which are worked out."""
    values, body = _said_by_names(text, chance)
    if not values:
        return None
    lines = [f"const {name} = {_sum(chance, n)}" for name, n in values.items()]
    return Written("\n".join([*lines, "", body]))


def with_settings(text: str, chance: Chance) -> Written | None:
    """The same, the constants being other numbers in the text than are set."""
    values, body = _said_by_names(text, chance)
    if not values:
        return None
    lines = [f"const {name} = {n + chance.randint(1, 3)}" for name, n in values.items()]
    return Written("\n".join([*lines, "", body]), values)


def with_imports(text: str, chance: Chance) -> Written | None:
    """Its constants, cells and blocks in a file of their own."""
    found = with_constants(text, chance)
    whole = text if found is None else found.text
    apart, start, model = whole.rpartition("model drawn(")
    if not apart:
        return None
    return Written(f'import "{PARTS}"\n\n{start}{model}', parts=apart)


def compile_written(written: Written) -> tuple[Model | None, list[str]]:
    """The model, and the errors that stand against it."""
    with TemporaryDirectory(prefix="specc-") as home:
        folder = Path(home)
        if written.parts:
            path = folder / PARTS
            path.parent.mkdir()
            write_text(path, written.parts)
        source = Source(str(folder / "drawn.seq"), written.text)
        found = compile_source(source, folder, written.settings)
        wrong = [one.message for one in found.check() if one.code.severity == "error"]
        return (None if wrong else found.model()), wrong


def _said_by_names(text: str, chance: Chance) -> tuple[dict[str, int], str]:
    """Values of constants, and the text with their names where the numbers stood."""
    numbers = sorted({int(found) for found in INTEGER.findall(text)})
    if not numbers:
        return {}, text
    chosen = chance.some(numbers, MOST_CONSTANTS)
    used: set[int] = set()

    def of(found: re.Match[str]) -> str:
        number = int(found[0])
        if number not in chosen or chance.likely(0.2):
            return found[0]
        used.add(number)
        return f"number_{number}"

    body = INTEGER.sub(of, text)
    return {f"number_{number}": number for number in chosen if number in used}, body


def _sum(chance: Chance, number: int) -> str:
    """An expression that comes to the number."""
    return chance.pick(
        (
            str(number),
            f"{number + 3} - 3",
            f"{2 * number} // 2",
            f"{number} * 2 ** 0",
            f"max({number}, 0)",
            f"({2 * number} + 1) // 2",
            f"min({number}, {number + 5})",
            f"ceil({number} - 1 / 2)",
        )
    )


REWRITINGS: Mapping[str, Rewriting] = MappingProxyType(
    {"constants": with_constants, "settings": with_settings, "imports": with_imports}
)
