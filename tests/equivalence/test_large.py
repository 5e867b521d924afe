"""Large shipped specs compute the same in both backends: proven on small twins.

A twin is the same text with other numbers for its constants.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.compiler import compile
from specc.verify.process import Worker
from specc.verify.render import render_text
from specc.verify.verify import verify

LARGE = Path(__file__).resolve().parents[2] / "specs" / "large"
BERT = {"vocabulary": 40, "places": 48, "width": 8, "depth": 2, "heads": 2}
SMALL = {
    "gpt2_small": BERT,
    "bert_base": BERT,
    "distilbert": BERT,
    "llama_7b": {"vocabulary": 40, "width": 8, "hidden": 12, "depth": 2, "heads": 2},
    "transformer_base": {"vocabulary": 20, "width": 8, "depth": 2, "heads": 2},
    "zaremba_large": {"vocabulary": 17, "width": 5},
    "elmo": {"characters": 20, "width": 5, "cells": 7, "dim": 3, "unit": 1},
    "luong": {"vocabulary": 13, "width": 5},
    "lample_tagger": {
        "vocabulary": 20,
        "characters": 15,
        "dim": 5,
        "char_dim": 4,
        "units": 6,
        "char_units": 3,
        "tags": 5,
    },
    "char_cnn": {"length": 150, "characters": 7, "filters": 4, "units": 9},
}


@pytest.mark.framework
@pytest.mark.parametrize(
    "path", sorted(LARGE.glob("*.seq")), ids=lambda path: path.stem
)
def test_a_small_twin_computes_what_the_oracle_does(
    path: Path, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = compile(path, SMALL[path.stem]).model()
    sources = {backend.name: generate(model, backend) for backend in backends}
    report = verify(model, backends, sources, workers=workers)
    assert report.passed, render_text(report)
