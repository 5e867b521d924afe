"""Specs with something wrong in them: real ones, changed in a few places."""

from __future__ import annotations

import random
import re
from pathlib import Path

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


NOT_TEXT = (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80")
AWKWARD = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *("\0", "\r", "\r\n", "\t", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\u202e"),
        *("\ufeff", "\ud800", "\u0301", "\U0001f600", "\uff50rint", "é", "e\u0301"),
        *("'", '"', '\\"', "\\", "`", "#", "{{", "}}", "((", "[[", "))", "]]", "'" * 3),
        *("1e999", "0x10", "1_000", "9" * 19, "1.5.2", ".5", "5.", "1e", "-" * 70),
        *("->->", "= =", "**", "//", "@@", "a'b", "a''", "__class__", "%s", "\n\n"),
    )
)


def change_bytes(data: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, left out, repeated or put between, in one to four places."""
    found = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(found) + 1)
        other = min(len(found), place + rng.choice((1, 1, 2, 5, 20, 80)))
        match rng.randrange(5):
            case 0 if place < len(found):
                found[place] ^= 1 << rng.randrange(8)
            case 1:
                del found[place:other]
            case 2:
                found[place:place] = found[place:other] * rng.choice((1, 2, 30))
            case 3:
                found[place:other] = rng.randbytes(rng.choice((1, 2, 4)))
            case _:
                found[place:place] = rng.choice(
                    rng.choice((AWKWARD, AWKWARD, NOT_TEXT))
                )
    return bytes(found)
