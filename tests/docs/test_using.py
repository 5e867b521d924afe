"""The page on using generated programs runs as it stands, and does what it says."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "using.md"
PROGRAMS = ("reviews_jax", "reviews_tensorflow")

pytestmark = pytest.mark.framework


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The names that the page's programs leave, run one after the other."""
    for runner in ("specc_jax.runner", "specc_tensorflow.runner"):
        import_module(runner).prepare("float32")  # whatever ran here before
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("using")
        patch.chdir(folder)
        patch.syspath_prepend(folder)
        for language, text in re.findall(
            r"```(seq|sh|python)\n(.*?)```", PAGE.read_text(), re.DOTALL
        ):
            if language == "seq":
                Path("reviews.seq").write_text(text)
            elif language == "sh":
                for command in text.splitlines():
                    assert main(shlex.split(command)[1:]) == 0
            else:
                exec(compile(text, str(PAGE), "exec"), names)
        yield names
    for program in PROGRAMS:
        sys.modules.pop(program, None)


def test_both_learn_what_makes_a_review_positive(page: dict[str, Any]) -> None:
    labels = page["labels"]
    assert 0.4 < labels.mean() < 0.7
    assert ((np.asarray(page["positive"]) > 0.5) == labels).mean() > 0.9
    assert page["history"].history["accuracy"][-1] > 0.9


def test_a_saved_model_is_the_same(page: dict[str, Any]) -> None:
    tokens = page["tokens"]
    found = page["again"].predict(tokens, verbose=0)
    assert np.array_equal(found, page["model"].predict(tokens, verbose=0))


def test_weights_move_from_one_to_the_other(page: dict[str, Any]) -> None:
    assert page["difference"] < 1e-5
    fresh = page["predict"](page["reviews_jax"].init(), page["tokens"])
    assert abs(fresh - page["served"]).max() > 0.1, "training changed something"


def test_padding_to_a_length_changes_nothing(page: dict[str, Any]) -> None:
    exact = page["predict"](page["variables"], np.array([[5, 7, 0], [9, 10, 11]]))
    assert np.allclose(page["short"], exact, atol=1e-6)


def test_what_was_exported_gives_the_same(page: dict[str, Any]) -> None:
    assert np.allclose(page["served"], page["positive"], atol=1e-6)
