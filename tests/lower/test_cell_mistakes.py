"""Mistakes in cells: told once for the cell, with the use where sizes are at fault."""

from __future__ import annotations

import pytest

from .mistakes import Mistake, cell

STATE = "state h[units]; "
NAMES = [
    cell(STATE + "param W; h' = ^Wx @ x", "SPC403", "called `Wx`", "did you mean"),
    cell(STATE + "param W; h' = W @ x + ^zzz", "SPC403", "`zzz`", "`param zzz`"),
    cell(STATE + "param W; h' = ^tahn(W @ x)", "SPC403", "`tahn`", "`tanh`"),
    cell(STATE + "param W; h' = ^zzz(W @ x)", "SPC403", "no function is called `zzz`"),
    cell(STATE + "param W; h' = W @ x; ^q' = h'", "SPC403", "no state", "state q[unit"),
    cell(STATE + "param W; h' = W @ ^x'", "SPC403", "`x'` is no state", "only a state"),
    Mistake(
        "cell ^c(u: int) {\n  param W\n  tanh(W @ x)\n}",
        "SPC401",
        "`c` has no state",
        "state h[units]",
    ),
    cell("state ^h[units]; param W; W @ x", "SPC402", "`h` is never advanced", "h' ="),
    cell("state h[units], ^c[units]; param W; h' = W @ x + c", "SPC402", "`c`"),
    cell(STATE + "param W, ^U; h' = W @ x", "SPC406", "`U` is never used"),
    cell(STATE + "param W; ^i = W @ x; h' = W @ x", "SPC215", "`i` is never used"),
    cell(STATE + "param W; h' = W @ x", "SPC215", "`a`", head="units: int, ^a = 0.5"),
    cell(STATE + "param W, ^W; h' = W @ x", "SPC203", "`W` already names"),
    cell("state h[units], ^h[3]; param W; h' = W @ x", "SPC203", "`h` already names"),
    cell("state h[units], ^x[3]; param W; h' = W @ x", "SPC203", "the step's input"),
    cell(STATE + "param W, ^units; h' = W @ x", "SPC203", "a parameter of this cell"),
    cell(STATE + "param W; i = W @ x; ^i = h; h' = i", "SPC203", "`i` already names"),
    cell(STATE + "param W; h' = W @ x; ^h' = h", "SPC203", "`h'` is given twice"),
    cell(STATE + "param W; h' = W @ x", "SPC203", "`a`", head="a: int, ^a: int"),
    cell(STATE + "h' = h", "SPC203", "names no other", head="units: int, ^x: int"),
    cell(STATE + "h' = h", "SPC203", "every recurrent", head="units: int, ^init: int"),
    cell(STATE + "h' = h", "SPC203", "every recurrent", head="units: int, ^l2 = 0.5"),
    Mistake(
        "const V = 3\ncell c(u: int) {\n  state ^V[u]\n  V' = x\n}",
        "SPC203",
        "`V` is a constant of this file",
    ),
]
PLACES = [
    cell(STATE + "param W; ^h = W @ x", "SPC217", "before the step", "write `h'`"),
    cell(
        STATE + "param W; y = ^h' + 1; h' = W @ x + y", "SPC217", "before it", "below"
    ),
    cell(STATE + "param W; h' = ^tanh", "SPC217", "is a function", "`tanh(...)`"),
    cell(
        STATE + "param W; h' = act(W @ x) + ^act",
        "SPC217",
        "is a function",
        head="units: int, act = tanh",
    ),
    cell(STATE + "param W; h' = ^W @ x // 2", "SPC217", "works on constants only"),
    cell(STATE + "param W; h' = ^W @ x % h", "SPC217", "works on constants only"),
    cell(STATE + "param W; h' = W @ x; ^h, h", "SPC217", "one output", "`states`"),
    cell(STATE + "param W; h' = W @ x; h; ^h", "SPC217", "nothing can follow"),
    cell(STATE + 'param W; h\' = W @ x + ^"a"', "SPC217", "no place in an equation"),
    cell(STATE + "param W; h' = ^[x, h]", "SPC217", "no place in an equation"),
    cell(STATE + "param W; h' = W @ x + ^h / 0", "SPC212", "divides by zero"),
    cell(STATE + "param W; h' = ^min(W @ x)", "SPC209", "2 values, found 1"),
    cell(STATE + "param W; h' = ^tanh(W @ x, h)", "SPC209", "1 value, found 2"),
    cell(STATE + "param W; h' = ^concat(W @ x)", "SPC209", "2 values or more, found 1"),
    cell(STATE + "param W; h' = ^tanh(y = W @ x)", "SPC209", "a name for one"),
]
SIZES = [
    cell("state h[units, units]; h' = ^x", "SPC404", "`h` is a matrix, but `h'` is a"),
    Mistake("cell c {\n  state ^h\n  h' = x\n}", "SPC302", "sizes in brackets"),
    Mistake("cell c {\n  state h[^0]\n  h' = x\n}", "SPC302", "found 0"),
    cell("state h[^unit]; h' = x", "SPC201", "called `unit`", "`units`"),
    cell("state h[^units / 2]; h' = h", "SPC302", "found 4.0", "`//`"),
    cell("state h[^units - 8]; h' = h", "SPC302", "found 0"),
    cell("state h[units] = ^zeros; h' = h", "SPC205", "starts at zero", "leave"),
    cell(STATE + "param W = ^zeroes; h' = W @ x", "SPC205", "`zeroes`", "`zeros`"),
    cell(STATE + "param W = ^3 // 0; h' = W @ x", "SPC212", "divides by zero"),
    cell(
        STATE + "h' = ^x",
        "SPC404",
        "`h` is a vector of 8, but `h'` is a vector of 4",
        "W @ x",
    ),
    cell(STATE + "param W; h' = ^W @ x + x", "SPC404", "`h'` is a vector of 4"),
    cell(STATE + "param W, U; h' = ^W * x + U * h", "SPC404", "vector of 4 meets"),
    cell(STATE + "param W[units, 5]; h' = ^W @ x", "SPC404", "5 numbers on its left"),
    cell(STATE + "param W[units, 3, 4]; h' = ^W @ x", "SPC404", "`h'` is a matrix"),
    cell(STATE + "param W; h' = ^x @ W", "SPC404", "`h'` is a single number", "first"),
    cell(STATE + "param W, U; h' = ^(W + U) @ x", "SPC404", "a single number"),
    cell(STATE + "param W; h' = ^W @ 3", "SPC404", "a number on its right"),
    cell(STATE + "param W; h' = (W @ x) * (^3 @ x)", "SPC404", "on its left"),
    cell(
        STATE + "param W; h' = W @ x * softmax(^x @ x)", "SPC404", "along the last axis"
    ),
    cell(STATE + "h' = ^3", "SPC404", "`h'` is a single number"),
    cell(STATE + "param W; h' = W @ x; ^h @ h", "SPC404", "the output of a cell"),
    cell(
        STATE + "param ^W, U; h' = W @ (U @ x)", "SPC405", "`W` does not follow", "W["
    ),
    cell(
        STATE + "param W, V; y = V @ x; h' = W @ concat(x, ^y)",
        "SPC405",
        "does not follow",
        "give its weights sizes",
    ),
]
HEADS = [
    cell(
        STATE + "h' = act(x)",
        "SPC201",
        "`tahn`",
        "`tanh`",
        head="units: int, act = ^tahn",
    ),
    cell(
        STATE + "h' = a * x",
        "SPC205",
        "a whole number, not 0.5",
        head="units: int, a: int = ^0.5",
    ),
    cell(
        STATE + "h' = a * x", "SPC212", "expected a number", head='units: int, a = ^"b"'
    ),
    cell(
        STATE + "h' = a * x",
        "SPC301",
        "`flaot`",
        "`float`",
        head="units: int, a: ^flaot",
    ),
    cell(
        STATE + "h' = a * x",
        "SPC304",
        "`int[S]`",
        head="units: int, a: ^int[S]",
    ),
    cell(STATE + "h' = a * x", "SPC801", "`bool`", head="units: int, a: ^bool"),
    cell(STATE + "h' = a * x", "SPC801", "`int < 5`", head="units: int, a: ^int < 5"),
]
USES = [
    cell(
        STATE + "param W; h' = W @ x",
        "SPC206",
        "`c` needs `units`",
        "`c(64)`",
        use="^c",
    ),
    cell(
        STATE + "param W; h' = W @ x",
        "SPC205",
        "must be at least 1, found 0",
        use="c(^0)",
    ),
    cell(
        STATE + "param W; h' = W @ x",
        "SPC205",
        "must be a whole number, found 8.5",
        use="c(^8.5)",
    ),
    cell(
        STATE + "param W; h' = a * (W @ x)",
        "SPC205",
        "must be a whole number",
        use="c(8, ^0.5)",
        head="units: int, a: int",
    ),
    cell(
        STATE + "param W; h' = act(W @ x)",
        "SPC205",
        "`act` of `c` cannot be `rellu`",
        "`relu`",
        use="c(8, act = ^rellu)",
        head="units: int, act = tanh",
    ),
    cell(
        STATE + "param W; h' = W @ x",
        "SPC204",
        "`c` has no option `act`",
        use="c(8, ^act = relu)",
    ),
    cell(STATE + "param W; h' = W @ x", "SPC208", "no place for `9`", use="c(8, ^9)"),
    cell(
        STATE + "param W; h' = W @ x",
        "SPC205",
        "`bias` means nothing here",
        "leave `bias` out",
        use="^c(8, bias = none)",
    ),
    cell(
        STATE + "param W; h' = W @ x",
        "SPC205",
        "`recurrent` means nothing here",
        use="^c(8, recurrent = zeros)",
    ),
    cell(
        STATE + "param s; h' = s * h",
        "SPC205",
        "`l2` means nothing here",
        use="^c(8, l2 = 0.1)",
    ),
    cell(
        STATE + "h' = h / 2",
        "SPC205",
        "`frozen` means nothing here",
        use="^c(8, frozen)",
    ),
    cell(
        STATE + "param b, d; h' = h + (b + d)",
        "SPC205",
        "nothing of `b + d`",
        use="^c(8, bias = none)",
    ),
    cell(
        STATE + "param b; h' = 0.5 + b",
        "SPC205",
        "nothing of `0.5 + b`",
        use="^c(8, bias = none)",
    ),
    cell(
        "state h[1]; param W; h' = softmax(W @ x)",
        "SPC315",
        "one element",
        "sigmoid",
        use="^c",
        head="",
    ),
    cell(STATE + "param W; h' = ^W @ x / (units - 8)", "SPC212", "divides by zero"),
]
FUTURE = [
    cell(STATE + "param ^W; h' = dense(W @ x, 8)", "SPC405", "the shape of `W`"),
    cell(STATE + "h' = ^(x, h)", "SPC217", "found several", "concat"),
    cell(STATE + "let ^f = dense(8); h' = h", "SPC215", "`f` is never used"),
    cell(STATE + "h' = ^for i in 3 { x }", "SPC801", "inside a cell"),
]


@pytest.mark.parametrize(
    "mistake", [*NAMES, *PLACES, *SIZES, *HEADS, *USES, *FUTURE], ids=str
)
def test_a_mistake_in_a_cell_is_told_once(mistake: Mistake) -> None:
    mistake.check()
