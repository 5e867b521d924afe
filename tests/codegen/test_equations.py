"""A cell's equations as statements mean what the oracle computes."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from specc.codegen.equation_flow import Flow
from specc.codegen.equation_text import equation_lines
from specc.codegen.equations import Equations, print_equations
from specc.codegen.expressions import (
    Atom,
    Attribute,
    Binary,
    Expression,
    Index,
    List_,
    call,
    literal,
)
from specc.codegen.gate_sums import Vectors
from specc.codegen.layout import layout
from specc.codegen.names import Names
from specc.codegen.operands import Operand
from specc.codegen.statements import Assign
from specc.ir.graph import Cell, ProductGroup
from specc.lower import lower_text
from specc.ops.recurrent import Recurrent
from specc.passes import run_passes
from specc.reference.evaluate import evaluate
from specc.reference.tape import Value

ROWS, WIDTH = 3, 4


class NumpyNotation:
    """A backend without a framework, which repeats what depends on weights alone."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell

    def weight(self, name: str) -> Expression:
        return Index(Atom("weights"), literal(name))

    def function(self, name: str, x: Expression) -> Expression:
        return call(f"np.{name}", x)

    def smaller(self, a: Expression, b: Expression) -> Expression:
        return call("np.minimum", a, b)

    def larger(self, a: Expression, b: Expression) -> Expression:
        return call("np.maximum", a, b)

    def softmax(self, x: Expression) -> Expression:
        exponentials = call("np.exp", x)
        total = call("np.sum", exponentials, axis=literal(-1), keepdims=literal(True))
        return Binary("/", exponentials, total)

    def concat(self, parts: Sequence[Operand]) -> Expression:
        values = List_(tuple(part.expression for part in parts))
        return call("np.concatenate", values, axis=literal(-1))

    def product(self, a: Operand, b: Operand) -> Expression:
        if a.rank == 1:
            terms = Binary("*", a.expression, b.expression)
            return call("np.sum", terms, axis=literal(-1), keepdims=literal(True))
        return Binary("@", b.expression, Attribute(a.expression, "T"))

    @property
    def joins_vectors(self) -> bool:
        return True

    def vectors(self, joint: Vectors) -> Expression:
        return call("side", *map(literal, joint.weights))

    def products(self, group: ProductGroup, operand: Expression) -> Expression:
        nodes = [self.cell.nodes[n].inputs[0].node for n in group.products]
        weights = (literal(self.cell.nodes[node].name) for node in nodes)
        return Binary("@", operand, Attribute(call("side", *weights), "T"))

    def split(self, whole: Expression, sizes: Sequence[int]) -> Expression:
        ends = [literal(sum(sizes[:end])) for end in range(1, len(sizes))]
        return call("np.split", whole, List_(tuple(ends)), axis=literal(-1))


def cell_of(body: str, *, width: int = WIDTH, name: str = "own") -> Cell:
    text = f"""cell {name}(units: int) {{
{body}
}}
model m(x: float[T, {width}]) -> float[T, {WIDTH}] {{ x -> {name}({WIDTH}) }}
"""
    op = run_passes(lower_text(text)).nodes[-1].op
    assert isinstance(op, Recurrent)
    return op.cell


def printed(cell: Cell, *reserved: str) -> Equations:
    names = Names({"np", "weights", "side", *reserved})
    return print_equations(cell, NumpyNotation(cell), names, names.take("x"))


def code(statements: tuple[Assign, ...]) -> str:
    return layout(statements) if statements else ""


def body_of(text: str, **options: int) -> list[str]:
    return code(printed(cell_of(text, **options)).body).splitlines()


def states_after(cell: Cell, x, states, weights):
    """The states after one step, by the printed statements."""
    equations = printed(cell)

    def side(*names: str):
        return np.concatenate([weights[name] for name in names])

    scope = {"np": np, "weights": weights, "side": side, "x": x}
    scope |= dict(zip(equations.before, states, strict=True))
    exec(code(equations.fixed), scope)
    exec(code(equations.body), scope)
    results = (*equations.after, equations.output)
    return [eval(code_of(result.expression), scope) for result in results]


def code_of(expression: Expression) -> str:
    return layout([Assign((Atom("value"),), expression)]).partition("=")[2].strip()


