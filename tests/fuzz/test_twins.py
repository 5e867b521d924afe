"""Specs that say the same in other words are the same model."""

from __future__ import annotations

import pytest

from specc.codegen.backend import Backend
from specc.fuzz.chance import Chance
from specc.fuzz.draw import draw
from specc.fuzz.program import Block, Line, Loop, Named, Program, Use, write
from specc.fuzz.twin_trial import twin_faults
from specc.fuzz.twins import TWINS, inlined, labelled, other_names, reordered, unrolled
from specc.ir.size import Size
from specc.ir.types import Axis, Type

STEPS = Type("float", (Axis(Size.named("T"), True), Axis(Size(3))))
PROGRAM = Program(
    inputs=(Named("in1", STEPS),),
    lines=(
        Line(("v1",), "in1", ("in1",), (Loop("i2", (1, 2), ("crop(0, 0)",)),)),
        Line(("v2",), "in1", ("in1",), (Use("feed", (5,)), "tanh")),
        Line(("v3",), "v1 + v2", ("v1", "v2")),
    ),
    outputs=(Named("v3", STEPS),),
    blocks=(
        Block(
            "feed",
            ("n0",),
            ("z",),
            (Line(("u",), "z", ("z",), ("dense(n0, relu)", "dense(3)")),),
            ("u",),
        ),
    ),
)


def test_loops_are_written_out() -> None:
    found = unrolled(PROGRAM, Chance(0))
    assert found is not None
    assert "v1 = in1 -> crop(0, 0) -> crop(0, 0)" in write(found)


def test_blocks_are_written_where_they_are_used() -> None:
    found = inlined(PROGRAM, Chance(0))
    assert found is not None
    assert "block" not in write(found)
    assert "b1_0u = b1_0z -> dense(5, relu) -> dense(3)" in write(found)


def test_names_change_and_stay_as_long() -> None:
    found = other_names(PROGRAM, Chance(0))
    assert found is not None
    assert len(write(found)) == len(write(PROGRAM))
    assert "in1" not in write(found) and "v3" not in write(found)


def test_lines_come_after_what_they_read() -> None:
    named = labelled(PROGRAM, Chance(0))
    assert named is not None
    orders = {write(found) for n in range(9) if (found := reordered(named, Chance(n)))}
    assert len(orders) == 1, "two lines may stand in two orders, one of them its own"


@pytest.mark.parametrize("start", range(0, 30, 10))
def test_twins_of_drawn_programs_say_the_same(
    start: int, backends: tuple[Backend, ...]
) -> None:
    for seed in range(start, start + 10):
        count, faults = twin_faults(draw(seed), backends, seed)
        assert count >= 2 and not faults, f"seed {seed}"


def test_every_twin_is_drawn() -> None:
    programs = [draw(seed) for seed in range(200)]
    for name, twin in TWINS.items():
        assert any(twin(program, Chance(0)) for program in programs), name


def test_a_twin_that_says_something_else_is_told(
    backends: tuple[Backend, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(program: Program, chance: Chance) -> Program:
        lines = (*program.lines[:-1], Line(("v3",), "v1 - v2", ("v1", "v2")))
        return Program(program.inputs, lines, program.outputs, program.blocks)

    monkeypatch.setattr("specc.fuzz.twin_trial.TWINS", {"other": other})
    _, faults = twin_faults(PROGRAM, backends, 0)
    assert [fault.kind for fault in faults] == ["twin other"]
