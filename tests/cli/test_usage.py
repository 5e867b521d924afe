"""Mistakes on the command line end with 2 and a suggestion."""

from __future__ import annotations

import pkgutil

import pytest

import specc.cli

COMMANDS = sorted(
    module.name.replace("_", "-")
    for module in pkgutil.iter_modules(specc.cli.__path__)
    if not module.name.startswith("_")
)
RUN = ["run", "tiny.seq", "--weights", "w", "--inputs", "x", "--out", "y"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chek", "tiny.seq"], "did you mean `check`?"),
        (["check", "tiny.seq", "--fromat", "json"], "--format"),
        (["check", "tiny.seq", "--format", "jsn"], "json"),
        (["params", "tiny.seq", "--model", "tinny"], "did you mean `tiny`?"),
        (["params", "tiny.seq", "--wieghts"], "--weights"),
        (["build", "tiny.seq", "--backend", "jaxx"], "did you mean `jax`?"),
        (["build", "tiny.seq", "--backend", "zzz"], "jax"),
        (["build", "tiny.seq"], "--backend"),
        (
            ["verify", "tiny.seq", "--backend", "tensorfow"],
            "did you mean `tensorflow`?",
        ),
        ([*RUN, "--backend", "refrence"], "did you mean `reference`?"),
        ([*RUN, "--backend", "jx"], "did you mean `jax`?"),
        (["weights", "tiny.seq", "--out", "w", "--seed", "-1"], "--seed"),
        (["explain", "unknown-nam"], "did you mean `unknown-name`?"),
        (["layers", "atend"], "did you mean `attend`?"),
        (["layers", "zzz"], "`specc layers` describes all of them"),
        (["zzz"], "check"),
        (["check"], "FILE"),
        (["params", "tiny.seq", "tiny.seq"], "tiny.seq"),
    ],
)
def test_usage_mistakes_say_what_was_meant(specc, arguments, hint) -> None:
    found = specc(*arguments)
    assert (found.code, found.out) == (2, "")
    assert hint in found.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(specc, command, option) -> None:
    found = specc(command, option)
    assert (found.code, found.err) == (0, "")
    assert f"Example:\n    specc {command}" in found.out


def test_the_help_lists_every_command_with_a_whole_sentence(specc) -> None:
    found = specc("--help")
    assert found.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in found.out
    assert "..." not in found.out.partition("Commands:")[2]


def test_every_command_of_the_language_tool_is_there() -> None:
    needed = {"check", "params", "build", "fmt", "ir", "explain", "backends"}
    assert needed | {"verify", "run", "weights", "diff", "draw"} <= set(COMMANDS)


def test_the_version(specc) -> None:
    import specc as package

    assert specc("--version").out == f"specc {package.__version__}\n"


def test_a_choice_of_models_must_be_made_by_name(specc, tmp_path) -> None:
    one = "model {}(x: float[3]) -> float[1] {{\n  x -> dense(1)\n}}\n"
    (tmp_path / "two.seq").write_text(one.format("left") + one.format("right"))
    found = specc("params", "two.seq", "--model", "rihgt")
    assert found.code == 2 and "did you mean `right`?" in found.err
    assert "right" in specc("params", "two.seq", "--model", "right").out
    assert "left" not in specc("params", "two.seq", "--model", "right").out
