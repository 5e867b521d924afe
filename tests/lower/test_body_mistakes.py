"""Mistakes in the body of a model: one message each, at the right place."""

from __future__ import annotations

import pytest

from specc.lower import check_text

from .mistakes import Mistake, body

NAMES = [
    body("x -> ^dens(8)", "SPC202", "`dens`", "did you mean `dense`?"),
    body("x -> ^dens", "SPC201", "`dens`", "did you mean `dense`?"),
    body("hidden = x -> relu; ^hiden -> dense(8)", "SPC201", "", "`hidden`"),
    body("x -> ^zzz -> dense(8)", "SPC201", "`zzz`", "let zzz = ..."),
    body("h = x -> relu; ^h = h -> dense(8); h", "SPC203", "`h` already names"),
    body("^x = x -> dense(8); x", "SPC203", "`x` already names"),
    body("let f = relu; ^f = x -> dense(8); f", "SPC203", "`f` already names"),
    body("x -> dense(8) as a -> dense(8) as ^a", "SPC203", "`a` names two things"),
    body("x -> dense(8) as ^x", "SPC203", "`x` names two things"),
    body("let f = dense(8); x -> f -> dense(8) as ^f", "SPC203", "`f` names two"),
    body("let f = dense(8) as a -> dense(8) as ^a; x -> f", "SPC203", "f.a"),
    body("let ^f = relu; x -> dense(8)", "SPC215", "`f` is never used"),
    body("^h = x -> relu; x -> dense(8)", "SPC215", "`h` does not reach"),
    body("h = x -> relu; ^g = h -> relu; h -> dense(8)", "SPC215", "`g`"),
    body("^h = x; x -> dense(8)", "SPC215", "`h` is never used"),
    body("h = x -> dense(8); ^g = h; h", "SPC215", "`g` is never used"),
    body("^h = (x, x); x -> dense(8)", "SPC215", "`h` is never used"),
    body("let f = dense(8); x -> f as ^a", "SPC217", "`let` gives it", "leave `as a`"),
    body("^x'", "SPC217", "for the states of a `cell`"),
    body("^h' = x -> dense(8); x -> dense(8)", "SPC217", "for the states"),
    body("^state h[3]; x -> dense(8)", "SPC217", "belong in a `cell`"),
]
FLOWS = [
    body("x -> ^x", "SPC211", "found a value of type `float[T, 4] ragged`", "let x ="),
    body("x -> ^3", "SPC211", "found the number 3"),
    body("x -> ^dense(8, x)", "SPC211", "found a value", "given its values already"),
    body("let f = ^x -> relu; x -> dense(8)", "SPC211", "`let` binds a layer", "f ="),
    body("let f = ^3; x -> dense(8)", "SPC211", "`let` binds a layer", "f ="),
    body("^x as a -> dense(8)", "SPC211", "`as` labels a layer", "a ="),
    body("f = ^dense(8); x -> f", "SPC210", "found a layer", "let f ="),
    body("n = ^3; x -> dense(8)", "SPC210", "found the number 3", "const n ="),
    body("^dense(8)", "SPC210", "found a layer", "value -> layer"),
    body("^3 -> dense(8)", "SPC210", "found the number 3"),
    body('^"a" -> dense(8)', "SPC210", "found the text 'a'"),
    body("(x, 3) -> ^add", "SPC210", "`add` takes values, found the number 3"),
    body("^(x, dense(8)) -> add", "SPC209", "values or layers, not both"),
    body("(x, x) -> ^dense(8)", "SPC209", "1 value, found 2", "-> concat"),
    body("x -> ^add", "SPC209", "2 values or more, found 1", "(a, b) -> add"),
    body("^dot(x, x, x)", "SPC209", "takes 2 values, found 3"),
    body(
        "(x, x) -> ^(relu, relu, relu) -> add", "SPC209", "2 values cannot", "pairwise"
    ),
    body("x -> lstm(8, states) -> ^dense(8)", "SPC209", "found 2", "y, states = "),
    body("a, b = ^x -> dense(8); a", "SPC214", "2 names stand for 1 value"),
    body("a, b = ^x -> (relu, relu, relu); a", "SPC214", "2 names stand for 3 values"),
    body("^x -> (dense(8), dense(8))", "SPC214", "declares 1 output, the body gives 2"),
    body("^x -> dense(8); x -> dense(8)", "SPC217", "nothing uses", "h = ..."),
    body("x -> ^[relu, tanh]", "SPC217", "a list has no place", "(a, b)"),
    body("h = x -> relu; h -> ^x(3)", "SPC217", "`x` is a value", "rename"),
    body(
        "let f = relu; x -> ^f(3) -> dense(8)", "SPC217", "`f` is a layer", "value ->"
    ),
    Mistake(
        "model m(x: float[8]) -> y: float[8] {\n  h = x -> relu\n^}",
        "SPC213",
        "without a result",
        "name a value `y`",
    ),
]
OPTIONS = [
    body("x -> dense(^unit = 8)", "SPC204", "no option `unit`", "`units`"),
    body("x -> dense(8, ^rellu)", "SPC204", "no option `rellu`", "`relu`"),
    body("x -> dense(8, ^zeros)", "SPC204", "no option `zeros`", "`dense` takes"),
    body("x -> lstm(8, ^finall)", "SPC204", "no option `finall`", "`final`"),
    body("x -> lstm(8, ^zeros)", "SPC204", "no option `zeros`", "`lstm` takes"),
    body("x -> lstm(8, ^initt = x)", "SPC204", "", "`init`"),
    body(
        "x -> bi(lstm(4), ^summ)", "SPC204", "`bi` has no option", "did you mean `sum`"
    ),
    body("x -> dense(8, activation = ^rellu)", "SPC205", "`rellu`", "`relu`"),
    body('x -> dense(8, activation = ^"relu")', "SPC205", "", "leave out the quotes"),
    body("x -> dense(8, kernel = ^zeroes)", "SPC205", "`zeroes`", "`zeros`"),
    body(
        "x -> dense(8, kernel = ^none)", "SPC205", "`none`", "expected `glorot_uniform`"
    ),
    body("x -> dense(8, bias = ^3)", "SPC205", "cannot be `3`", "or `none`"),
    body("x -> conv(8, kernel = ^relu)", "SPC205", "", "a number, or `glorot_uniform`"),
    body("x -> dense(8, frozen = ^1)", "SPC205", "takes no value", "`frozen` alone"),
    body("x -> dense(8, frozen = ^true)", "SPC205", "takes no value", "`frozen` alone"),
    body("x -> dense(units = ^x)", "SPC205", "cannot be `x`", "expected a number"),
    body("x -> dense(units = ^relu(x))", "SPC205", "cannot be a value"),
    body("x -> dense(^lstm(4))", "SPC205", "cannot take a layer"),
    body("x -> dense(^0)", "SPC205", "must be at least 1, found 0"),
    body("x -> dense(^-1)", "SPC205", "must be at least 1, found -1"),
    body("x -> dense(^64.5)", "SPC205", "must be a whole number, found 64.5"),
    body("x -> dense(^10 ** 12)", "SPC205", "at most 1,000,000,000, found 1,000,0"),
    body("x -> lstm(^0)", "SPC205", "`units` of `lstm` must be at least 1, found 0"),
    body("x -> lstm(^-1)", "SPC205", "must be at least 1, found -1"),
    body("x -> lstm(^64.5)", "SPC205", "must be a whole number, found 64.5"),
    body("x -> lstm(units = ^10 ** 12)", "SPC205", "at most 1,000,000,000"),
    body("x -> lstm(8, act = ^0.5)", "SPC205", "`act` of `lstm`", "`tanh`"),
    body(
        "x -> lstm(8, ^relu)", "SPC205", "fits several", "`act = relu` or `gate = relu`"
    ),
    body("x -> dropout(^1.0) -> dense(8)", "SPC205", "below 1, found 1.0", "0.5 drops"),
    body("x -> dropout(^50) -> dense(8)", "SPC205", "below 1, found 50", "0.5 drops"),
    body("x -> dropout(^-0.1) -> dense(8)", "SPC205", "at least 0, found -0.1"),
    body("x -> dropout(p = ^relu) -> dense(8)", "SPC205", "`relu`", "a number"),
    body("x -> dense(8, l2 = ^-1)", "SPC205", "`l2` of `dense` must be at least 0"),
    body("x -> conv(8, 3, stride = ^0)", "SPC205", "`stride` of `conv` must be"),
    body("x -> layernorm(^0) -> dense(8)", "SPC205", "must be above 0, found 0"),
    body(
        "x -> ^conv(8, 3, same, kernel = identity)", "SPC205", "`identity` is a matrix"
    ),
    body("x -> ^dense(8, bias = identity)", "SPC205", "`identity` is a matrix"),
    body("x -> ^irnn(8, bias = identity)", "SPC205", "`identity` is a matrix"),
    body("x -> ^dense", "SPC206", "`dense` needs `units`", "`dense(64)`"),
    body("x -> ^dense(relu)", "SPC206", "`dense` needs `units`"),
    body("x -> ^conv(8)", "SPC206", "`conv` needs `kernel`", "`conv(64, 3)`"),
    body("x -> ^lstm", "SPC206", "`lstm` needs `units`", "`lstm(64)`"),
    body("x -> ^dropout -> dense(8)", "SPC206", "`dropout` needs `p`", "dropout(0.5)"),
    body("x -> dense(8, ^units = 9)", "SPC207", "`units` of `dense` is given twice"),
    body("x -> dense(8, relu, ^tanh)", "SPC207", "`activation` of `dense`"),
    body("x -> dense(8, frozen, ^frozen)", "SPC207", "`frozen`"),
    body("x -> conv(8, kernel = 3, ^kernel = 5)", "SPC207", "`kernel`"),
    body("x -> lstm(8, final, ^final)", "SPC207", "`final`"),
    body("x -> lstm(8, init = (0, 0), ^init = (0, 0))", "SPC207", "`init`"),
    body("x -> dense(8, ^9)", "SPC208", "no place for `9`", "`dense` takes `units`"),
    body("x -> lstm(8, ^9)", "SPC208", "no place for `9`"),
    body('x -> dense(8, ^"relu")', "SPC208", "no place", "leave out the quotes"),
    body("x -> relu(^3) -> dense(8)", "SPC208", "no place", "`relu` takes no options"),
    body("relu = x -> tanh; relu -> dense(8, ^relu)", "SPC218", "`relu`", "rename"),
    body("final = x -> tanh; final -> lstm(8, ^final)", "SPC218", "`final`"),
]
TYPES = [
    body("x -> ^embed(8)", "SPC303", "the ids' bound", "int[T] < 8185", x="int[T]"),
    body("x -> ^embed(8)", "SPC304", "looks up ids", "dense(units)", x="float[T]"),
    body(
        "x -> ^dense(8)", "SPC304", "needs float values", "embed(dim)", x="int[T] < 9"
    ),
    body("x -> ^relu -> dense(8)", "SPC304", "`relu` needs float", x="bool[T]"),
    body("x -> ^shift(1) -> dense(8)", "SPC304", "ids or floats", x="bool[T]"),
    body("x -> mean -> ^lstm(8)", "SPC305", "`lstm` runs along", "`mean` removes"),
    body("x -> dense(8) -> max -> ^conv(8, 3)", "SPC305", "`conv`", "`max` removes"),
    body("x -> ^lstm(8)", "SPC305", "has none", "x: float[T, 8]", x="float[8]"),
    body("x -> ^mean -> dense(8)", "SPC305", "`mean`", "x: float[T, 8]", x="float[8]"),
    body(
        "x -> ^lstm(8)", "SPC306", "has 3 axes", "over T { lstm }", x="float[T, S, 8]"
    ),
    body(
        "x -> ^maxpool(2)", "SPC306", "has 3 axes", "over T", x="float[T, 4, 4] ragged"
    ),
    body(
        "x -> (dense(8), dense(4)) -> ^add",
        "SPC307",
        "`float[T, 8] ragged` with `float[T, 4] ragged`",
        "one width",
    ),
    body("x -> (dense(8), mean) -> ^add", "SPC307", "`float[4]`", "a time axis"),
    body("x -> (dense(8), dense(4)) -> ^dot", "SPC307", "same number of features"),
    body("x -> (relu, conv(4, 3)) -> ^concat", "SPC307", "`float[T - 2, 4] ragged`"),
    body(
        "let f = ^dense(8); x -> f -> f",
        "SPC307",
        "on `float[T, 4] ragged` and on `float[T, 8] ragged`",
        "second layer",
    ),
    body("let f = ^lstm(8); x -> f -> f", "SPC307", "`f` has one set of weights"),
    body(
        "x -> ^dense(8)", "SPC308", "the last axis of `float[T]` is `T`", x="float[T]"
    ),
    body("x -> ^flatten -> dense(8)", "SPC308", "needs fixed sizes", x="float[T, 4]"),
    body("x -> ^flatten", "SPC309", "lose the mask", "`mean`", x="float[9, 4] ragged"),
    body(
        "x -> ^conv(8, 3, stride = 2, same)", "SPC310", "padded length", "`padding = 1`"
    ),
    body("x -> ^avgpool(2, same)", "SPC310", "padded length"),
    body("x -> ^conv(8, 5)", "SPC311", "at least 5 steps, found 4", x="float[4, 4]"),
    body("x -> conv(8, 3) -> ^conv(8, 3)", "SPC311", "found 2", x="float[4, 4]"),
    body("x -> ^conv(8, 3, dilation = 2)", "SPC311", "at least 5", x="float[4, 4]"),
    body("x -> ^maxpool(5)", "SPC311", "`maxpool` needs", x="float[4, 4]"),
    body("x -> ^conv(9, 3, groups = 2)", "SPC312", "9 filters cannot be split into 2"),
    body("x -> ^conv(9, 3, groups = 3)", "SPC312", "4 input channels cannot be split"),
    body("x -> dense(1) -> ^softmax", "SPC315", "one element", "`sigmoid`"),
    body("x -> ^dense(1, softmax)", "SPC315", "one unit", "`sigmoid`"),
    body("x -> dense(1) -> ^log_softmax", "SPC315", "one element", "`sigmoid`"),
    body("x -> ^dense(8)", "SPC317", "has no axis", "float[1]", x="float"),
    body("x -> ^lstm(8)", "SPC317", "has no features", "float[T, 1]", x="float[T]"),
    body("x -> ^conv(8, 10 ** 9, dilation = 9)", "SPC220", "a window of `conv` spans"),
]
RECURRENT = [
    body(
        "x -> lstm(8, final) -> ^lstm(8)",
        "SPC305",
        "`lstm` runs along a time axis",
        "`final` in `lstm(8, final)` keeps the last output only",
    ),
    body(
        "x -> bi(gru(8, final)) -> dense(8) -> ^rnn(8)",
        "SPC305",
        "`rnn` runs along",
        "`final` in `bi(gru(8, final))`",
    ),
    body(
        "x -> (gru(8, final), rnn(8, final)) -> concat -> ^lstm(8)",
        "SPC305",
        "",
        "`final` in `gru(8, final)`",
    ),
    body("x -> bi(^dense(8))", "SPC408", "found `dense(8)`", "bi(lstm(64))"),
    body("x -> ^bi", "SPC408", "found nothing"),
    body("x -> bi(^x)", "SPC408", "found a value of type"),
    body("x -> bi(^lstm(4) -> dense(8))", "SPC408", "found `lstm(4) -> dense(8)`"),
    body("x -> bi(^lstm(4), gru(4))", "SPC408", "found several arguments"),
    body("x -> bi(^lstm(4, reverse))", "SPC408", "direction of its own", "`reverse`"),
    body("x -> bi(^bi(lstm(4)))", "SPC408", "direction of its own", "one `bi`"),
    body("let f = lstm(4); x -> bi(^f)", "SPC408", "found `f`", "let f = bi(...)"),
    body("x -> bi(lstm(4), merge = ^foo)", "SPC205", "`merge` of `bi`", "`average`"),
    body("x -> bi(lstm(4), ^3)", "SPC208", "`bi` has no place for `3`"),
    body("x -> lstm(8, init = ^0)", "SPC407", "2 states, found 1", "`h`, `c`"),
    body("x -> lstm(8, init = ^(0, 0, 0))", "SPC407", "2 states, found 3"),
    body(
        "y, s = x -> bi(gru(4, states)); x -> gru(8, init = ^s)",
        "SPC407",
        "1 state, found 2",
        "`init = join(...)`",
    ),
    body("x -> gru(8, init = ^x)", "SPC407", "is `float[8]`, found a value of type"),
    body("s = x -> mean; x -> gru(8, init = ^s)", "SPC407", "found a value of type"),
    body("x -> bi(gru(4, init = ^0))", "SPC407", "`bi_gru` starts from 2 states"),
    body("x -> gru(8, init = ^relu)", "SPC210", "`init` takes states, found a layer"),
    body("x -> gru(8, init = ^foo)", "SPC201", "`foo`"),
]
HIDDEN = []


