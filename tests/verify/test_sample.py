"""Random numbers that leave a mistake no place to hide."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.ir.graph import Model
from specc.ir.schedule import Target
from specc.passes.recurrence.choose import schedule_model
from specc.reference.arguments import check_arguments
from specc.verify.expected import expect
from specc.verify.sample import (
    APPENDED,
    Batch,
    append_padding,
    make_generator,
    sample_batches,
    sample_weights,
)

TAGGER = """
model tagger(words: int[T] < 20 pad 3, speech: float[T, 4] ragged) -> y: float[T, 5] {
  (words -> embed(6), speech) -> concat -> bi(lstm(4)) -> layernorm -> dense(5)
}
"""
TWO_LENGTHS = """
model two(a: int[T] < 9 pad 0, b: int[S] < 9 pad 0) -> float {
  let encode = embed(4) -> mean
  dot(a -> encode, b -> encode)
}
"""
PICTURE = "model mlp(x: float[3]) -> float[2] { x -> dense(2) }"
BARE = "model bare(x: int[T] < 7) -> float[2] { x -> embed(2) -> mean }"
FIXED = "model fixed(x: int[6] < 7 pad 0) -> float[2] { x -> embed(2) -> mean }"
Compile = Callable[[str], Model]


def batches(model: Model, seed: int = 0) -> dict[str, Batch]:
    made = sample_batches(model, make_generator(seed, 1))
    return {batch.name: batch for batch in made}


def lengths_of(mask: np.ndarray) -> list[int]:
    return [int(row.sum()) for row in mask]


def test_every_weight_differs_in_every_element(compile_text: Compile) -> None:
    weights = sample_weights(compile_text(TAGGER), make_generator(0, 0))
    for name, weight in weights.items():
        assert weight.dtype == np.float32
        assert len(np.unique(weight)) == weight.size, name
    for one, other in combinations(weights.values(), 2):
        assert one.shape != other.shape or not np.isclose(one, other).all()


def test_kernels_are_scaled_by_what_they_sum_over(compile_text: Compile) -> None:
    model = compile_text(
        "model m(x: float[900]) -> float[800] { x -> dense(800) -> layernorm }"
    )
    weights = sample_weights(model, make_generator(0, 0))
    assert weights["dense.W"].std() == pytest.approx(1 / 30, rel=0.01)
    assert weights["layernorm.gamma"].mean() == pytest.approx(1, abs=0.1)


def test_a_seed_decides_every_number(compile_text: Compile) -> None:
    model = compile_text(TAGGER)
    first, again = (sample_weights(model, make_generator(5, 0)) for _ in range(2))
    other = sample_weights(model, make_generator(6, 0))
    for name, weight in first.items():
        assert np.array_equal(weight, again[name])
        assert not np.isclose(weight, other[name]).any()
    for name, batch in batches(model, 5).items():
        same = batches(model, 5)[name]
        assert all(np.array_equal(batch.inputs[n], same.inputs[n]) for n in same.inputs)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.data())
def test_ids_are_in_range_and_padding_stands_only_where_no_step_counts(
    compile_text: Compile, bound: int, data: st.DataObject
) -> None:
    pad = data.draw(st.integers(0, bound - 1))
    model = compile_text(
        f"model m(x: int[T] < {bound} pad {pad}) -> float[2]{{ x -> embed(2) -> mean }}"
    )
    for batch in batches(model).values():
        ids = batch.inputs["x"]
        assert ids.dtype == np.int32
        assert ((ids >= 0) & (ids < bound)).all()
    if bound > 1:
        assert (batches(model)["full"].inputs["x"] != pad).all()


@pytest.mark.parametrize("text", [TAGGER, TWO_LENGTHS, PICTURE, BARE, FIXED])
def test_batches_fit_the_model(text: str, compile_text: Compile) -> None:
    model = compile_text(text)
    weights = sample_weights(model, make_generator(0, 0))
    names = [model.nodes[ref.node].name for ref in model.inputs]
    for batch in batches(model).values():
        assert list(batch.inputs) == names
        found = check_arguments(model, weights, batch.inputs, np.dtype("float64"))
        assert (found.batch, found.lengths) == (batch.rows, batch.lengths)


def test_a_ragged_batch_has_a_full_row_one_of_length_one_and_an_empty_one(
    compile_text: Compile,
) -> None:
    batch = batches(compile_text(TAGGER))["ragged"]
    for mask in (batch.inputs["words"] != 3, batch.inputs["speech_mask"]):
        assert {0, 1, batch.lengths["T"]} <= set(lengths_of(mask))
        steps = np.arange(mask.shape[1])
        assert (mask == (steps < mask.sum(axis=1, keepdims=True))).all()
    by_words = lengths_of(batch.inputs["words"] != 3)
    assert by_words != lengths_of(batch.inputs["speech_mask"])


def test_the_other_batches_are_full_with_holes_single_and_shortest(
    compile_text: Compile,
) -> None:
    found = batches(compile_text(TAGGER))
    assert list(found) == ["ragged", "full", "holes", "one row", "shortest"]
    assert found["full"].inputs["speech_mask"].all()
    holes = found["holes"].inputs["speech_mask"]
    assert not holes[0, 0] and holes[0, 1] and holes[1, 0] and not holes[1, 1]
    assert found["one row"].rows == 1
    assert 0 < found["one row"].inputs["speech_mask"].sum() < holes.shape[1]
    assert found["shortest"].lengths == {"T": 1}


def test_lengths_are_odd_and_even(compile_text: Compile) -> None:
    found = batches(compile_text(BARE)).values()
    assert {batch.lengths["T"] % 2 for batch in found} == {0, 1}


def test_a_scan_by_chunks_gets_several_of_them(compile_text: Compile) -> None:
    text = "model m(x: float[T, 3]) -> float[T, 4] { x -> min_gru(4) }"
    model = compile_text(text)
    assert "long" not in batches(schedule_model(model, Target("tpu")))
    chunked = schedule_model(model, Target("tpu", length=10_000))
    assert batches(chunked)["long"].lengths["T"] > 2 * 256


def test_lengths_with_different_names_differ(compile_text: Compile) -> None:
    lengths = batches(compile_text(TWO_LENGTHS))["ragged"].lengths
    assert lengths["S"] != lengths["T"]


def test_a_model_without_masks_gets_batches_without_padding(
    compile_text: Compile,
) -> None:
    assert list(batches(compile_text(BARE))) == ["random", "one row", "shortest"]
    assert list(batches(compile_text(PICTURE))) == ["random", "one row"]


def test_what_stands_at_masked_steps_is_larger_than_any_valid_number(
    compile_text: Compile,
) -> None:
    inputs = batches(compile_text(TAGGER))["ragged"].inputs
    speech, mask = inputs["speech"], inputs["speech_mask"]
    assert np.abs(speech[~mask]).min() > np.abs(speech[mask]).max()


def test_cotangents_are_zero_where_a_step_does_not_count(compile_text: Compile) -> None:
    model = compile_text(TAGGER)
    weights = sample_weights(model, make_generator(0, 0))
    truths = expect(model, weights, list(batches(model).values()), 0).truths
    for truth in truths:
        mask = truth.masks["y"]
        assert mask is not None
        assert not truth.cotangents["y"][~mask].any()
        assert truth.cotangents["y"][mask].all()


def test_appended_padding_leaves_what_was_there(compile_text: Compile) -> None:
    model = compile_text(TAGGER)
    batch = batches(model)["ragged"]
    longer = append_padding(model, batch, make_generator(0))
    assert longer is not None
    steps = batch.lengths["T"]
    assert longer.lengths["T"] == steps + APPENDED
    for name, array in batch.inputs.items():
        assert np.array_equal(longer.inputs[name][:, :steps], array)
    assert (longer.inputs["words"][:, steps:] == 3).all()
    assert not longer.inputs["speech_mask"][:, steps:].any()
    assert np.abs(longer.inputs["speech"][:, steps:]).min() > 5


@pytest.mark.parametrize("text", [PICTURE, BARE, FIXED])
def test_nothing_is_appended_where_there_is_no_mask_or_no_room(
    text: str, compile_text: Compile
) -> None:
    model = compile_text(text)
    batch = next(iter(batches(model).values()))
    assert append_padding(model, batch, make_generator(0)) is None


def test_padding_is_appended_only_where_every_input_has_a_mask(
    compile_text: Compile,
) -> None:
    model = compile_text(
        "model m(a: int[T] < 9 pad 0, b: float[T, 2], c: int[S] < 9 pad 0) "
        "-> float[4] {\n"
        "  p = (a -> embed(2), b) -> concat -> mean\n"
        "  q = c -> embed(4) -> mean\n"
        "  (p, q) -> add\n"
        "}"
    )
    batch = batches(model)["ragged"]
    longer = append_padding(model, batch, make_generator(0))
    assert longer is not None
    grown = {n for n in batch.lengths if longer.lengths[n] != batch.lengths[n]}
    assert grown == {"S"}


def test_a_row_alone_is_that_row(compile_text: Compile) -> None:
    batch = batches(compile_text(TAGGER))["ragged"]
    alone = batch.row(3)
    assert (alone.rows, alone.name) == (1, "row 4 alone")
    for name, array in batch.inputs.items():
        assert np.array_equal(alone.inputs[name], array[3:4])


def test_a_batch_says_what_it_is(compile_text: Compile) -> None:
    labels = [batch.label for batch in batches(compile_text(TAGGER)).values()]
    assert labels[0] == "ragged: 5 rows, T = 7"
    assert labels[3] == "one row: 1 row, T = 8"
