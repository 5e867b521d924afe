"""Whatever is done to a spec, the answer is diagnostics: never another exception."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from specc.compiler import compile as compile_spec
from specc.diagnostics import Failure

ROOT = Path(__file__).parents[2]
SPECS = [path.read_text() for path in sorted((ROOT / "specs/models").glob("*.seq"))]
CELLS = (ROOT / "specs/std/cells.seq").read_text()
TOKENS = re.compile(
    r"[A-Za-z_]\w*'?|[0-9.]+(?:e-?[0-9]+)?|\"[^\"]*\"|->|\*\*|//|#.*|\s+|."
)
NUMBERS = ("0", "-1", "1", "2", "1000000000000", "64.5", "1e300", "0.5", "(1 / 0)")
LAYERS = (
    *("embed(3)", "dense(4)", "dense(1, softmax)", "conv(4, 3)", "conv(4, 3, same)"),
    *("conv(4, 9, stride = 2)", "lstm(3)", "lstm(3, final)", "gru(3, states)", "mean"),
    *("bi(lstm(3), none)", "bi(gru(2, reverse))", "rnn(2, init = 0)", "concat", "add"),
    *("dot", "softmax", "dropout(0.5)", "spatial_dropout(1)", "flatten", "shift(2)"),
    *("layernorm(bias = none)", "normalize", "maxpool(4)", "avgpool(2, same)", "last"),
    *("relu", "(relu, tanh)", "dense(3) as a", "lstm(2, dropout = 0.5)", "attend(3)"),
    *("reverse", "crop(1)", "crop(1, 2)", "upsample(2)", "repeat_vector(3)", "one_hot"),
    *(
        "reshape(2, 6)",
        "transpose",
        "positions(4, sinusoidal)",
        "rmsnorm",
        "noise(0.1)",
    ),
    *("positions(4, learned, length = 9)", "maximum", "cosine", "distance(l2)"),
    *("dense(3, bias = identity)", "(dense(3) -> tanh) as b", "residual { relu }"),
)
NAMES = (
    *("x", "h", "h'", "T", "V", "class", "__x", "units", "final", "states", "frozen"),
    *("reverse", "relu", "same", "causal", "none", "identity", "kernel", "bias", "l2"),
    *("merge", "init", "dropout", "W", "act", "min", "sgd", "tokens", "float", "int"),
)
WORDS = (
    *("let", "as a", "const", "cell", "state", "param", "import", "block", "over T"),
    *(
        "for i in 3",
        "each k in [1, 2]",
        "ragged",
        "pad 0",
        "int[T] < 9",
        '"a"',
        "W @ x",
    ),
    *("{", "}", "(", ")", "[", "]", ",", "->", "=", "\n", "+", "@", "**", ":", "<"),
)


def mutated(text: str, rng: random.Random) -> str:
    """A spec changed in one to three places."""
    for _ in range(rng.randint(1, 3)):
        change = rng.choice((change_token, change_token, change_line, change_anything))
        text = change(text, rng) or SPECS[0]
    return text


def change_token(text: str, rng: random.Random) -> str:
    """A number to another, a name to another, or a layer after an arrow."""
    tokens = TOKENS.findall(text)
    places = [p for p, token in enumerate(tokens) if re.match(r"\w|->", token)]
    place = rng.choice(places or [0])
    if tokens[place] == "->":
        tokens[place] = f"-> {rng.choice(LAYERS)} ->"
    elif tokens[place][0].isdigit():
        tokens[place] = rng.choice(NUMBERS)
    else:
        known = [token for token in tokens if re.match("[A-Za-z_]", token)]
        tokens[place] = rng.choice(rng.choice((known or NAMES, NAMES, LAYERS)))
    return "".join(tokens)


def change_line(text: str, rng: random.Random) -> str:
    """A line left out, said twice, or moved."""
    lines = text.splitlines(keepends=True)
    place, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            lines[place] = ""
        case 1:
            lines.insert(other, lines[place])
        case _:
            lines[place], lines[other] = lines[other], lines[place]
    return "".join(lines)


def change_anything(text: str, rng: random.Random) -> str:
    """A token left out, said twice, moved, or made any other."""
    tokens = TOKENS.findall(text)
    place, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    words = rng.choice((WORDS, NAMES, NUMBERS, LAYERS))
    match rng.randrange(5):
        case 0:
            tokens[place] = ""
        case 1:
            tokens.insert(place, f"{tokens[place]} ")
        case 2:
            tokens[place] = f" {rng.choice(words)} "
        case 3:
            tokens.insert(place, f" {rng.choice(words)} ")
        case _:
            tokens[place], tokens[other] = tokens[other], tokens[place]
    return "".join(tokens)


def spec(rng: random.Random) -> str:
    """A spec of the library, some with the standard cells as the file's own."""
    text = rng.choice(SPECS)
    return f"{CELLS}\n{text}" if rng.random() < 0.2 else text


@pytest.mark.parametrize("block", range(20))
def test_a_mutated_spec_gives_diagnostics(block: int) -> None:
    many = int(os.environ.get("SPECC_MUTATIONS", "2000")) // 20
    for case in range(many):
        rng = random.Random(block * many + case)
        text = mutated(spec(rng), rng)
        try:
            found = compile_spec(f"{text}\n")
            assert all(diagnostic.labels for diagnostic in found.check())
        except Failure:
            pytest.fail(f"a text was not read:\n{text}")
        except Exception as error:
            error.add_note(text)
            raise
