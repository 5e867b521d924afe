"""The bombs themselves: what is asked for, and the codes that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from specc.syntax.read import MAX_BYTES

HEAD = "model m(x: float[T, 4]) -> float[T, 4] {\n"
TAIL = "\n}\n"


class Bomb(Struct, frozen=True):
    """Files by name, of which `main.seq` is compiled, and the codes it may get.

    No code: it is allowed, and has to cost little all the same. `links` are symbolic
    links: where they lie, and what they point at.
    """

    codes: tuple[str, ...]
    files: Mapping[str, str]
    links: Mapping[str, str] = {}
    command: tuple[str, ...] = ("check", "main.seq")


def text(codes: str, body: str, *arguments: str) -> Bomb:
    """One file, and the codes as words."""
    command = ("check", "main.seq", *arguments)
    return Bomb(tuple(codes.split()), {"main.seq": body}, command=command)


def flow(codes: str, layers: str, *arguments: str) -> Bomb:
    """A model of some layers."""
    return text(codes, f"{HEAD}  x -> {layers}{TAIL}", *arguments)


def lines(template: str, numbers: Iterable[int]) -> str:
    """A line for each number: `#` is the number, `@` the one before, `$` the next."""
    return "".join(
        template.replace("#", str(i)).replace("@", str(i - 1)).replace("$", str(i + 1))
        + "\n"
        for i in numbers
    )


def whole(token: str) -> str:
    """As much of a token as a file may hold, beside a model's head."""
    room = MAX_BYTES - len(HEAD) - len(TAIL)
    return token * (room // len(token.encode()))


TOKENS = (
    *("(", "[", "{", "}", ")", "]", "a", "a ", "'", '"', "\\", "1", "1.", "1e", "0"),
    *("-", "- ", "->", "-> a ", "=", "a = ", "**", "a ** ", "#", "# \n", "\n", "\t"),
    *(" ", ",", "a,", "@", "a + ", "model ", "const ", "let ", "for i in 2 {", "%"),
    *("residual {", "\u00e9", "\u0301", "relu -> ", "dense(4) -> ", "(x)", "x\n"),
    *("[1,", '"a" ', "as a ", "f(", "cell c(", ":", "<", "\x7f", "\U0001f600"),
    *("const A = 1\n", 'import "a"\n', "h' ", "//", "\ufeff", "\u202e", "\x00"),
)
SYNTAX = (
    *("SPC004", "SPC005", "SPC007", "SPC101", "SPC102", "SPC103", "SPC105", "SPC106"),
    *("SPC108", "SPC109", "SPC110", "SPC111", "SPC112", "SPC113", "SPC115", "SPC213"),
)


def _of_tokens() -> Iterable[tuple[str, Bomb]]:
    for token in TOKENS:
        yield f"a file of {token!r}", Bomb(SYNTAX, {"main.seq": whole(token)})
        body = f"{HEAD}{whole(token)}{TAIL}"
        yield f"a body of {token!r}", Bomb(SYNTAX, {"main.seq": body})
    yield "2 MiB", text("SPC004", "#" * (2 * MAX_BYTES))


def _of_nesting() -> Iterable[tuple[str, Bomb]]:
    for opened, closed in (("(", ")"), ("[", "]"), ("f(", ")"), ("residual { ", " }")):
        for depth in (65, 1000, 20_000):
            nested = f"{opened * depth}relu{closed * depth}"
            yield f"{depth} of {opened}", flow("SPC111 SPC004", nested)
    yield "minus signs", text("SPC111", f"const A = {'-' * 20_000}1\n")
    yield "a tower of powers", text("SPC111", f"const A = 2{' ** 2' * 20_000}\n")
    yield "loops in loops", flow("SPC111", "for i in 2 { " * 70 + "relu" + " }" * 70)
    yield "overs in overs", flow("SPC111", "over T { " * 70 + "relu" + " }" * 70)


def _of_repetition() -> Iterable[tuple[str, Bomb]]:
    yield "a loop", flow("SPC220 SPC302", "for i in 10 ** 17 { relu }")
    yield (
        "three loops",
        flow(
            "SPC220",
            "for i in 10 ** 6 { for j in 10 ** 6 { for k in 10 ** 6 { relu } } }",
        ),
    )
    yield (
        "empty loops",
        flow("SPC220 SPC213 SPC101", "for i in 10 ** 6 { for j in 10 ** 6 { } }"),
    )
    yield (
        "each of many",
        flow("SPC220 SPC212 SPC302", "each k in 10 ** 9 { relu } -> concat"),
    )
    twice = lines("block b#() { b@ -> b@ }", range(1, 60))
    yield (
        "doubling blocks",
        text("SPC220", f"block b0() {{ relu }}\n{twice}{HEAD}  x -> b59{TAIL}"),
    )
    halves = lines("  let b# = b@ -> b@", range(1, 60))
    yield (
        "doubling lets",
        text("SPC220", f"{HEAD}  let b0 = relu\n{halves}  x -> b59{TAIL}"),
    )
    nested = lines("block b#() { for i in 1000 { b@ } }", range(1, 20))
    yield (
        "loops in blocks",
        text("SPC220", f"block b0() {{ relu }}\n{nested}{HEAD}  x -> b19{TAIL}"),
    )
    chain = lines("block b#() { b$ }", range(5000))
    yield (
        "blocks in blocks",
        text("SPC220", f"{chain}block b5000() {{ relu }}\n{HEAD}  x -> b0{TAIL}"),
    )
    chain = lines("const c# = c$ + 1", range(7000))
    yield "constants from constants", text("SPC201 SPC004", f"{chain}const c7000 = 1\n")
    yield (
        "a block in itself",
        text("SPC223", f"block b() {{ b -> b }}\n{HEAD}  x -> b{TAIL}"),
    )
    steps = lines(
        "cell c#(n: int) {\n state h[n]\n h' = (x, h) -> step(c$(n))\n}", range(300)
    )
    last = "cell c300(n: int) {\n state h[n]\n param W\n h' = tanh(W @ x + h)\n}\n"
    yield (
        "cells in cells",
        text(
            "SPC220 SPC223 SPC217 SPC801 SPC403",
            f"{steps}{last}{HEAD}  x -> c0(4){TAIL}",
        ),
    )
    deep = lines(
        f"cell c#(n: int) {{\n state h[n]\n"
        f" h' = {'relu(' * 58}(x, h) -> step(c$(n)){')' * 58}\n}}",
        range(15),
    )
    last = last.replace("c300", "c15")
    yield "calls around steps", text("SPC220", f"{deep}{last}{HEAD}  x -> c0(4){TAIL}")
    yield (
        "a tuple in a loop",
        flow("SPC220 SPC209 SPC211", "for i in 60 { (relu, relu) -> concat }"),
    )
    yield "a wide tuple", flow("SPC220 SPC313", f"({'relu, ' * 9000}relu) -> concat")
    yield (
        "growing tuples",
        text(
            "SPC220 SPC209 SPC210 SPC211 SPC214",
            "block d() on (a) { a, a }\n" + HEAD + "  x -> for i in 60 { d }" + TAIL,
        ),
    )


def _of_numbers() -> Iterable[tuple[str, Bomb]]:
    for name, number in {
        "19 digits": "1" * 19,
        "5,000 digits": "1" * 5000,
        "1,000,000 digits": "1" * 1_000_000,
        "a float of 100,000 digits": "0." + "3" * 100_000,
        "an exponent of 9 digits": "1e999999999",
        "a negative exponent": "1e-" + "9" * 5000,
        "a power": "2 ** 10 ** 17",
        "a tower": "9 ** 9 ** 9 ** 9",
        "a negative power": "(0 - 9) ** 99999999999",
        "a float to a power": "1.5 ** 10 ** 17",
        "a product": "10 ** 17 * 10 ** 17",
        "a float beyond": "1e308 * 1e308",
        "division by zero": "1 / 0",
        "remainder by zero": "1 % 0",
        "zero to minus one": "0 ** (0 - 1)",
        "minus one to a half": "(0 - 1) ** 0.5",
    }.items():
        yield (
            name,
            text(
                "SPC109 SPC108 SPC212 SPC220 SPC302",
                f"const A = {number}\n{HEAD}  x -> dense(A){TAIL}",
            ),
        )
    squares = lines("const c# = c@ * c@", range(1, 5000))
    yield "squares of squares", text("SPC220 SPC212", f"const c0 = 3\n{squares}")


def _of_sizes() -> Iterable[tuple[str, Bomb]]:
    big = "10 ** 17"
    yield "a wide layer", flow("SPC205", f"dense({big}) -> dense(4)")
    most = "10 ** 9"
    yield "the widest layer", flow("", f"dense({most}) -> dense(4)")
    yield (
        "a wide layer, with a limit",
        flow("SPC225", f"dense({most}) -> dense(4)", "--max-params", "1000000000"),
    )
    yield "a wide recurrent layer", flow("", f"lstm({most}) -> dense(4)")
    yield "a long kernel", flow("SPC205 SPC220", f"conv(4, {big}, causal)")
    yield (
        "a wide dilation",
        flow("SPC205 SPC220", f"conv(4, 3, causal, dilation = {big})"),
    )
    yield "many heads", flow("SPC205", f"self_attend({big})")
    yield "many steps", flow("SPC205", f"mean -> repeat_vector({big}) -> dense(4)")
    yield (
        "growing widths",
        flow(
            "SPC220", "for i in 70 { each k in [1, 2] { relu } -> concat } -> dense(4)"
        ),
    )
    yield "growing steps", flow("SPC220 SPC313", "for i in 90000 { upsample(2) }")
    yield "shrinking steps", flow("SPC220 SPC313", "for i in 90000 { maxpool(2) }")
    yield (
        "steps of windows",
        flow("SPC220 SPC313", "for i in 5000 { conv(4, 3, stride = 2) }"),
    )
    yield (
        "steps joined",
        flow("SPC220 SPC313", "for i in 1000 { (relu, relu) -> concat(time) }"),
    )
    yield "many layers", flow("", "for i in 9000 { relu }")
    yield (
        "feedback for ever",
        flow("SPC220 SPC302 SPC205", f"last -> feedback({big}) {{ gru(4) }}"),
    )
    yield (
        "an input of many axes",
        text(
            "SPC302 SPC306 SPC220 SPC313",
            "model m(x: float[" + "9, " * 9000 + "9]) -> float[4] { x -> dense(4) }\n",
        ),
    )
    yield (
        "a large input",
        text(
            "SPC220 SPC302",
            f"model m(x: float[{big}, {big}]) -> float[4] {{ x -> flatten }}\n",
        ),
    )
    given = ", ".join(f"x{i}: float" for i in range(4000))
    yield "many inputs", text("SPC215", f"model m({given}) -> float {{ x0 }}\n")
    yield (
        "many mistakes",
        text("SPC202 SPC201", HEAD + lines("  a# = x -> dens#(4)", range(4000)) + TAIL),
    )
    doubled = lines("  a# = a@ * a@", range(1, 2000))
    start = "cell c(n: int) {\n  state h[n]\n  param W\n  a0 = tanh(W @ x + h)\n"
    cell = f"{start}{doubled}  h' = a1999\n}}\n"
    spec = f"{cell}{HEAD}  x -> c(4){TAIL}"
    yield "equations that double", text("", spec)
    for command in ("ir", "params", "draw"):
        yield (
            f"equations that double, {command}",
            Bomb((), {"main.seq": spec}, command=(command, "main.seq")),
        )
    yield (
        "equations that double, build",
        Bomb((), {"main.seq": spec}, command=("build", "main.seq", "--backend", "jax")),
    )


def _of_files() -> Iterable[tuple[str, Bomb]]:
    use = f"{HEAD}  x -> relu{TAIL}"

    def imports(*names: str) -> str:
        return "".join(f'import "{name}"\n' for name in names) + use

    chain = {f"a{i}.seq": f'import "a{i + 1}.seq"\n' for i in range(2000)}
    yield (
        "a chain of imports",
        Bomb(("SPC220",), {"main.seq": imports("a0.seq"), **chain}),
    )
    wide = {f"a{i}.seq": "const A = 1\n" for i in range(1100)}
    yield (
        "many imports",
        Bomb(("SPC220", "SPC203"), {"main.seq": imports(*wide), **wide}),
    )
    circle = {f"a{i}.seq": f'import "a{(i + 1) % 50}.seq"\n' for i in range(50)}
    yield (
        "a circle of imports",
        Bomb(("SPC011",), {"main.seq": imports("a0.seq"), **circle}),
    )
    for name in ("main.seq", "./main.seq", "sub/../main.seq", ".//main.seq"):
        yield (
            f"itself as {name}",
            Bomb(
                ("SPC011",), {"main.seq": imports(name), "sub/b.seq": "const A = 1\n"}
            ),
        )
    large = {f"a{i}.seq": whole("#") for i in range(40)}
    yield (
        "40 MiB of imports",
        Bomb(("SPC007", "SPC220", "SPC004"), {"main.seq": imports(*large), **large}),
    )
    for name in (
        *("../secret.seq", "/etc/passwd", "sub/../../secret.seq", "..", "/", "..\\\\a"),
        *(
            "C:\\\\a.seq",
            "\\\\\\\\host\\\\a",
            "//etc/passwd",
            "~/a.seq",
            "",
            ".",
            "sub",
        ),
        *("a" * 5000, "a/" * 3000, "\u00e9.seq", "e\u0301.seq", "a.seq ", "%2e%2e/a"),
        *("file:///etc/passwd", "missing.seq", "main.seq/a.seq", "./", "$HOME/a.seq"),
        *("/dev/zero", "/proc/self/environ", "/dev/stdin"),
    ):
        yield (
            f"import of {name[:40]!r}",
            Bomb(
                ("SPC010", "SPC001", "SPC002", "SPC003"),
                {
                    "main.seq": imports(name),
                    "sub/b.seq": "const A = 1\n",
                    "../secret.seq": "const SECRET = 1\n",
                },
            ),
        )
    for name, target in {
        "a link out": "../secret.seq",
        "a link to itself": "link.seq",
        "a link to a device": "/dev/zero",
        "a link to a process": "/proc/self/mem",
        "a link to nothing": "nothing.seq",
        "a link to a folder": "sub",
    }.items():
        yield (
            name,
            Bomb(
                ("SPC010", "SPC001", "SPC002", "SPC003"),
                {
                    "main.seq": imports("link.seq"),
                    "sub/b.seq": "const A = 1\n",
                    "../secret.seq": "const SECRET = 1\n",
                },
                {"link.seq": target},
            ),
        )
    yield (
        "a linked folder",
        Bomb(
            ("SPC010",),
            {"main.seq": imports("link/secret.seq"), "../secret.seq": "const A = 1\n"},
            {"link": ".."},
        ),
    )
    yield (
        "names that differ by case",
        Bomb(
            ("SPC012",),
            {
                "main.seq": imports("a.seq", "A.seq"),
                "a.seq": "const B = 1\n",
                "A.seq": "const C = 1\n",
            },
        ),
    )
    yield (
        "names that differ by Unicode form",
        Bomb(
            ("SPC012",),
            {
                "main.seq": imports("\u00e9.seq", "e\u0301.seq"),
                "\u00e9.seq": "const B = 1\n",
                "e\u0301.seq": "const C = 1\n",
            },
        ),
    )
    yield (
        "models that differ by case",
        text("SPC203", use + use.replace("model m", "model M")),
    )
    yield (
        "a name by another case",
        Bomb(("SPC001",), {"main.seq": imports("A.seq"), "a.seq": "const B = 1\n"}),
    )


BOMBS: dict[str, Bomb] = dict(
    pair
    for kind in (
        _of_tokens,
        _of_nesting,
        _of_repetition,
        _of_numbers,
        _of_sizes,
        _of_files,
    )
    for pair in kind()
)