@pytest.mark.parametrize(
    "mistake",
    [*NAMES, *FLOWS, *OPTIONS, *TYPES, *RECURRENT, *HIDDEN],
    ids=str,
)
def test_a_mistake_in_a_body_is_told_once_and_in_its_place(mistake: Mistake) -> None:
    mistake.check()


@pytest.mark.parametrize(
    "lines",
    [
        "x -> bi(rnn(4))",
        "x -> shift(1) -> rnn(8)",
        "(x, x -> shift(1)) -> concat -> bi(rnn(4))",
        "(x, x -> shift(1)) -> subtract -> self_attend(2) -> dense(8)",
        "x -> shift(1) -> self_attend(2, causal) -> dense(8)",
        "(x -> shift(1), x) -> attend -> bi(rnn(4))",
        "h = x -> shift(1); (h, h) -> attend(causal) -> dense(8)",
        "x -> shift(1) -> (bi(rnn(4, final)), mean) -> concat -> dense(8)",
    ],
)
def test_what_is_whole_or_reads_no_later_step_is_no_mistake(lines: str) -> None:
    found = check_text(
        "model m(x: float[T, 4] ragged) -> y: float[8] {\n  "
        + lines.replace("; ", "\n  ")
        + ("" if "mean" in lines else " -> mean")
        + "\n}"
    )
    assert not found, [d.message for d in found]
