"""The page says what the table says: what is missed as plainly as what is met."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from benchmarks.machine import OTHERS
from benchmarks.page import NOTES, PAGE, page_text
from benchmarks.rendering import lines, share
from benchmarks.table import Figures, Known, Row, Spread, Table, load, save, spread
from benchmarks.targets import targets, verdict

SAVED = Path("benchmarks") / "table.json"


def figures(train: float, infer: float = 1.0) -> Figures:
    """Figures of one contender whose calls take the same time each."""
    return Figures(
        train=spread([train] * 3),
        infer=spread([infer] * 3),
        first_infer=1.0,
        first_train=2.0,
        memory=100.0,
        memory_before=50.0,
        difference=0.0,
        loss_difference=0.0,
    )


def table(**trains: Figures) -> Table:
    """A table of one wide recurrent model."""
    known = {name: Known(name, name.startswith("ours"), {}) for name in trains}
    row = Row("m", 64, "T = 9", 1_000_000_000, True, True, trains)
    return Table({}, {}, known, 100.0, (row,))


def test_a_target_is_met_from_what_is_asked_on() -> None:
    found = targets(table(ours_jax=figures(1.0), flax=figures(1.5)))
    on_jax = found[0]
    assert on_jax.asked == 1.5 and on_jax.met == 1
    assert verdict(on_jax, on_jax.results[0]) == "met"


def test_a_loss_is_told_with_how_much_it_is() -> None:
    found = targets(table(ours_jax=figures(2.0), flax=figures(1.5)))
    assert found[0].met == 0
    assert verdict(found[0], found[0].results[0]) == "missed by 50%"


def test_the_better_of_the_peers_is_the_one_that_counts() -> None:
    found = targets(
        table(ours_jax=figures(1.0), flax=figures(9.0), keras_jax=figures(1.2))
    )
    result = found[0].results[0]
    assert (result.theirs, result.ratio) == ("keras_jax", 1.2)


def test_the_better_of_one_device_and_a_device_per_core_is_ours() -> None:
    found = targets(
        table(ours_jax=figures(2.0), ours_jax_cores=figures(1.0), flax=figures(1.0))
    )
    assert found[0].results[0].ours == "ours_jax_cores"


def test_who_computes_something_else_is_compared_with_nobody() -> None:
    wrong = Figures(missing="computes other numbers", train=spread([0.1]))
    found = targets(table(ours_jax=figures(1.0), flax=wrong, keras_jax=figures(3.0)))
    assert found[0].results[0].theirs == "keras_jax"
    assert not targets(table(ours_jax=wrong, flax=figures(1.0)))


def test_overlapping_quartiles_are_said_to_be_within_the_spread() -> None:
    ours = Figures(train=Spread(2.0, 1.0, 3.0, 1.0, 9), infer=spread([1.0]))
    theirs = Figures(train=Spread(1.9, 1.0, 2.0, 1.0, 9), infer=spread([1.0]))
    found = targets(table(ours_tensorflow=ours, keras_tensorflow=theirs))
    assert "within the spread" in verdict(found[0], found[0].results[0])
    half_again = replace(found[0], asked=2.5)
    assert verdict(half_again, half_again.results[0]) == "missed by 62%"


def test_the_share_of_the_peak_counts_a_training_step_three_times() -> None:
    """1e9 multiply-adds forward are 6e9 operations a step: 0.6 of 100 GFLOP/s."""
    found = table(ours_jax=figures(0.1))
    row = found.rows[0]
    assert share(row, row.figures["ours_jax"], found.gemm) == pytest.approx(0.6)


def test_the_page_shows_every_contender_and_why_one_is_missing() -> None:
    absent = Figures(missing="a batch of 1 cannot be divided")
    found = table(ours_jax=figures(2.0), ours_jax_cores=absent, flax=figures(1.5))
    text = page_text(found, "## Notes")
    assert "a batch of 1 cannot be divided" in text and "missed by 50%" in text
    assert "| ours_jax | 1,000 (1,000-1,000) ms | 2,000 (2,000-2,000) ms |" in text


def test_a_failure_is_shown_by_its_last_line() -> None:
    failed = Figures(missing="failed: Traceback\n  File\nValueError: no")
    found = table(ours_jax=figures(1.0), flax=failed)
    assert lines(found.rows[0], found.contenders, 0.0)[2][1] == "ValueError: no"


def test_a_table_comes_back_from_its_file(tmp_path: Path) -> None:
    found = table(ours_jax=figures(0.1234), flax=Figures(missing="no"))
    save(found, tmp_path / "table.json")
    assert load(tmp_path / "table.json") == found


def test_the_page_is_that_of_the_saved_table() -> None:
    expected = page_text(load(SAVED), NOTES.read_text())
    assert PAGE.read_text() == expected, "run `python -m benchmarks --page`"


def test_figures_of_a_busy_machine_come_with_a_warning() -> None:
    quiet = table(ours_jax=figures(1.0))
    busy = replace(quiet, machine={"load at the start": "7.5"})
    assert "**The machine was busy" not in page_text(quiet, "")
    assert "**The machine was busy" in page_text(busy, "")


@pytest.mark.parametrize(("share", "busy"), [("4.9%", False), ("5.1%", True)])
def test_what_others_took_tells_more_than_the_load_at_the_start(
    share: str, busy: bool
) -> None:
    machine = {"load at the start": "0.1" if busy else "7.5", OTHERS: share}
    found = replace(table(ours_jax=figures(1.0)), machine=machine)
    assert ("**The machine was busy" in page_text(found, "")) == busy