def truth(cell: Cell, x, states, weights):
    """The states after one step, by the oracle."""
    given = {0: Value(x)}
    for state, value in zip(cell.states, states, strict=True):
        given[state.before.node] = Value(value)
    for number, node in enumerate(cell.nodes):
        if node.op.name() == "parameter":
            given[number] = Value(weights[node.name][None])
    values = evaluate(cell, given, {}, x.dtype)
    refs = [*(state.after for state in cell.states), cell.output]
    return [values[ref.node][ref.output].data for ref in refs]


def assert_means_the_same(cell: Cell, seed: int = 0) -> None:
    generator = np.random.default_rng(seed)
    width = cell.nodes[0].type.last.at({})
    x = generator.normal(size=(ROWS, width))
    states = [generator.normal(size=(ROWS, WIDTH)) for _ in cell.states]
    weights = {w.name: generator.normal(size=w.shape) for w in cell.weights}
    found = states_after(cell, x, states, weights)
    for one, other in zip(found, truth(cell, x, states, weights), strict=True):
        np.testing.assert_allclose(np.broadcast_to(one, other.shape), other, 1e-12)


def random_cell(seed: int) -> Cell:
    """Equations that read states before and after, in any order, and weights alone."""
    chance = random.Random(seed)
    states, weights = ["h", "c", "k"], ["b", "p"]
    known = [*states, *weights, "x"]

    def term(depth: int) -> str:
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(known)
        match chance.choice(["op", "op", "op", "f", "min", "@", "-"]):
            case "op":
                sides = f"{term(depth - 1)} {chance.choice('+-*')} {term(depth - 1)}"
                return f"({sides})"
            case "f":
                return f"{chance.choice(['tanh', 'sin'])}({term(depth - 1)})"
            case "min":
                return f"min({term(depth - 1)}, {term(depth - 1)})"
            case "@":
                return f"({chance.choice('UV')} @ {chance.choice(known)})"
            case _:
                return f"(-{term(depth - 1)})"

    lines = ["  state h[units], c[units], k[units]"]
    lines.append("  param U[units, units], V[units, units], b[units], p[units]")
    locals_, primes = [f"a_{i}" for i in range(4)], [f"{s}'" for s in states]
    targets = locals_ + primes
    chance.shuffle(targets)
    for target in targets:
        lines.append(f"  {target} = tanh({term(3)})")
        known.append(target)
    # Everything declared is used.
    every = " + ".join([*locals_, *states, "U @ b", "V @ p", "x"])
    lines.append(f"  {every}")
    return cell_of("\n".join(lines))


@pytest.mark.parametrize("seed", range(25))
def test_statements_compute_what_the_oracle_computes(seed: int) -> None:
    assert_means_the_same(random_cell(seed), seed)


def test_a_state_is_bound_anew_once_nobody_reads_it() -> None:
    body = body_of("  state h[units]\n  param U, W\n  h' = tanh(W @ x + U @ h)")
    assert body == ['h = np.tanh(x @ weights["W"].T + h @ weights["U"].T)']


def test_a_state_that_is_still_read_keeps_its_variable() -> None:
    text = """  state h[units], c[units]
  h' = tanh(c) + x
  c' = h * h'"""
    assert body_of(text) == ["h_new = np.tanh(c) + x", "c = h * h_new"]
    assert_means_the_same(cell_of(text))


def test_states_can_be_swapped() -> None:
    text = "  state h[units], c[units]\n  h' = c\n  c' = h + x"
    equations = printed(cell_of(text))
    assert code(equations.body) == "c_new = h + x\n"
    assert [code_of(value.expression) for value in equations.after] == ["c", "c_new"]
    assert_means_the_same(cell_of(text))


def squeezed(text: str) -> str:
    """A statement without the layout of its lines."""
    return "".join(text.split()).replace(",)", ")")


GATES = """  state h[units]
  param W_a, W_b, U_a, U_b, b_a[units], b_b[units], p
"""


