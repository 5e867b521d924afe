"""No option of a command is silent: turned, it changes what comes out or is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from specc.cli._convert import convert
from specc.cli._group import specc as root
from specc.verify.digests import digests
from specc.verify.report import Report
from specc.verify.sample import make_generator, sample_weights

SPEC = """\
const w = 3
model one(x: float[T, w] ragged) -> y: float[2] {
  x -> gru(64, final, recurrent_bias = none) -> dense(2)
}
model other(x: float[T, w] ragged) -> y: float[2] {
  x -> mean -> dense(2)
}
"""
CHANGED = SPEC.replace("mean", "max -> dense(4)")
COMPILED = {
    "--set": ["--set", "w=4"],
    "--max-params": ["--max-params", "1"],
}
WRONG = {"--set": ["--set", "w=0"]}
SPECS = {"--model": ["--model", "other"], **COMPILED}
TURNED: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    "backends": (["backends"], {}),
    "build": (
        ["build", "two.seq", "--backend", "jax"],
        {
            **SPECS,
            "--backend": ["--backend", "tensorflow"],
            "--out": ["--out", "elsewhere"],
            "--target": ["--target", "gpu"],
            "--batch": ["--batch", "1", "--target", "cpu"],
            "--length": ["--length", "8", "--target", "gpu"],
        },
    ),
    "check": (
        ["check", "two.seq"],
        {
            **COMPILED,
            **WRONG,
            "--format": ["--format", "json"],
            "--target": ["--target", "tpu"],
        },
    ),
    "diff": (
        ["diff", "two.seq", "new.seq", "--model", "other"],
        {
            **COMPILED,
            "--model": ["--model", "one"],
            "--format": ["--format", "json"],
            "--exit-code": ["--exit-code"],
        },
    ),
    "draw": (
        ["draw", "two.seq", "--model", "one"],
        {**SPECS, "--format": ["--format", "dot"], "--out": ["--out", "one.svg"]},
    ),
    "explain": (["explain", "SPC201"], {}),
    "explain-schedule": (
        ["explain-schedule", "two.seq", "--model", "one", "--target", "cpu"],
        {
            **SPECS,
            **WRONG,
            "--target": ["--target", "gpu"],
            "--batch": ["--batch", "1"],
            "--length": ["--length", "8"],
        },
    ),
    "fmt": (["fmt", "untidy.seq"], {"--check": ["--check"]}),
    "fuzz": (
        ["fuzz", "--count", "2", "--backend", "jax"],
        {
            "--count": ["--count", "3"],
            "--minutes": ["--minutes", "5"],
            "--seed": ["--seed", "7"],
            "--backend": ["--backend", "tensorflow"],
            "--out": ["--out", "cases"],
            "--show": ["--show"],
        },
    ),
    "ir": (
        ["ir", "two.seq", "--model", "one", "--target", "cpu"],
        {
            **SPECS,
            "--format": ["--format", "json"],
            "--target": ["--target", "gpu"],
            "--batch": ["--batch", "1"],
            "--length": ["--target", "gpu", "--length", "8"],
        },
    ),
    "layers": (["layers", "dense"], {}),
    "params": (
        ["params", "two.seq"],
        {
            **SPECS,
            "--format": ["--format", "csv"],
            "--weights": ["--weights"],
            "--cost": ["--cost"],
            "--batch": ["--batch", "2"],
            "--length": ["--length", "9"],
        },
    ),
    "run": (
        [
            "run",
            "two.seq",
            "--model",
            "one",
            "--weights",
            "w",
            "--inputs",
            "x.npz",
            "--out",
            "y.npz",
        ],
        {
            **SPECS,
            "--backend": ["--backend", "nobody"],
            "--weights": ["--weights", "w1"],
            "--inputs": ["--inputs", "x1.npz"],
            "--out": ["--out", "z.npz"],
            "--deterministic": ["--deterministic", "--backend", "nobody"],
        },
    ),
    "verify": (
        ["verify", "two.seq", "--format", "json", "--backend", "jax"],
        {
            **SPECS,
            "--backend": ["--backend", "tensorflow"],
            "--format": ["--format", "text"],
            "--seed": ["--seed", "7"],
            "--deterministic": ["--deterministic"],
            "--target": ["--target", "gpu"],
            "--batch": ["--batch", "1", "--target", "cpu"],
            "--length": ["--length", "8", "--target", "gpu"],
        },
    ),
    "weights": (
        ["weights", "two.seq", "--model", "one", "--out", "new"],
        {**SPECS, "--seed": ["--seed", "7"], "--out": ["--out", "newer"]},
    ),
    "weights convert": (
        [
            "weights",
            "convert",
            "two.seq",
            "w",
            "--model",
            "one",
            "--to",
            "torch",
            "--out",
            "there.npz",
        ],
        {
            **SPECS,
            "--from": ["--from", "torch"],
            "--to": ["--to", "jax"],
            "--out": ["--out", "there.safetensors"],
            "--map": ["--map", "dense=head"],
        },
    ),
}
"""For each command how it is called, and with what each of its options is turned."""
COLOUR = "--no-color"
"""Every command has it, for what it may say on the way; it has a test of its own."""


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(root)
    for name in root.list_commands(context):
        found = root.get_command(context, name)
        assert found is not None
        yield name, found
    yield "weights convert", convert


CASES = [
    (name, option.opts[-1])
    for name, command in commands()
    for option in command.params
    if isinstance(option, click.Option) and option.opts[-1] != COLOUR
]


@pytest.fixture
def folder(specc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "two.seq").write_text(SPEC)
    (tmp_path / "new.seq").write_text(CHANGED)
    (tmp_path / "untidy.seq").write_text(SPEC.replace("  x", "     x"))
    for seed, name in enumerate(("w", "w1")):
        specc("weights", "two.seq", "--model", "one", "--seed", seed, "--out", name)
        x = np.random.default_rng(seed).standard_normal((2, 5, 3)).astype(np.float32)
        np.savez(tmp_path / f"x{seed or ''}.npz", x=x, x_mask=np.ones((2, 5), bool))
    monkeypatch.setattr("specc.verify.verify.verify", judged)
    monkeypatch.setattr("specc.verify.process.Worker", Stand)
    monkeypatch.setattr("specc.fuzz.campaign.run_campaign", campaign)
    return tmp_path


def judged(model, backends, sources, *, seed, workers) -> Report:
    """A verification that runs nothing; what it would judge shows in the hashes."""
    weights = sample_weights(model, make_generator(seed, 0))
    made = digests(model, sources, weights)
    return Report(model.name, model.source, seed, (), (), (), made)


class Stand:
    """A worker that only says what it was told."""

    def __init__(self, backend: Any, **given: object) -> None:
        self.given = given

    def __enter__(self) -> Stand:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def describe(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.given.items()}


def campaign(backends: Sequence[Any], seeds, *, seconds, tell) -> Any:
    """A campaign in which the first spec fails; `seconds` stand as twins."""
    from specc.fuzz.campaign import Case, Outcome

    case = Case(seed=0, text=SPEC, faults=())
    found = Outcome(programs=len(list(seeds)) if seconds is None else 1)
    tell(1, found, case)
    return found


def outcome(specc, folder: Path, arguments: list[str]) -> object:
    """All that can be seen of a command: exit code, what it says, every file."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = specc(*arguments)
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in after.keys() - before.keys():
        path.unlink()
    for path, data in before.items():
        path.write_bytes(data)
    # A certificate repeats what was asked for; that is not yet hearing it.
    out = found.out
    if '"kind": "specc-certificate"' in out:
        start, end = out.index('  "options"'), out.index('  "limits"')
        out = out[:start] + out[end:]
    return found.code, out, found.err, after


