"""Every model's parameters are those that are published for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import specc
from specc.report.parameters import ModelReport, count_parameters

MODELS = Path(__file__).parents[2] / "specs" / "models"
LARGE = MODELS.parent / "large"
FROZEN = 138_705 * 100
# Total and frozen.
PUBLISHED = {
    "imdb_flatten": (171_533, 0),
    "imdb_bilstm": (598_209, 0),
    "imdb_stacked_bilstm": (635_329, 0),
    "imdb_conv": (573_249, 0),
    "imdb_conv_conv": (622_529, 0),
    "imdb_conv_dropout": (573_249, 0),
    "tweets_average": (13_913_049, 0),
    "tweets_glove": (13_872_949, FROZEN),
    "tweets_conv_lstm": (13_935_653, FROZEN),
    "sonnets": (6_101_671, 0),
    "shakespeare_gru": (4_022_850, 0),
    "tweet_sentiment": (2_327_042, 0),
    "entity_tagger": (1_780_117, 0),
    "gru_language_model": (3_411_200, 0),
    "siamese_questions": (5_469_056, 0),
}
PUBLISHED_LARGE = {
    "gpt2_small": 124_439_808,
    "bert_base": 109_482_240,
    "distilbert": 66_362_880,
    "llama_7b": 6_738_415_616,
    "zaremba_large": 66_022_000,
    "elmo": 93_600_864,
    # By hand, where the papers leave the numbers out or round them.
    "transformer_base": (
        37_000 * 512
        + 6 * (4 * 512**2 + 513 * 2048 + 2049 * 512 + 2 * 1024)
        + 6 * (8 * 512**2 + 513 * 2048 + 2049 * 512 + 3 * 1024)
    ),
    "luong": (
        2 * 50_000 * 1000
        + 7 * 4 * 1000 * 2001
        + 4 * 1000 * 3001
        + 3 * 1000**2
        + 1001 * 50_000
    ),
    "lample_tagger": (
        25_000 * 100
        + 85 * 25
        + 2 * (3 * 25 * (25 + 25 + 1) + 2 * 25)
        + 2 * (3 * 100 * (150 + 100 + 1) + 2 * 100)
        + 201 * 100
        + 101 * 17
    ),
    "char_cnn": (
        256 * (7 * 70 + 1)
        + 256 * (7 * 256 + 1)
        + 4 * 256 * (3 * 256 + 1)
        + (34 * 256 + 1) * 1024
        + 1025 * 1024
        + 1025 * 4
    ),
}
# The same specs with other constants are the other sizes of their families.
PUBLISHED_SIZES = [
    ("gpt2_small", {"width": 1024, "depth": 24, "heads": 16}, 354_823_168),
    ("gpt2_small", {"width": 1280, "depth": 36, "heads": 20}, 774_030_080),
    ("gpt2_small", {"width": 1600, "depth": 48, "heads": 25}, 1_557_611_200),
    ("bert_base", {"width": 1024, "depth": 24, "heads": 16}, 335_141_888),
    ("bert_base", {"width": 512, "depth": 8, "heads": 8}, 41_373_184),
    ("bert_base", {"width": 512, "depth": 4, "heads": 8}, 28_763_648),
    ("bert_base", {"width": 256, "depth": 4, "heads": 4}, 11_170_560),
    ("bert_base", {"width": 128, "depth": 2, "heads": 2}, 4_385_920),
    ("zaremba_large", {"width": 650}, 19_775_200),
    ("zaremba_large", {"width": 200}, 4_651_600),
]
# By hand from the layers' sizes: no table has them.
BY_HAND = {
    "capital_tagger": 40 * 6 + 2 * 3 * 4 * (8 + 4 + 2) + 9 * 5,
    "awd_lstm_small": 50 * 12 + 4 * 16 * (12 + 16 + 2) + 4 * 12 * (16 + 12 + 2),
    "lru_small": (
        4 * 12 + 2 * (2 * 12 + (3 * 8 + 4 * 8 * 12 + 12) + 2 * 13 * 12) + 13 * 5
    ),
    "variational": (
        60 * 8
        + 2 * 4 * 6 * (8 + 6 + 1)
        + 2 * 3 * 5 * (12 + 5 + 2)
        + 4 * (5 + 4 + 1)
        + 5
    ),
    "tweets_bilstm": FROZEN + 2 * 4 * 64 * (100 + 64 + 1) + 129 * 24 + 25,
    "tweets_bilstm_bilstm": (
        FROZEN + 8 * 64 * (100 + 64 + 1) + 8 * 64 * (128 + 64 + 1) + 129 * 24 + 25
    ),
    "tweets_conv": FROZEN + 501 * 64 + 65 * 24 + 25,
    "tweets_conv_conv": FROZEN + 501 * 64 + 321 * 64 + 65 * 24 + 25,
    "tweets_conv_bilstm_bilstm": (
        FROZEN + 501 * 64 + 8 * 64 * (64 + 64 + 1) + 8 * 64 * (128 + 64 + 1) + 129
    ),
    "attention": (
        30 * 5
        + 2 * 3 * 4 * (5 + 4 + 2)
        + 20 * 6
        + 3 * 8 * (6 + 8 + 2)
        + (9 * 3 + 3 * 8 + (8 + 8 + 1 + 1) * 4 + 4 * 8 * 6)
        + 49 * 6
    ),
    "transformer_encoder": (
        24_000 + 2 * (4 * 25 * 24 + 25 * 96 + 97 * 24 + 2 * 48) + 48 + 25 * 4
    ),
    "transformer_decoder": (
        (90 + 80) * 16
        + 2 * (4 * 17 * 16 + 17 * 64 + 65 * 16 + 2 * 32)
        + 2 * (8 * 17 * 16 + 17 * 64 + 65 * 16 + 3 * 32)
    ),
    "hierarchical_attention": (
        60 * 6
        + (2 * 3 * 4 * (6 + 4 + 2) + 9 * 5 + 5)
        + (2 * 3 * 3 * (8 + 3 + 2) + 7 * 4 + 4)
        + 7 * 4
    ),
    "dot_attention_by_hand": (
        30 * 5 + 2 * 3 * 4 * (5 + 4 + 2) + 20 * 6 + 3 * 8 * (6 + 8 + 2) + 8 + 16 + 180
    ),
    "local_attention": (
        (60 + 30) * 16
        + (4 * 16 * 16 + 3 * 16 + 17 * 6)
        + 2 * (2 * 16 + 16 * (16 + 2 * 8 + 16) + 3 * 16 * 32)
        + (17 * 16 + 2 * 6 * 4 + 17 * 16)
        + (32 + 32 * 60)
    ),
    "classifier_mlp": 5 * 8 + 9 * 8 + 9 * 3,
    "digits": 10 * 8 + (9 * 8 + 8 * 16 + 16) + 145 * 10,
    "image_convnet": (
        (27 * 8 + 72 * 8 + 2 * 4 * 8) + (72 * 16 + 144 * 16 + 2 * 4 * 16) + 17 * 10
    ),
    "image_denoiser": 10 * 6 + 10 * 6 + 55 * 6 + 55,
    "keyword_spotting": 65 * 16 + 3 * 4 * 16 + 2 * (3 * 16 + 16 * 16) + 17 * 12,
    "wavenet_small": 64 * 8 + 17 * 8 + 6 * 2 * (17 * 8 + 9 * 8) + 9 * 16 + 17 * 64,
    "own_cell": (2 * 15 + 25 + 15) + 2 * (2 * 20 + 16 + 12) + 10,
    "encoder_decoder": 12 * 4 + 9 * 4 + 2 * 4 * (5 * 4 + 5 * 5 + 5) + 5 * 9 + 9,
    "layernorm_lstm": 2 * (4 * (8 * 5 + 8 * 8) + 5 * 16) + 16 * 3 + 3,
    "conditioned_decoder": 48 + 3 * 66 + 35 + 36 + 3 * (50 + 25 + 5) + 16 * 5 + 54,
    "translate": 56 + 400 + 44 + 4 * (140 + 100 + 10) + (2 * 100 + 20) + 231,
    "library_cells": sum([140, 78, 104, 78, 104, 105, 140, 186, 2 * 64, 30, 48, 40]),
    "qrnn_small": 7 * 3 + 6 * 3 * 4 + 10,
    "blocks": 24 + 2 * 114 + 144 + 2 * 110 + 2 * 66 + (21 + 57) + 12 + 14,
    "places": 50 * 4 + 40 * 4 + 4 + 5 * 3 + 16 * 2,
    "pairwise": 500 * 16 + 2 * 3 * 8 * (16 + 8 + 2) + 2 * 17 * 12 + 12 * 12 + 37 * 4,
    "sentence_pair": 400 * 8 + (3 * 8 + 1) * 12 + 13 * 3,
    "comparisons": 19 * 8 + 8 + 9 * 8 + 25 * 8 + 8 + 9 * 4,
    "shapes": 18 * (13 + 8) + 18 * 14 + 2 * 9 * 6 + 6 * 10 + 5 * 3 + 19 + 9 * 3,
    "conditioned_frames": (3 * 5 + 1) * 6 + 19 * 6 + 3 * 7 * (15 + 7 + 2) + 8 + 8 * 4,
    "gated_units": (42 + 42 + 84 + 12) + (6 + 6 * 14 + 7 * 6) + 4 * 8 * 15 + 40 + 45,
    "video_convlstm": 4 * (9 * 7 * 4 + 4) + 3 * 256 + 2 * 3 * (9 * 7 * 3 + 3) + 35,
    "memory_cells": (
        3 * (4 + 3 + 1)
        + (2 * 2 + 4) * 3
        + (2 * 4 + 3 + 1) * 4
        + 2 * (3 * 6 + 2 * 3 + 2 * 3)
        + (3 * 3 * (7 + 3 + 2) + 3 * 3 + 2 * 3 + 3 * 12)
        + 13 * 5
    ),
    "published_cells": (
        (4 * 5 * (3 + 2 + 1) + 10)
        + 4 * (2 + 1 + 1)
        + (12 + 4 * 3 * (3 + 3 + 1))
        + 2 * (3 * 3 + 2 * 4 + 3 * 2 * (3 + 3 + 2 + 1))
        + 20
    ),
    "attention_decoders": (
        (12 + 9) * 3
        + 2 * 3 * 2 * (3 + 2 + 1)
        + (18 * 4 + 4)
        + 2 * 15
        + (9 + 12 + 3 + 3 + 3 + 4 * 3 * (7 + 3 + 1) + 11 * 3)
        + 2 * (9 + 12 + 3 + 3 + 3 * 3 * (7 + 3 + 1))
        + (7 * 8 + 4 * 9)
    ),
    "cell_of_blocks": (
        (8 * 4 + 5 * 4)
        + (5 * 4 + 5 * 4)
        + (5 * 6 + 7 * 4)
        + (5 * 2 + 5 * 3)
        + (4 * 4 + 5 * 4)
        + (2 * 6 * 5 + 6 * 4)
        + 5 * 2
    ),
    "music_one_to_many": 4 * 8 * (6 + 8 + 1) + 9 * 6,
    "caption_start": 60 + 56 + 70 + 3 * 8 * (10 + 8 + 2) + 16 + 17 * 8 + 90,
    "merges": 2 * (4 * 8 + 4 * 8 + 12 * 9 + 3 * 7 + 8 * 6),
    "five_shapes:one_to_one": 6 * 7 + 8 * 3,
    "five_shapes:one_to_many": 4 * 4 * (5 + 4 + 1) + 5 * 3,
    "five_shapes:many_to_one": 11 * 3 + 5 * (3 + 5 + 1) + 6 * 2,
    "five_shapes:many_to_many": 33 + 15 * (3 + 5 + 2) + 14 + 15 * (2 + 5 + 2) + 6 * 7,
    "five_shapes:in_step": 3 * 5 * (3 + 5 + 2) + 6 * 4,
    "vanilla_rnn": 2 * (5 * (3 + 5 + 1) + 6 * 4 + 7 * (4 + 7 + 1) + 8 * 2),
    "irnn_pixels": 6 * (5 + 6 + 1) + 4 * (1 + 4 + 1) + 11 * 10,
    "lstm_forms": 3 * 4 * 5 * (3 + 5 + 1),
    "gru_placements": 15 * (9 + 10) + 12 * (11 + 10) + 2 * 5 * 2,
    "eight_deep": (
        4 * 5
        + (8 * 5 * 11 + 6 * 2)
        + (8 * 5 * 11 + 6 * 2)
        + (sum(2 * (width + 3) for width in range(5, 21, 2)) + 22 * 2)
        + (8 * (6 * 5 + 5 * 11) + 6 * 2)
    ),
    "stacked_bilstm_attention": (
        23 * 6 + 3 * (24 * (6 + 3 + 1) + 12) + (3 * 7 * 10 + 11 * 6) + 12 + 7 * 3
    ),
    "search_decoder": (
        13 * 4
        + 2 * 9 * (4 + 3 + 1)
        + 4 * 5
        + 11 * 4
        + (5 + 6 + 1 + 1) * 5
        + 15 * (10 + 5 + 1)
        + 2 * 16 * 5
        + 6 * 11
    ),
    "sentence_encoders": 17 * 5 + 16 * (5 + 4 + 1) + (4 * (3 * 4 + 5) + 1) * 7 + 8 * 3,
    "text_cnn": 29 * 5 + 7 * (16 + 21 + 26) + 22 * 2,
    "gated_conv_language_model": 19 * 7 + 2 * 7 * (29 + 22 + 15) + 8 * 19,
    "windows": 5 * (13 + 10 + 10 + 13),
    "caption": (
        4 * 28
        + 5 * 37
        + 2 * 6 * 7
        + 11 * 3
        + (7 + 5 + 1 + 1) * 7
        + 8 * 5
        + 28 * (8 + 7 + 1)
        + 16 * 11
    ),
    "speech_frames": 7 * 66 + 40 * (7 + 5 + 1) + 40 * (10 + 5 + 1) + 11 * 11,
    "music": 6 * 7 + 21 * (11 + 7 + 1) + 8 * 11,
    "dna": 7 * 21 + 40 * (7 + 5 + 1) + (14 * 10 + 1) * 11 + 12 * 3,
    "video": 4 * 28 + 5 * 37 + 11 * 7 + 20 * (7 + 5 + 1) + 6 * 5,
    "nested_tagger": 85 * 6 + 95 + 5000 + 2 * 4 * (8 * 15 + 64 + 8) + 16 * 17 + 17,
}
# The parts that the published tables give layer by layer.
LAYERS = {
    "imdb_flatten": [160_000, 11_526, 7],
    "imdb_bilstm": [523_840, 66_048, 8_256, 65],
    "imdb_stacked_bilstm": [523_840, 66_048, 41_216, 4_160, 65],
    "imdb_conv": [523_840, 41_088, 8_256, 65],
    "imdb_conv_conv": [523_840, 41_088, 49_280, 8_256, 65],
    "tweets_average": [13_910_600, 2_424, 25],
    "sonnets": [321_100, 301_200, 160_400, 162_105, 5_156_866],
    "shakespeare_gru": [16_896, 3_938_304, 67_650],
}


def report(name: str) -> ModelReport:
    """Of a file's model of the same name, or of another one: `file:model`."""
    file, _, model = name.partition(":")
    return count_parameters(specc.compile(MODELS / f"{file}.seq").model(model or file))


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_total_is_the_published_one(name: str) -> None:
    found = report(name)
    assert (found.total, found.frozen) == PUBLISHED[name]
    assert found.trainable == found.total - found.frozen
    assert found.bytes == 4 * found.total


