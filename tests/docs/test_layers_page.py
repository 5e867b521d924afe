"""docs/layers.md says what the code says, of every layer, and what it says is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import specc
from specc.lower.language import layer_words as layer_words_of_the_language
from specc.lower.library import library_names
from specc.ops import find_op, op_names
from specc.report.layer_entries import Entry, all_entries, is_described, layer_words
from specc.report.layer_example import example_text, work_out
from specc.report.layer_options import all_general_options
from specc.report.layer_page import entry_text, page_text

PAGE = Path(__file__).parents[2] / "docs" / "layers.md"
ENTRIES = all_entries()
LAYERS = [entry for entry in ENTRIES if entry.kind == "layer"]


def by_name(entry: Entry) -> str:
    return entry.name


def test_the_page_is_what_the_generator_gives() -> None:
    assert PAGE.read_text() == page_text(ENTRIES) + "\n", "run `make docs`"


@pytest.mark.parametrize("name", sorted(op_names()))
def test_an_op_that_a_spec_can_write_documents_itself(name: str) -> None:
    op = find_op(name)
    assert op is not None
    if not is_described(op):
        return
    words = layer_words(op)
    hint = f"in the docstring of {op.__module__}"
    assert words.summary.endswith("."), "the file's first line says what it is"
    assert "=" in words.equation, f"an equation is the first paragraph {hint}"
    assert words.mask, f"`Mask: ...` says what becomes of a mask {hint}"
    assert words.example, f"`Example: (x: float[T, 2]) -> ...` {hint}"


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_an_example_uses_what_it_is_about(entry: Entry) -> None:
    worked = work_out(entry.about.example)
    words = {*entry.words} - {"functions"}
    assert any(word in worked.text for word in words) or entry.name == "arithmetic"


@pytest.mark.parametrize("entry", LAYERS, ids=by_name)
def test_the_mask_sentence_is_true(entry: Entry) -> None:
    """Over a ragged input the layer refuses, reduces, or keeps a mask, as it says."""
    example = entry.about.example
    if "ragged" not in example and " pad " not in example:
        example = example.replace("]", "] ragged", 1)
    compiled = specc.compile(example_text(example))
    says = entry.about.mask
    if says.startswith(("refused", "none")):
        assert any("mask" in d.message or "axis" in d.message for d in compiled.check())
        return
    assert not compiled.check()
    model = compiled.model()
    masked = [model.type_of(output.ref).ragged for output in model.outputs]
    if says.endswith("the result has none."):
        assert not any(masked)
    elif "that of the query" in says:
        assert not any(masked), "the query of the example has none"
    else:
        assert all(masked)


@pytest.mark.parametrize("entry", LAYERS, ids=by_name)
def test_every_option_stands_in_the_table_with_what_it_can_be(entry: Entry) -> None:
    for word, values, _ in entry.options:
        assert word.strip("`") and values


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_every_option_says_what_it_is_by_default(entry: Entry) -> None:
    assert all(default for *_, default in (*entry.options, *all_general_options()))


def test_every_cell_and_block_of_the_library_is_described() -> None:
    described = {entry.name for entry in ENTRIES if entry.kind != "layer"}
    assert described == library_names()


NEVER_WRITTEN = {"linear", "negative"}
"""Words that an activation is called where there is none, and `-x`."""


@pytest.mark.parametrize("word", sorted(layer_words_of_the_language() - NEVER_WRITTEN))
def test_a_layer_stands_in_the_language_page_and_describes_itself(word: str) -> None:
    table = PAGE.with_name("language.md").read_text()
    assert re.search(rf"`[^`\n]*\b{word}\b[^`\n]*`", table), f"describe `{word}`"
    assert word in {word for entry in ENTRIES for word in entry.words}


def test_a_cell_says_where_the_options_of_recurrent_layers_are() -> None:
    (lstm,) = (entry for entry in ENTRIES if entry.name == "lstm")
    said = entry_text(lstm)
    assert "`specc layers bi`" in said
    (bi,) = (entry for entry in ENTRIES if entry.name == "bi")
    told = [row[0] for row in bi.options]
    for word in ("init", "final", "states", "reverse", "recurrent_dropout"):
        assert f"`{word}`" in said and f"`{word}`" in told
    assert told[0] == "`merge`, of `bi`"
