"""The page of each code, which stands beside this file, and the list of all codes."""

from __future__ import annotations

from importlib.resources import files

from specc.diagnostics import codes
from specc.diagnostics.model import Code, did_you_mean


class UnknownCode(KeyError):
    """No code has this number or slug; `suggestion` is a near one, or None."""

    def __init__(self, name: str, suggestion: str | None) -> None:
        super().__init__(name)
        self.name = name
        self.suggestion = suggestion

    def __str__(self) -> str:
        return f"no diagnostic is called `{self.name}`"


def all_codes() -> tuple[Code, ...]:
    """Every code of `codes.py`, by number."""
    found = [value for value in vars(codes).values() if isinstance(value, Code)]
    return tuple(sorted(found, key=lambda code: code.number))


def page(code_or_slug: str) -> str:
    """The page, in Markdown, of a code such as `SPC900` or `internal-error`.

    Raises `UnknownCode` if there is no such code.
    """
    number = _number(code_or_slug)
    return (files(__name__) / f"{number}.md").read_text(encoding="utf-8")


def _number(code_or_slug: str) -> str:
    numbers = [code.number for code in all_codes()]
    slugs = {code.slug: code.number for code in all_codes()}
    upper, lower = code_or_slug.upper(), code_or_slug.lower()
    if upper in numbers:
        return upper
    if lower in slugs:
        return slugs[lower]
    near = did_you_mean(lower, slugs) or did_you_mean(upper, numbers)
    raise UnknownCode(code_or_slug, near)
