"""One generated program in one precision, held to what the oracle says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct

from specc.reference import penalty
from specc.reference.arguments import model_weights
from specc.verify.arrays import Arrays, Flags, Precision, in_precision
from specc.verify.compare import (
    LIMITS,
    Kind,
    Row,
    Tallies,
    Tally,
    largest_difference,
    make_row,
    trained_row,
)
from specc.verify.expected import Descent, Expected
from specc.verify.process import Worker
from specc.verify.sample import Batch, append_padding, make_generator
from specc.verify.weights import initial_weights

INITIAL_SEED = 1
ALONE = 3
"""The row that is run without its batch mates: one of those of random length."""


class Program(Struct, frozen=True, eq=False):
    """A generated program, loaded with the weights the oracle used.

    Every method and every judge may raise `ProgramError`.
    """

    worker: Worker
    expected: Expected
    precision: Precision

    def run(self, batch: Batch) -> Arrays:
        inputs = in_precision(batch.inputs, self.precision)
        return self.worker.run(inputs, self.expected.model.output_names)


def load_program(
    worker: Worker, source: str, expected: Expected, precision: Precision
) -> Program:
    """Load a program and its weights into a worker."""
    worker.load(source, precision)
    worker.use(in_precision(expected.weights, precision))
    return Program(worker, expected, precision)


def judge_forward(program: Program) -> list[Row]:
    """The outputs of every batch, at the steps that count."""
    tallies = Tallies(program.expected.model.output_names)
    for truth in program.expected.truths:
        found = program.run(truth.batch)
        tallies.add(found, truth.outputs, truth.batch.name, truth.masks)
    return _rows(program, "forward", tallies)


def judge_gradients(program: Program) -> list[Row]:
    """The gradients of a random sum of the outputs, for every batch."""
    tallies = Tallies(program.expected.truths[0].gradients)
    for truth in program.expected.truths:
        found = program.worker.gradients(
            in_precision(truth.batch.inputs, program.precision),
            in_precision(truth.cotangents, program.precision),
        )
        tallies.add(found, truth.gradients, truth.batch.name)
    return _rows(program, "gradient", tallies)


def judge_penalty(program: Program) -> list[Row]:
    """The l1 and l2 penalty of the weights."""
    expected = penalty(program.expected.model, program.expected.weights)
    tallies = Tallies(["penalty"])
    found = {"penalty": np.array(program.worker.penalty())}
    tallies.add(found, {"penalty": np.array(expected)}, "")
    return _rows(program, "penalty", tallies)


def judge_initial(program: Program) -> list[Row]:
    """The weights a program makes from a seed are those the seed stands for.

    A model that reads vectors from a file is left out: here is no such file.
    """
    model = program.expected.model
    if any(weight.file for weight, _ in model_weights(model).values()):
        return []
    tallies = Tallies(model_weights(model))
    expected = initial_weights(model, INITIAL_SEED, Path())
    tallies.add(program.worker.initial(INITIAL_SEED), expected, "")
    limit = LIMITS["initial", "float32"]
    return [
        Row("initial", name, tally.difference, limit, note=tally.note)
        for name, tally in tallies.items()
    ]


def judge_steps(program: Program, descent: Descent) -> list[Row]:
    """The weights after gradient descent on the first batch, against the oracle's."""
    truth = program.expected.truths[0]
    found = program.worker.descend(
        in_precision(truth.batch.inputs, program.precision),
        in_precision(truth.cotangents, program.precision),
        steps=descent.steps,
        rate=descent.rate,
    )
    trained = descent.trained
    tallies = Tallies(trained)
    tallies.add(found, trained, truth.batch.name)
    if program.precision == "float64":
        return _rows(program, "steps", tallies)
    before = program.expected.weights
    changes = {n: largest_difference(trained[n], before[n]) for n in trained}
    return [
        trained_row(name, tally, changes.get(name, 0.0), descent.steps)
        for name, tally in tallies.items()
    ]


def judge_invariance(program: Program) -> list[Row]:
    """Outputs do not depend on appended padding, nor on the other rows of a batch."""
    model, truth = program.expected.model, program.expected.truths[0]
    outputs = program.run(truth.batch)
    rows = []
    longer = append_padding(model, truth.batch, make_generator(0))
    if longer is not None:
        found = program.run(longer)
        parts = {n: array[_corner(outputs[n].shape)] for n, array in found.items()}
        rows += _unchanged(program, longer.name, parts, outputs, truth.masks)
    if truth.batch.rows > ALONE:
        alone = truth.batch.row(ALONE)
        row = slice(ALONE, ALONE + 1)
        masks = {n: None if m is None else m[row] for n, m in truth.masks.items()}
        one = {name: array[row] for name, array in outputs.items()}
        rows += _unchanged(program, alone.name, program.run(alone), one, masks)
    return rows


def _unchanged(
    program: Program,
    name: str,
    found: Arrays,
    before: Arrays,
    masks: Mapping[str, Flags | None],
) -> list[Row]:
    tallies = Tallies(program.expected.model.output_names)
    tallies.add(found, before, name, masks)
    named = {f"{output}, {name}": tally for output, tally in tallies.items()}
    return _rows(program, "invariance", named)


def _corner(shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of a larger array that a smaller one takes up."""
    return tuple(slice(size) for size in shape)


def _rows(program: Program, kind: Kind, tallies: Mapping[str, Tally]) -> list[Row]:
    lost = program.expected.lost
    return [
        make_row(kind, name, program.precision, tally, lost(kind, name))
        for name, tally in tallies.items()
    ]