@pytest.mark.parametrize("name", PUBLISHED_LARGE)
def test_large_models_are_counted_without_their_weights(name: str) -> None:
    """In a process of its own, as the memory it needed is known of a process only."""
    script = (
        "import pathlib, sys, specc\n"
        "total = specc.compile(sys.argv[1]).params().total\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"
        "kilobytes = int(status.split('VmHWM:')[1].split()[0])\n"
        "assert 'numpy' not in sys.modules\n"
        "print(total, kilobytes // 1024)\n"
    )
    command = [sys.executable, "-c", script, str(LARGE / f"{name}.seq")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    total, megabytes = done.stdout.split()
    assert int(total) == PUBLISHED_LARGE[name]
    assert int(megabytes) < 300


def test_no_large_model_goes_uncounted() -> None:
    assert {path.stem for path in LARGE.glob("*.seq")} == set(PUBLISHED_LARGE)


@pytest.mark.parametrize(("name", "constants", "total"), PUBLISHED_SIZES)
def test_a_family_is_one_spec_with_other_constants(
    name: str, constants: dict[str, int], total: int
) -> None:
    compiled = specc.compile(LARGE / f"{name}.seq", constants)
    assert compiled.params().total == total


@pytest.mark.parametrize("name", BY_HAND)
def test_the_total_is_that_of_the_layers_by_hand(name: str) -> None:
    assert report(name).total == BY_HAND[name]


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_has_the_published_share(name: str) -> None:
    rows = report(name).layers
    assert [row.parameters for row in rows if row.parameters] == LAYERS[name]


def test_no_shipped_model_goes_uncounted() -> None:
    for path in MODELS.glob("*.seq"):
        names = [model.name for model in specc.compile(path).models]
        counted = [n if n == path.stem else f"{path.stem}:{n}" for n in names]
        assert set(counted) <= set(PUBLISHED) | set(BY_HAND)


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.seq")), ids=lambda p: p.stem)
def test_a_formula_comes_to_the_count_it_explains(path: Path) -> None:
    for model in specc.compile(path).models:
        for row in count_parameters(model).layers:
            formula = row.formula.replace("·", "*") or "0"
            assert eval(formula) == row.parameters, row
