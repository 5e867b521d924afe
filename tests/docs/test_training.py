"""The page on training runs as it stands, and computes what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "training.md"

pytestmark = pytest.mark.framework


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The names that the page's programs leave, run one after the other."""
    for runner in ("specc_jax.runner", "specc_tensorflow.runner"):
        import_module(runner).prepare("float32")  # whatever ran here before
    text = PAGE.read_text()
    (spec,) = re.findall(r"```seq\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("training"))
        Path("language.seq").write_text(spec)
        programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        for number, program in enumerate(programs):
            path = Path(f"program_{number}.py").absolute()  # where TensorFlow reads it
            path.write_text(program)
            exec(compile(program, str(path), "exec"), names)
        yield names


def test_training_lowers_the_perplexity_in_both(page: dict[str, Any]) -> None:
    assert 20 < page["before"] < 35, "about as many as there are characters"
    assert 1 < page["after"] < 0.6 * page["before"]
    assert 1 < page["reading_value"] < 2.5 < np.log(28)


def test_both_backends_learn_the_same(page: dict[str, Any]) -> None:
    assert np.isclose(page["before"], page["keras_before"], rtol=1e-5)
    assert np.isclose(page["after"], page["keras_after"], rtol=1e-2)
    assert np.isclose(page["reading_value"], page["keras_value"], rtol=1e-2)
    assert np.allclose(page["state"], page["keras_state"], atol=1e-2)


def test_the_loss_is_that_of_the_steps_that_count(page: dict[str, Any]) -> None:
    batch, variables = page["batch"], page["variables"]
    whole = page["loss"](variables, batch)
    longer = np.pad(batch, ((0, 2), (0, 5)))
    assert np.isclose(page["loss"](variables, longer), whole, rtol=1e-5)
    logs = [float(page["log_probability"](variables, row[None])[0]) for row in batch]
    assert logs[3] == 0, "an empty sentence is certain"
    assert np.isclose(-sum(logs) / (batch != 0).sum(), whole, rtol=1e-5)
    keras = page["log_probabilities"](page["model"], batch)
    assert np.allclose(keras, logs, rtol=0.05)


def test_the_probability_of_a_sentence_is_that_of_its_characters(
    page: dict[str, Any],
) -> None:
    """Of all sentences of one character, the probabilities add up to one."""
    ones = np.arange(28, dtype=np.int32)[1:, None]
    found = np.exp(page["log_probability"](page["variables"], ones)).sum()
    logits = page["sentence"].apply(page["variables"], np.ones((1, 1), np.int32))
    padding = np.exp(logits[0, 0, 0]) / np.exp(logits[0, 0]).sum()
    assert np.isclose(found + padding, 1, rtol=1e-5)


def test_pieces_give_what_the_whole_text_gives(page: dict[str, Any]) -> None:
    variables, inputs = page["reading"], page["inputs"]
    state = np.zeros((4, 24), np.float32)
    whole, end = page["reader"].apply(variables, inputs, state)
    parts = []
    for start in range(0, inputs.shape[1], 13):
        part, state = page["reader"].apply(
            variables, inputs[:, start : start + 13], state
        )
        parts.append(part)
    assert np.allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)
    assert np.allclose(state, end, atol=1e-5)


def test_gradients_end_where_a_piece_begins(page: dict[str, Any]) -> None:
    """A state that was computed gives the gradients of one that is given."""
    import jax

    variables, ids = page["reading"], page["inputs"]
    start = np.zeros((4, 24), np.float32)
    _, state = page["reader"].apply(variables, ids[:, :10], start)

    def truncated(variables: Any, state: Any) -> Any:
        return page["reading_loss"](
            variables, state, ids[:, 10:20], page["targets"][:, 10:20]
        )[0]

    def through(variables: Any) -> Any:
        _, state = page["reader"].apply(variables, ids[:, :10], start)
        return truncated(variables, state)

    known = jax.grad(truncated)(variables, np.asarray(state))
    again = jax.grad(truncated)(variables, state)
    whole = jax.grad(through)(variables)
    assert np.array_equal(known["gru"]["U_z"], again["gru"]["U_z"])
    assert not np.allclose(known["gru"]["U_z"], whole["gru"]["U_z"], rtol=1e-3)


def test_what_is_written_begins_as_it_was_told_to(page: dict[str, Any]) -> None:
    assert page["written"].startswith("the ")
    assert 20 <= len(page["written"]) <= 24