@pytest.mark.parametrize(("command", "option"), CASES)
def test_every_option_is_heard(specc, folder: Path, command: str, option: str) -> None:
    base, turned = TURNED[command]
    given = turned[option]
    arguments = list(base)
    for word in (one for one in given if one.startswith("--")):
        if word in arguments:  # given anew
            place = arguments.index(word)
            del arguments[place : place + 2]
    assert outcome(specc, folder, base) != outcome(specc, folder, [*arguments, *given])


def test_the_table_has_every_option_and_no_other() -> None:
    listed = {
        (name, option) for name, (_, turned) in TURNED.items() for option in turned
    }
    assert listed == set(CASES)
    assert TURNED.keys() == {name for name, _ in commands()}


def test_no_color_takes_the_colours_away(specc, monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert "\x1b[" in specc("check", "nothing.seq").err
    assert "\x1b[" not in specc("check", "nothing.seq", COLOUR).err
    assert "\x1b[" not in specc(COLOUR, "check", "nothing.seq").err


def test_every_command_takes_no_color() -> None:
    for name, command in commands():
        words = [word for option in command.params for word in option.opts]
        assert COLOUR in words, name


@pytest.mark.parametrize("option", ["--count", "--minutes", "--backend", "--out"])
def test_a_spec_that_is_only_shown_is_not_tried(specc, option: str) -> None:
    value = {"--backend": "jax", "--out": "cases"}.get(option, "2")
    found = specc("fuzz", "--show", option, value)
    assert (found.code, found.out) == (2, "")
    assert "--show" in found.err


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_every_format_of_counts_has_costs_and_weights(specc, format: str) -> None:
    plain = specc("params", "tiny.seq", "--format", format).out
    assert specc("params", "tiny.seq", "--format", format, "--cost").out != plain
    whole = specc("params", "tiny.seq", "--format", format, "--weights").out
    assert "lstm.W_i" in whole