@pytest.mark.parametrize(
    ("a", "b", "first", "rest"),
    [
        (  # all of it
            "tanh(W_a @ x + U_a @ h + b_a)",
            "sin(W_b @ x + U_b @ h + b_b)",
            "a, b = {W} + {U} + {b}",
            ["a = np.tanh(a)", "b = np.sin(b)"],
        ),
        (  # the other way round
            "tanh(U_a @ h + W_a @ x + b_a)",
            "sin(U_b @ h + W_b @ x + b_b)",
            "a, b = {U} + {W} + {b}",
            ["a = np.tanh(a)", "b = np.sin(b)"],
        ),
        (  # as far as they are alike
            "tanh(W_a @ x + U_a @ h + p * h)",
            "W_b @ x + U_b @ h + b_b",
            "z_a, z_b = {W} + {U}",
            [
                'a = np.tanh(z_a + weights["p"] * h)',
                'b = z_b + weights["b_b"]',
            ],
        ),
    ],
)
def test_sums_that_are_alike_in_all_gates_are_one(
    a: str, b: str, first: str, rest: list[str]
) -> None:
    told = f"{GATES}  a = {a}\n  b = {b}\n  h' = a * b\n  h' + (p + b_a) * b_b"
    first = first.format(
        W='x @ side("W_a", "W_b").T',
        U='h @ side("U_a", "U_b").T',
        b='side("b_a", "b_b")',
    )
    statements = printed(cell_of(told)).body
    targets, _, value = first.partition(" = ")
    whole = f"{targets} = np.split({value}, [4], axis=-1)"
    assert squeezed(code(statements[:1])) == squeezed(whole)
    assert code(statements[1 : len(rest) + 1]).splitlines() == rest
    assert_means_the_same(cell_of(told))


@pytest.mark.parametrize(
    "lines",
    [
        "a = tanh(W_a @ x + U_a @ h)\n  b = tanh(U_b @ h - W_b @ x)",  # another sign
        "a = tanh(W_a @ x + U_a @ h)\n  b = tanh(U_b @ h + W_b @ x)",  # another side
        "k = W_a @ x\n  a = k + U_a @ h\n  b = W_b @ x + U_b @ h + k",  # read twice
        "a = tanh(W_a @ x + U_a @ h)\n  b = W_b @ x + U_b @ (a * h)",  # not before a
        "a = W_a @ x + b_a\n  b = W_b @ x + b_a + U_a @ h + U_b @ h",  # one weight
    ],
)
def test_sums_that_are_not_alike_stay_apart(lines: str) -> None:
    used = "(p + b_a) * b_b"
    told = f"{GATES}  {lines}\n  h' = a * b\n  h' + {used} + U_a @ p + U_b @ p"
    assert not any(" + h @ np.concatenate" in line for line in body_of(told))
    assert_means_the_same(cell_of(told))


def test_gates_that_a_layer_reads_keep_sums_of_their_own() -> None:
    told = """  state h[units]
  param W_a, W_b, U_a, U_b
  a = W_a @ x + U_a @ h -> layernorm
  b = W_b @ x + U_b @ h
  h' = tanh(a) * b"""
    flow = Flow(cell_of(told), sums_of_weights=True)
    assert flow.group_of and not flow.sum_of
    plain = Flow(cell_of(told.replace(" -> layernorm", "")), sums_of_weights=True)
    assert len(plain.sum_of) == 2


def random_gates(seed: int) -> Cell:
    """Gates whose sums may be alike, between states that change."""
    chance = random.Random(seed)
    terms = ["W_{} @ x", "U_{} @ h", "b_{}", "V_{} @ c", "p * c"]
    used = chance.sample(terms, chance.choice([2, 3, 4]))
    lines = ["  state h[units], c[units]"]
    names = [f"{weight}_{gate}" for weight in "WUV" for gate in "ijk"]
    biases = [f"b_{gate}[units]" for gate in "ijk"]
    lines.append(f"  param {', '.join((*names, *biases))}, p[units]")
    for gate in "ijk":
        own = list(used)
        if chance.random() < 0.2:
            chance.shuffle(own)
        text = " + ".join(term.format(gate) for term in own)
        how = chance.choice(["tanh({})", "{}", "h * ({})", "({}) * 2"])
        lines.append(f"  {gate} = {how.format(text)}")
    places = sorted(chance.sample(range(2, 6), 2), reverse=True)
    for state, place in zip(chance.sample("hc", 2), places, strict=True):
        known = [*"hcx", *(gate for gate in "ijk"[: place - 2])]
        lines.insert(place, f"  {state}' = {' + '.join(chance.sample(known, 3))}")
    every = (*(f"{name} @ p" for name in names), *(b[:3] for b in biases))
    return cell_of("\n".join([*lines, f"  i + j + k + {' + '.join(every)}"]))


