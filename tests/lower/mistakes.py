"""How a table of mistakes is written: `^` stands before what is pointed at."""

from __future__ import annotations

from dataclasses import dataclass

from specc.lower import check_text


@dataclass(frozen=True)
class Mistake:
    """A text with one mistake: its code, and parts of the message and of the help."""

    text: str
    code: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        """The line that is wrong."""
        line = self.text[: self.text.index("^")].count("\n")
        return self.text.splitlines()[line].strip().replace("^", "")

    def check(self) -> None:
        place = self.text.index("^")
        before = self.text[:place]
        line, column = before.count("\n") + 1, place - before.rfind("\n")
        found = check_text(self.text.replace("^", "", 1))
        listed = [f"{d.code.number} {d.message} ({d.help})" for d in found]
        assert [d.code.number for d in found] == [self.code], listed
        (diagnostic,) = found
        span = diagnostic.labels[0].span
        assert (span.line, span.column) == (line, column), span
        assert self.message in diagnostic.message
        assert self.help in (diagnostic.help or "")


def body(
    lines: str,
    code: str,
    message: str,
    help: str = "",
    x: str = "float[T, 4] ragged",
    y: str = "",
) -> Mistake:
    """A mistake in the body of a model of one input; lines stand between `;`."""
    inner = lines.replace("; ", "\n  ")
    y = y or ("float[T, 8]" if "T" in x else "float[8]")
    text = f"model m(x: {x}) -> y: {y} {{\n  {inner}\n}}\n"
    return Mistake(text, code, message, help)


def cell(
    lines: str,
    code: str,
    message: str,
    help: str = "",
    use: str = "c(8)",
    head: str = "units: int",
) -> Mistake:
    """A mistake in a cell, or in its use on four features."""
    inner = lines.replace("; ", "\n  ")
    text = (
        f"cell c({head}) {{\n  {inner}\n}}\n"
        f"model m(x: float[T, 4]) -> float[T, 8] {{\n  x -> {use}\n}}\n"
    )
    return Mistake(text, code, message, help)


def const(
    value: str, code: str, message: str, help: str = "", before: str = ""
) -> Mistake:
    """A mistake in a constant that a model uses."""
    text = f"{before}\nconst V = {value}\nmodel m(x: float[V]) -> float[V] {{ x }}\n"
    return Mistake(text, code, message, help)
