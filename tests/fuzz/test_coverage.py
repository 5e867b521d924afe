"""What many drawn texts have among them: every op, option and form of the language."""

from __future__ import annotations

import inspect
from collections import Counter
from functools import cache
from types import ModuleType

import msgspec
import pytest

from specc.fuzz.chance import Chance
from specc.fuzz.draw import UNWRITTEN, draw
from specc.fuzz.files import REWRITINGS
from specc.fuzz.program import write
from specc.fuzz.trial import compiled
from specc.ir.op import Op
from specc.lower.language import layer_words
from specc.lower.recurrent_options import recurrent_options
from specc.ops import find_op, layer_names
from specc.ops.function import FUNCTIONS
from specc.syntax import tree
from specc.syntax.parser import parse
from specc.text import Source

TEXTS = 2000


@cache
def drawn() -> tuple[Counter[str], Counter[str]]:
    """How often each op and field was drawn, and each kind of the tree and word."""
    ops: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    for seed in range(TEXTS):
        text = write(draw(seed))
        model, faults = compiled(text)
        assert model is not None, (seed, faults)
        for node in model.nodes:
            count_op(ops, node.op)
        texts = [text]
        if seed % 10 == 0:  # they say one and the same, so a few are enough
            for rewriting in REWRITINGS.values():
                found = rewriting(text, Chance(seed))
                texts += (
                    [one for one in (found.text, found.parts) if one] if found else []
                )
        for one in texts:
            count_forms(forms, parse(Source("drawn.seq", one)))
    return ops, forms


def count_op(found: Counter[str], op: Op) -> None:
    """Count the op, and its fields that are not what they are by default."""
    found[op.name()] += 1
    for field in msgspec.structs.fields(type(op)):
        if getattr(op, field.name) != field.default:
            found[f"{op.name()}.{field.name}"] += 1


def count_forms(found: Counter[str], part: object) -> None:
    """Count the kinds of a tree, and the words in it."""
    if isinstance(part, tuple | list):
        for one in part:
            count_forms(found, one)
    if not isinstance(part, msgspec.Struct):
        return
    found[type(part).__name__] += 1
    if isinstance(part, tree.Name):
        found[f"word {part.text}"] += 1
    if isinstance(part, tree.Arithmetic):
        found.update(f"sign {sign}" for sign, _ in part.rest)
    for field in part.__struct_fields__:
        if field != "span":
            count_forms(found, getattr(part, field))


def fields(name: str) -> list[str]:
    op = find_op(name)
    assert op is not None
    return [field.name for field in msgspec.structs.fields(op)]


OPTIONS = [(name, field) for name in sorted(layer_names()) for field in fields(name)]


@pytest.mark.parametrize("name", sorted(layer_names()))
def test_every_layer_is_drawn_often(name: str) -> None:
    assert drawn()[0][name] >= TEXTS // 100


@pytest.mark.parametrize(("name", "field"), OPTIONS)
def test_every_option_of_a_layer_is_drawn(name: str, field: str) -> None:
    assert drawn()[0][f"{name}.{field}"] > 0


def kinds(module: ModuleType) -> list[str]:
    return [
        name
        for name, one in vars(module).items()
        if inspect.isclass(one) and issubclass(one, tree.Tree) and one is not tree.Tree
    ]


@pytest.mark.parametrize("kind", kinds(tree))
def test_every_form_of_the_language_is_drawn(kind: str) -> None:
    assert drawn()[1][kind] > 0


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "@"])
def test_every_sign_is_drawn(sign: str) -> None:
    assert drawn()[1][f"sign {sign}"] > 0


@pytest.mark.parametrize(
    "word",
    sorted(
        {option.word for option in recurrent_options()}
        | (layer_words() - UNWRITTEN)
        | (set(FUNCTIONS) - UNWRITTEN)
        | {"init", "states", "final", "join", "merge", "axis", "step", "contract"}
        | {"min", "max", "outer", "tied", "feedback"}
    ),
)
def test_every_word_is_drawn(word: str) -> None:
    assert drawn()[1][f"word {word}"] > 0
