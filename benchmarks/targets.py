"""What is asked of our programs, and whether a run has it: ratios of medians."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from benchmarks.rendering import share
from benchmarks.table import Figures, Row, Spread, Table

OURS_ON_JAX = ("ours_jax", "ours_jax_cores")
OTHERS_ON_JAX = ("keras_jax", "flax")
ELSEWHERE = ("pytorch", "keras_tensorflow")
PEERS = (*OTHERS_ON_JAX, *ELSEWHERE)
OWN_CELL, SAME_WITH_LSTM = "own_cell", "imdb_stacked_bilstm"


class Result(Struct, frozen=True):
    """One comparison: `ratio` is at least what is asked, or it is not.

    `at_best` is the ratio from the better quartile of ours to the worse of theirs: if
    that has what is asked, the next run may say otherwise.
    """

    model: str
    batch: int
    ours: str
    theirs: str
    ratio: float
    at_best: float = 0.0


class Target(Struct, frozen=True):
    """Something that is asked, and a result for each model and batch it is asked of."""

    title: str
    asked: float
    unit: str
    results: Sequence[Result]

    @property
    def met(self) -> int:
        return sum(result.ratio >= self.asked for result in self.results)


def verdict(target: Target, result: Result) -> str:
    """`met`, or by how much it is missed."""
    if result.ratio >= target.asked:
        return "met"
    missed = f"missed by {1 - result.ratio / target.asked:.0%}"
    return f"{missed}, within the spread" if result.at_best >= target.asked else missed


def targets(table: Table) -> list[Target]:
    """All that is asked, as far as the table has the figures."""
    recurrent = [row for row in table.rows if row.recurrent]
    others = [row for row in table.rows if not row.recurrent]
    faster, as_fast = "times as fast", "times as fast"
    found = []
    for kind, word in (("train", "training step"), ("infer", "inference")):
        take = _taking(kind)
        found += [
            Target(
                f"JAX, {word}, recurrent models: against the better of Keras on JAX "
                "and Flax",
                1.5,
                faster,
                _fastest(recurrent, OURS_ON_JAX, OTHERS_ON_JAX, take),
            ),
            Target(
                f"JAX, {word}: against the better of PyTorch and Keras on TensorFlow",
                1.0,
                as_fast,
                _fastest(table.rows, OURS_ON_JAX, ELSEWHERE, take),
            ),
            Target(
                f"TensorFlow, {word}: against the same model in Keras",
                1.0,
                as_fast,
                _fastest(table.rows, ("ours_tensorflow",), ("keras_tensorflow",), take),
            ),
        ]
        if others:
            found.append(
                Target(
                    f"JAX, {word}, other models: against the better of Keras on JAX "
                    "and Flax",
                    1.0,
                    as_fast,
                    _fastest(others, OURS_ON_JAX, OTHERS_ON_JAX, take),
                )
            )
    found += [
        Target(
            "JAX, first training step: against the fastest peer's",
            1.0,
            as_fast,
            _fastest(table.rows, OURS_ON_JAX[:1], PEERS, _first),
        ),
        Target(
            "TensorFlow, first training step: against the fastest peer's",
            1.0,
            as_fast,
            _fastest(table.rows, ("ours_tensorflow",), PEERS, _first),
        ),
        Target(
            "Recurrent layers of 512 units and more: the training step's share of the "
            "GEMM peak",
            0.5,
            "of the peak",
            list(_shares(table)),
        ),
        Target(
            "A cell of one's own: per multiply-add, against the library's LSTM in the "
            "same model",
            1.0,
            as_fast,
            list(_own_cells(table)),
        ),
    ]
    return [target for target in found if target.results]


Taking = Callable[[Figures], Spread | None]


def _taking(kind: str) -> Taking:
    def take(figures: Figures) -> Spread | None:
        found: Spread | None = getattr(figures, kind)
        return found if figures.missing is None else None

    return take


def _first(figures: Figures) -> Spread | None:
    seconds = figures.first_train
    if seconds is None or figures.missing is not None:
        return None
    return Spread(seconds, seconds, seconds, seconds, 1)


def _fastest(
    rows: Sequence[Row], ours: Sequence[str], theirs: Sequence[str], take: Taking
) -> list[Result]:
    """Our fastest against their fastest."""
    found = []
    for row in rows:
        mine, other = _least(row, ours, take), _least(row, theirs, take)
        if mine is None or other is None:
            continue
        (my_name, my_times), (name, times) = mine, other
        found.append(
            Result(
                row.model,
                row.batch,
                my_name,
                name,
                times.median / my_times.median,
                at_best=times.high / my_times.low if my_times.calls > 1 else 0.0,
            )
        )
    return found


def _least(row: Row, names: Sequence[str], take: Taking) -> tuple[str, Spread] | None:
    found = [
        (name, times)
        for name in names
        if name in row.figures and (times := take(row.figures[name]))
    ]
    return min(found, key=lambda pair: pair[1].median, default=None)


def _shares(table: Table) -> Iterator[Result]:
    for row in table.rows:
        for names in (OURS_ON_JAX, ("ours_tensorflow",)):
            least = _least(row, names, _taking("train")) if row.wide else None
            if least:
                part = share(row, row.figures[least[0]], table.gemm)
                yield Result(row.model, row.batch, least[0], "", part)


def _own_cells(table: Table) -> Iterator[Result]:
    rows = {(row.model, row.batch): row for row in table.rows}
    take = _taking("train")
    for (model, batch), row in rows.items():
        library = rows.get((SAME_WITH_LSTM, batch))
        if model != OWN_CELL or library is None:
            continue
        for names in (OURS_ON_JAX, ("ours_tensorflow",)):
            own, lstm = _least(row, names, take), _least(library, names, take)
            if own is None or lstm is None:
                continue
            each = own[1].median / row.multiply_adds
            of_lstm = lstm[1].median / library.multiply_adds
            yield Result(model, batch, own[0], lstm[0], of_lstm / each)
