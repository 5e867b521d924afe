"""Whatever is typed, the answer is diagnostics: no exception, no endless work."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from specc.cli import main
from specc.codegen.backend import load_backend
from specc.codegen.build import generate
from specc.compiler import compile_source
from specc.diagnostics import Diagnostic, Failure
from specc.diagnostics.render import render_github, render_json, render_text
from specc.draw.diagram import draw_model
from specc.draw.svg import draw_svg
from specc.ir.graph import Model
from specc.ir.text import models_json
from specc.report.parameters import count_parameters
from specc.syntax.format import format_text
from specc.syntax.read import decode
from specc.text import Source
from tests.campaigns import _mutations as mutations
from tests.campaigns._protocol import Budget, Mishap, Result
from tests.campaigns._sentences import derived, sentence

SHARE = 4.0
MOST_SECONDS = 20
"""Of the processor's time for one text of a few kilobytes; most need milliseconds."""
MANY_NODES = 400
EXAMPLE = re.compile(r"^```seq\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(budget: Budget, seed: int) -> Result:
    """Texts of all kinds in turn."""
    failures: list[Mishap] = []
    codes: Counter[str] = Counter()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for turn in budget.turns():
            case = f"{seed}:{turn}"
            tried += 1
            kind, data = text_of(case)
            try:
                with limited(MOST_SECONDS):
                    codes[judge(data, random.Random(case), Path(folder))] += 1
            except Exception as error:
                what = f"{kind}: {type(error).__name__}: {error}"
                failures.append(Mishap(case, what, ascii(data)))
    common = ", ".join(f"{code} {count:,}" for code, count in codes.most_common(5))
    notes = {"codes": len(codes), "clean": codes["clean"], "most frequent": common}
    return Result(tried, "texts", tuple(failures), notes=notes)


def text_of(case: str) -> tuple[str, bytes]:
    """The text of a case, and what kind it is of."""
    rng = random.Random(f"text {case}")
    kind = rng.choice(tuple(KINDS))
    return kind, KINDS[kind](rng)


def judge(data: bytes, rng: random.Random, folder: Path) -> str:
    """The first code a text gets, or `clean`. Raises whatever should not have been."""
    try:
        source = decode(data, "fuzz.seq")
    except Failure as failure:
        return _told(failure.diagnostics, needs_place=False)
    if rng.random() < 0.1:
        _hold_format(source)
    if rng.random() < 0.02:
        _hold_command(data, folder, rng)
    compiled = compile_source(source, folder)
    code = _told(compiled.diagnostics, needs_place=True)
    if rng.random() < 0.25:
        for model in compiled.models:
            _hold_model(model)
    return code


def _told(found: tuple[Diagnostic, ...], needs_place: bool) -> str:
    if not found:
        return "clean"
    assert all(d.labels for d in found) or not needs_place, "a diagnostic has no place"
    text = render_text(found)
    assert all(line.isprintable() for line in text.split("\n")), "text: not printable"
    assert len(json.loads(render_json(found))["diagnostics"]) == len(found)
    annotations = render_github(found).split("\n")
    assert len(annotations) == len(found), "an annotation in several lines"
    assert all(line.isprintable() for line in annotations), "GitHub: not printable"
    return found[0].code.number


def _hold_format(source: Source) -> None:
    try:
        first = format_text(source)
    except Failure:
        return
    again = format_text(Source(source.name, first))
    assert again == first, "fmt is not idempotent"


def _hold_command(data: bytes, folder: Path, rng: random.Random) -> None:
    path = folder / "fuzz.seq"
    path.write_bytes(data)
    command = rng.choice((["check"], ["params"], ["ir"], ["fmt", "--check"], ["draw"]))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*command, str(path)])
    assert code in (0, 1, 2), f"exit code {code} of {command}: {err.getvalue()[-2000:]}"
    assert "Traceback" not in err.getvalue()
    assert list(folder.iterdir()) == [path], "something was written"


def _hold_model(model: Model) -> None:
    """What follows a check that found nothing. Raises where it goes wrong."""
    if len(model.nodes) > MANY_NODES:
        return
    assert count_parameters(model).total >= 0
    json.loads(models_json((model,)))
    assert draw_svg(draw_model(model)).endswith("</svg>")
    for name in ("jax", "tensorflow"):
        with contextlib.suppress(Failure):  # a layer that this backend lacks
            compile(generate(model, load_backend(name)), "<generated>", "exec")


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises `TimeoutError` inside once so much of the processor's time is used."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@cache
def corpus() -> tuple[str, ...]:
    """Specs that are right, and some that are not: models, docs, pages of codes."""
    root = mutations.ROOT
    pages = [
        *sorted((root / "specc" / "diagnostics" / "pages").glob("*.md")),
        *(root / "docs" / name for name in ("language.md", "layers.md")),
    ]
    examples = [text for page in pages for text in EXAMPLE.findall(page.read_text())]
    models = [
        path.read_text() for path in sorted((root / "specs/models").glob("*.seq"))
    ]
    return tuple(text for text in (*examples, *models) if text.strip())


def _spec(rng: random.Random) -> str:
    return rng.choice(corpus())


def _mutated(rng: random.Random) -> bytes:
    return mutations.mutated(_spec(rng), rng).encode()


def _spliced(rng: random.Random) -> bytes:
    """A spec in which the layers behind some arrows are others."""
    parts = _spec(rng).split("->")
    for _ in range(rng.randint(1, 2)):
        place = rng.randrange(len(parts))
        parts[place] = f" {derived('flow', 6, rng)} "
    return "->".join(parts).encode()


def _changed_bytes(rng: random.Random) -> bytes:
    return mutations.change_bytes(_spec(rng).encode(), rng)


def _sentence(rng: random.Random) -> bytes:
    return sentence(rng).encode()


def _soup(rng: random.Random) -> bytes:
    """Words in no order, some of them inside of a model."""
    words = (*mutations.WORDS, *mutations.NAMES, *mutations.LAYERS, *mutations.NUMBERS)
    text = " ".join(rng.choices(words, k=rng.randint(1, 40)))
    frame = rng.choice(("{}", "model m(x: float[T, 4]) -> float[4] {{\n x -> {}\n}}\n"))
    return frame.format(text).encode()


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "mutated": _mutated,
    "spliced": _spliced,
    "bytes": _changed_bytes,
    "sentence": _sentence,
    "soup": _soup,
}
