"""Import lines of a generated file, in the order that ruff's isort rules ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct

from specc.codegen.documents import WIDTH
from specc.codegen.expressions import Atom


class Import(Struct, frozen=True):
    """`import module`, or `from module import name`; either may go by another name."""

    module: str
    name: str | None = None
    alias: str | None = None

    def __post_init__(self) -> None:
        for part in (self.module, self.name, self.alias):
            assert part is None or Atom(part)

    @property
    def bound(self) -> str:
        """The variable that it defines."""
        return self.alias or self.name or self.module.partition(".")[0]


def import_block(imports: Iterable[Import]) -> str:
    """The import lines: the standard library's first, `import` before `from`."""
    ordered = sorted(set(imports), key=_order)
    sections = groupby(ordered, key=_is_foreign)
    return "\n\n".join("\n".join(_lines(section)) for _, section in sections)


def _is_foreign(node: Import) -> bool:
    return node.module.partition(".")[0] not in sys.stdlib_module_names


def _order(node: Import) -> tuple[object, ...]:
    # Within one `from`: constants, classes, functions.
    name = node.name or ""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return (
        _is_foreign(node),
        node.name is not None,
        *(node.module.lower(), node.module),
        *(kind, name.lower(), name),
        node.alias or "",
    )


def _lines(section: Iterable[Import]) -> Iterable[str]:
    for (module, _), group in groupby(section, key=_statement):
        nodes = list(group)
        alias = f" as {nodes[0].alias}" if nodes[0].alias else ""
        if nodes[0].name is None:
            yield f"import {module}{alias}"
            continue
        names = [f"{node.name}{alias}" for node in nodes]
        line = f"from {module} import {', '.join(names)}"
        if len(line) > WIDTH:
            line = "\n    ".join([f"from {module} import (", *(f"{n}," for n in names)])
            line += "\n)"
        yield line


def _statement(node: Import) -> tuple[str, Import | None]:
    """Equal for imports that share a line: names of one module without aliases."""
    shares = node.name is not None and node.alias is None
    return node.module, None if shares else node
