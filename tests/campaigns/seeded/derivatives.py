"""Faults in derived backward passes and linear forms, which both backends print."""

from __future__ import annotations

from msgspec.structs import replace

from tests.campaigns.seeded.mutant import Mutant, in_file

PASSES = "specc/passes"

DERIVED = (
    *in_file(
        f"{PASSES}/recurrence/slopes.py",
        (
            "softmax's mean",
            "own_cell",
            "the derivative of a softmax is that of its numerator",
            'return growing.arithmetic("*", y, growing.arithmetic("-", d, mean))',
            'return growing.arithmetic("*", y, d)',
        ),
        (
            "slope of a gate",
            "gru",
            "the derivative of sigmoid is y",
            'return do("*", d, do("*", y, do("-", one, y)))',
            'return do("*", d, y)',
        ),
        (
            "slope of tanh",
            "lstm",
            "the derivative of tanh is 1 - y",
            'return do("*", d, do("-", one, do("*", y, y)))',
            'return do("*", d, do("-", one, y))',
        ),
        (
            "gradient of one factor",
            "lstm",
            "both factors of a product get the gradient of the first",
            'return do("*", d, b), do("*", d, a)',
            'return do("*", d, b), do("*", d, b)',
        ),
        (
            "sign of a difference",
            "gru",
            "what is taken off gets the gradient of what it is taken from",
            'return d, growing.function("negative", d)',
            "return d, d",
        ),
        (
            "sign of a quotient",
            "own_cell",
            "the gradient of a divisor has the other sign",
            'return part, growing.function("negative", do("*", part, y))',
            'return part, do("*", part, y)',
        ),
        (
            "slope of silu",
            "own_cell",
            "the derivative of silu is its gate",
            'slope = do("+", gate, do("*", y, do("-", one, gate)))',
            "slope = gate",
        ),
        (
            "slope of gelu",
            "own_cell",
            "a factor of three is lost in the derivative of gelu_tanh",
            "number(3 * cube)",
            "number(cube)",
        ),
        (
            "smaller for larger",
            "own_cell",
            "the gradient of a minimum goes to the larger one",
            'return _share(growing, do("-", b, a), d)',
            'return _share(growing, do("-", a, b), d)',
        ),
    ),
    *in_file(
        f"{PASSES}/recurrence/differentiate.py",
        (
            "one use of a weight",
            "own_cell",
            "a vector that is used twice gets the gradient of one use",
            "return self.growing.sum(self.totals[number])",
            "return self.growing.sum(self.totals[number][:1])",
        ),
        (
            "gradient of one gate",
            "lstm",
            "the first gate passes no gradient on",
            "columns.append(growing.sum(found))",
            "columns.append(growing.sum(found) if start else growing.arithmetic("
            '"*", growing.number(0.0), growing.sum(found)))',
        ),
        (
            "one part of a gradient",
            "gru",
            "a value that serves twice gets the gradient of one use",
            'found = self.growing.sum(parts, f"d_{name}" if name else "")',
            'found = self.growing.sum(parts[:1], f"d_{name}" if name else "")',
        ),
    ),
)
LINEAR = in_file(
    f"{PASSES}/recurrence/linear.py",
    (
        "sign of a linear term",
        "linear_own",
        "what is taken off is added in a scan",
        'b if operator == "+" else self.scaled(b, -1.0))',
        "b)",
    ),
    (
        "coefficients not added",
        "linear_own",
        "of two coefficients of a state one counts",
        'factor = self.growing.arithmetic("+", old, factor)',
        "factor = old",
    ),
    (
        "divided once too little",
        "linear_own",
        "what is added is not divided with the states",
        "None if a.rest is None else change(a.rest),",
        "a.rest,",
    ),
)
DESCENT = in_file(
    f"{PASSES}/recurrence/slopes.py",
    (
        "ten steps",
        "gru",
        "the derivative of sigmoid is y; by training alone",
        'return do("*", d, do("*", y, do("-", one, y)))',
        'return do("*", d, y)',
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    *(replace(one, target="cpu") for one in DERIVED),
    *(replace(one, target="gpu", backends=("jax",)) for one in LINEAR),
    *(replace(one, target="cpu", by="descent") for one in DESCENT),
)