@pytest.mark.parametrize("seed", range(40))
def test_gates_compute_what_the_oracle_computes(seed: int) -> None:
    assert_means_the_same(random_gates(seed), seed)


def test_products_with_one_operand_are_made_together() -> None:
    text = """  state h[units]
  param W_a, W_b, U
  a = tanh(W_a @ x)
  b = W_b @ x
  h' = a * b + U @ h"""
    first, *rest = body_of(text)
    assert first == 'W_a_x, b = np.split(x @ side("W_a", "W_b").T, [4], axis=-1)'
    assert rest == ["a = np.tanh(W_a_x)", 'h = a * b + h @ weights["U"].T']


def test_what_depends_on_weights_alone_comes_before_the_steps() -> None:
    text = """  state h[units]
  param a, b
  rate = exp(a) + 1
  h' = rate * h + tanh(b) * x"""
    equations = printed(cell_of(text))
    fixed = ['rate = np.exp(weights["a"]) + 1', 'part = np.tanh(weights["b"])']
    assert code(equations.fixed).splitlines() == fixed
    assert code(equations.body) == "h = rate * h + part * x\n"


def test_a_value_used_twice_is_computed_once() -> None:
    text = "  state h[units]\n  a = tanh(h)\n  h' = a * x + a"
    assert body_of(text) == ["a = np.tanh(h)", "h = a * x + a"]


def test_thousands_of_terms_are_taken_in_parts() -> None:
    sum_of_many = " + ".join(["h * x"] * 5000)
    cell = cell_of(f"  state h[units]\n  h' = tanh({sum_of_many})")
    statements = [code((statement,)) for statement in printed(cell).body]
    assert max(statement.count("*") for statement in statements) < 20
    assert_means_the_same(cell)
    assert len(equation_lines(cell, 80)) < 40


def test_no_local_name_hides_what_the_program_needs() -> None:
    text = """  state weights[units]
  param np
  exec = tanh(np + x)
  lambda = exec * weights
  weights' = lambda"""
    cell = cell_of(text)
    equations = printed(cell)
    assert equations.before == ("weights_2",)
    assert code(equations.body).splitlines() == [
        'exec_ = np.tanh(weights["np"] + x)',
        "lambda_ = exec_ * weights_2",
    ]
    assert_means_the_same(cell)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("(1 - h) * x", "(1 - h) * x"),
        ("h - (x - b)", "h - (x - b)"),
        ("h - x - b", "h - x - b"),
        ("-(h + x)", "-(h + x)"),
        ("-h * x", "-h * x"),
        ("(-h) ** 2", "(-h) ** 2"),
        ("h ** (x ** b)", "h ** x ** b"),
        ("U @ (x * h)", "U @ (x * h)"),
        ("(U @ x) * h", "U @ x * h"),
        ("h * 0.5 + 2e-7", "h * 0.5 + 2e-07"),
        ("max(h, 0) / x", "max(h, 0) / x"),
        ("linear(h) + softmax(x)", "h + softmax(x)"),
    ],
)
def test_equations_are_shown_as_a_spec_writes_them(written: str, shown: str) -> None:
    declared = "  state h[units]\n  param b[units], U[units, units]"
    text = f"{declared}\n  h' = {written}\n  h' + U @ b"
    assert equation_lines(cell_of(text), 80) == (f"h' = {shown}", "h' + U @ b")


def test_a_layer_in_a_cell_is_shown_with_its_activation() -> None:
    cell = cell_of("  state h[units]\n  h' = concat(x, h) -> dense(units, tanh)")
    assert equation_lines(cell, 80) == ("h' = tanh(dense(concat(x, h)))",)


def test_a_long_equation_is_wrapped() -> None:
    cell = cell_of("  state h[units]\n  h' = " + " + ".join(["tanh(h)"] * 20))
    lines = equation_lines(cell, 80)
    assert len(lines) == 3 and all(len(line) <= 80 for line in lines)
    assert lines[1].startswith("    ")
