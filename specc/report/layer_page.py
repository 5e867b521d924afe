"""The reference of layers as Markdown: one page of all, or one layer alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from specc.ir.weights import Weight
from specc.lower.options import INITIALIZERS
from specc.report.cost_cells import amount_text
from specc.report.layer_entries import Entry, Kind
from specc.report.layer_example import WorkedExample, work_out
from specc.report.layer_options import all_general_options

HEAD = """\
# Layers, cells and blocks

Made by `make docs` from the code and the standard library: what every layer computes,
what it does with a mask, its options, and an example that was compiled.
[language.md](language.md) says how they are put together; `specc layers NAME` prints
one entry.

`T` and `S` are lengths, the batch axis is left out of shapes, and `x W` is a product of
matrices. Where a layer has no weights, the example shows numbers that the float64
reference computed; a masked step is a dash. Multiply-adds are for one example."""
_MARKUP = re.compile(r"[*<>\\]|(?<!\w)_|_(?!\w)")
"""What Markdown may take for more than text; it leaves `W_q` alone."""
GENERAL = "options-of-layers-with-weights"
TITLES: dict[Kind, str] = {
    "layer": "Layers",
    "cell": "Cells",
    "block": "Blocks",
}
ABOUT: dict[Kind, str] = {
    "layer": "",
    "cell": "The recurrent layers of the library are these equations, from "
    "`specs/std/cells.seq`. What a cell does with a mask, and the options that all of "
    "them take, stand under [bi](#bi).",
    "block": "From `specs/std/blocks.seq`. Masks are those of the layers inside.",
}


def page_text(entries: Sequence[Entry]) -> str:
    """The whole page, without a line end."""
    parts = [HEAD]
    for kind, title in TITLES.items():
        found = [entry for entry in entries if entry.kind == kind]
        links = ", ".join(f"[{entry.name}](#{_anchor(entry.name)})" for entry in found)
        parts += [part for part in (f"## {title}", links, ABOUT[kind]) if part]
        if kind == "layer":
            parts += _for_all()
        parts += [entry_text(entry) for entry in found]
    return "\n\n".join(parts)


def entry_text(entry: Entry) -> str:
    """One layer, cell or block."""
    about = entry.about
    parts = [f"### {entry.name}"]
    summary = _escaped(about.summary)
    parts.append(summary if entry.spec else f"{about.call}: {summary}")
    if about.equation:
        parts.append(_fenced("text", about.equation))
    if entry.spec:
        parts.append(_fenced("text", entry.spec))
    parts += map(_escaped, about.prose)
    if about.mask:
        parts.append(f"**Mask**: {_escaped(about.mask)}")
    parts += _options(entry)
    if about.example:
        parts += _example(work_out(about.example))
    if about.source:
        parts.append(f"Source: {_escaped(about.source)}")
    return "\n\n".join(parts)


def _for_all() -> Iterator[str]:
    """What many layers take, said once."""
    words = ", ".join(f"`{word}`" for word in INITIALIZERS)
    yield "### Options of layers with weights"
    yield _table(("option", "values", "default"), all_general_options())
    yield (
        "`frozen` keeps training away from the weights; `l1` and `l2` are penalties on "
        "kernels and tables, not on biases; `bias = none` leaves the bias out. Without "
        "an initialiser, kernels are glorot-uniform, kernels on a state orthogonal, "
        "tables uniform and biases zero."
    )
    yield "### Initialisers"
    yield (
        f"{words}. With numbers, `constant(0.1)`, `truncated_normal(0.02)`, "
        "`uniform(-0.1, 0.1)`, `orthogonal(0.9)` and the rest of "
        "[where weights start](language.md#where-weights-start)."
    )


def _options(entry: Entry) -> Iterator[str]:
    general = ", ".join(f"`{word}`" for word in entry.general)
    if entry.kind == "cell":
        yield (
            f"Besides its own, it takes the [options of recurrent layers](#bi), which "
            f"`specc layers bi` describes: {general}; and a start for each weight, by "
            "its name."
        )
        return
    also = f"[options of layers with weights](#{GENERAL}): {general}."
    if entry.options:
        yield _table(("option", "values", "default"), entry.options)
    if general:
        yield f"Also the {also}" if entry.options else f"The {also}"


def _example(worked: WorkedExample) -> Iterator[str]:
    yield _fenced("seq", worked.text.rstrip("\n"))
    if worked.numbers:
        width = max(len(name) for name, _ in worked.numbers)
        lines = (f"{name:<{width}}  {text}" for name, text in worked.numbers)
        yield _fenced("text", "\n".join(lines))
    if worked.weights:
        total = sum(weight.count for _, weight in worked.weights)
        counted = f"{total:,}"
        if worked.formula not in ("", str(total)):
            counted += f" = {worked.formula}"
        yield f"Weights: {', '.join(_weights(worked.weights))}; {counted} parameters."
    if worked.multiply_adds.terms:
        yield f"Multiply-adds: {amount_text(worked.multiply_adds)}."


def _weights(weights: Sequence[tuple[str, Weight]]) -> Iterator[str]:
    """Those of one shape together: "`W_i`, `W_f` [4, 3]"."""
    for (shape, trainable), group in groupby(weights, _kind):
        names = ", ".join(f"`{name}`" for name, _ in group)
        yield f"{names} {list(shape)}{'' if trainable else ' (not trained)'}"


def _kind(named: tuple[str, Weight]) -> tuple[tuple[int, ...], bool]:
    return named[1].shape, named[1].trainable


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def _escaped(text: str) -> str:
    """Prose as Markdown: what is not code holds no markup."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else _MARKUP.sub(r"\\\g<0>", part)
        for part in parts
    )


def _anchor(name: str) -> str:
    """How GitHub calls a heading in a link."""
    return re.sub(r"[^a-z0-9_ -]", "", name.lower()).replace(" ", "-")
