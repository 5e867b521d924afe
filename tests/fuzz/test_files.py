"""The same model with constants, settings and several files."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from specc.codegen.backend import Backend
from specc.fuzz.chance import Chance
from specc.fuzz.draw import draw
from specc.fuzz.files import REWRITINGS, Written, compile_written
from specc.fuzz.program import Line, Named, Program, write
from specc.fuzz.smaller import needed, smaller_program
from specc.fuzz.twin_trial import smaller_case, twin_faults
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.lower import check_text


@pytest.mark.parametrize("name", REWRITINGS)
def test_what_is_rewritten_is_legal(name: str) -> None:
    for seed in range(40):
        written = REWRITINGS[name](write(draw(seed)), Chance(seed))
        if written is not None:
            model, wrong = compile_written(written)
            assert model is not None, (seed, wrong)


def test_settings_are_needed() -> None:
    text = "model drawn(x: float[3]) -> y: float[5] {\n  y = x -> dense(5)\n}\n"
    written = REWRITINGS["settings"](text, Chance(3))
    assert written is not None and written.settings
    with_, without = compile_written(written), compile_written(Written(written.text))
    assert with_[0] is not None
    assert without[0] is None or without[0].nodes != with_[0].nodes


def test_cells_and_blocks_stand_in_the_file_beside() -> None:
    seeds = [seed for seed in range(200) if draw(seed).cells][:5]
    for seed in seeds:
        written = REWRITINGS["imports"](write(draw(seed)), Chance(seed))
        assert written is not None
        assert "cell " in written.parts and "cell " not in written.text
        assert written.text.startswith('import "')


WIDE = Program(
    inputs=(Named("in1", Type("float", (Axis(Size.named("T")), Axis(Size(3))))),),
    lines=(
        Line(("v1",), "in1", ("in1",), ("gru(4)", "dense(4)", "dropout(0.5)")),
        Line(("v2",), "in1", ("in1",), ("gru(3)", "mean")),
    ),
    outputs=(
        Named("v1", Type("float", (Axis(Size.named("T")), Axis(Size(4))))),
        Named("v2", Type("float", (Axis(Size(3)),))),
    ),
)


def wider(text: str, chance: Chance) -> Written:
    return Written(text.replace("dense(4)", "dense(4, tanh)"))


def test_a_twin_that_says_something_else_is_made_small(
    backends: tuple[Backend, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("specc.fuzz.twin_trial.REWRITINGS", {"wider": wider})
    _, faults = twin_faults(WIDE, backends, 0)
    assert {fault.kind for fault in faults} == {"twin wider"}
    small = write(smaller_case(WIDE, backends, 0, faults[0]))
    assert "-> dense(4)\n" in small
    assert all(word not in small for word in ("gru", "mean", "dropout", "v2"))


def test_what_leads_to_no_result_goes() -> None:
    found = needed(replace(WIDE, outputs=WIDE.outputs[1:]))
    assert "gru(4)" not in write(found) and check_text(write(found)) == []


def test_what_nothing_makes_smaller_stays() -> None:
    assert smaller_program(WIDE, lambda program: program == WIDE) == WIDE
