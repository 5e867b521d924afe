"""Every form of a recurrence computes the same, forward and back, in float64."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.compiler import compile
from specc.ir.schedule import Schedule, Target, TargetName
from specc.ops.recurrent import Recurrent
from specc.passes.recurrence.choose import schedule_model

pytestmark = pytest.mark.framework

OWN = """
cell own(units: int) on (x: float[4]) {
  state h[units], s[units]
  param W, U, V, p, b
  g = hard_sigmoid(W @ x + U @ h + b)
  a = softmax(V @ (g * s))
  s' = max(s, g) * a + abs(h) ** 2 - min(p * s, a)
  h' = silu(s') + elu(g - a) / (2 + softplus(s)) + selu(h) * sin(s)
  n = leaky_relu(h' - s) + softsign(g) + gelu_tanh(a) + gelu(s')
  n + sqrt(exp(cos(h)) + relu(s))
}
"""
LOOPS = [
    Schedule(
        backward="derived", input_product=place, weights=weights, residuals=residuals
    )
    for place, weights, residuals in product(
        ("inside", "outside"), ("turned", "unmoved"), ("kept", "recomputed")
    )
]
EITHER = Schedule(backward="derived", input_product="either", residuals="recomputed")
TOGETHER = Schedule(backward="derived", directions="together")
SCANS = [Schedule(backward="derived", scan=scan) for scan in ("parallel", "chunked")]
CASES = [
    ("bi(lstm(6))", 12, [*LOOPS, TOGETHER]),
    ("gru(6)", 6, [*LOOPS, EITHER]),
    ("lstm_full_gate_recurrence(6, reverse)", 6, LOOPS),
    ("bi(sru(6), sum)", 6, LOOPS),
    ("qrnn(6)", 6, LOOPS),
    ("own(6)", 6, LOOPS),
    ("min_gru(6, reverse)", 6, [*LOOPS, EITHER, *SCANS]),
    ("bi(lru(3))", 8, [*LOOPS, EITHER, *SCANS]),
]
FEW = LOOPS[::3]
SEEING = """
cell seeing(units: int, summary: float[d]) {
  state h[units]
  param W, U, V, b, u
  r = tanh(V @ summary)
  h' = tanh(W @ concat(x, summary) + r * (U @ h) + b) * summary
  concat(summary, r, h' * u) -> dense(units)
}"""
LAYERS = """
cell layers(units: int) {
  state h[units], M[units, 3]
  param U, p[2] = normal
  n = (concat(p, tanh(x), h) -> dense(units, gelu) -> layernorm) + U @ h
  M' = 0.5 * M + outer(n, x -> dense(3, softmax))
  h' = tanh(M' @ (h -> dense(3)) + transpose(M) @ n @ (h -> dense(3)))
  (concat(x, h') -> dense(units, tanh) -> layernorm(bias = none)) * n
}"""
FINDING = """
cell finding(units: int, memory: float[S, d], other: float[S, e], places: float[2, d]) {
  state h[units], M[2, units]
  near = (h, memory) -> attend(3, additive)
  far = (near, other) -> attend(3, additive, bias = none)
  valued = (x, memory, other) -> attend(2, additive)
  plain = (h, memory) -> attend
  mapped = (tanh(far), memory) -> attend(general)
  still = (plain, places) -> attend(scale = none)
  own = (h, M) -> attend(general)
  M' = 0.5 * M + tanh(h)
  h' = concat(near, far, plain, mapped, still, own, x) -> dense(units, tanh)
  concat(h', valued) -> dense(units)
}"""
GAPS = """
cell gaps(units: int) on (x: float[d], gap: float) {
  state h[units]
  param W, U, b, v
  h' = tanh(W @ x + U @ h + b) / (2 + gap * v)
}"""
MODELS = {
    "a vector from outside": f"""{SEEING}
        model m(x: float[T, 4] ragged, s: float[6]) -> y: float[T, 6] {{
          x -> bi(seeing(6, s), sum) }}""",
    "layers inside, and a matrix": f"""{LAYERS}
        model m(x: float[T, 4] ragged, s: float[6]) -> y: float[T, 6] {{
          x -> layers(6, init = (s, 0.5)) }}""",
    "a single number": f"""{GAPS}
        model m(x: float[T, 4] ragged, s: float[6]) -> y: float[T, 6] {{
          gap = x -> dense(1, sigmoid)
          (x, gap) -> gaps(6, init = s) }}""",
    "attention inside": f"""{FINDING}
        model m(x: float[T, 4] ragged, s: float[6]) -> y: float[T, 6] {{
          memory = x -> dense(6)
          places = s -> dense(12) -> reshape(2, 6)
          x -> finding(6, memory, x -> dense(3), places, init = (s, 0.5)) }}""",
    "a linear cell that sees a vector": """
        cell fading(units: int, summary: float[d]) {
          state h[units]
          param W, V
          h' = sigmoid(V @ summary) * h + (1 - summary) * (W @ x)
        }
        model m(x: float[T, 4] ragged, s: float[6]) -> y: float[T, 6] {
          x -> fading(6, s, reverse) }""",
    "what is kept of states": """
        model m(x: float[T, 4] ragged, s: float[6]) -> (y: float[T, 12], c: float[12]) {
          y, ends = x -> bi(gru(6, dropout = 0.2, recurrent_dropout = 0.4,
                                weight_dropout = 0.3, states, init = (s, 0.5)))
          c = ends -> concat }""",
}


@pytest.mark.parametrize(("use", "width", "forms"), CASES, ids=[c[0] for c in CASES])
def test_all_forms_agree(use: str, width: int, forms: list[Schedule]) -> None:
    own = OWN if "own" in use else ""
    head = f"model m(x: float[T, 4] ragged) -> y: float[T, {width}]"
    _hold(f"{own}{head} {{ x -> {use} }}", forms, target="cpu")


@pytest.mark.parametrize("name", MODELS)
def test_what_a_cell_may_hold_agrees_in_training_too(name: str) -> None:
    _hold(MODELS[name], [*FEW, EITHER, *SCANS] if "linear" in name else FEW)


@pytest.mark.parametrize("use", ["bi(lru(3))", "bi(sru(6), sum)"])
def test_all_forms_agree_for_a_row_alone(use: str) -> None:
    width = 8 if "lru" in use else 6
    head = f"model m(x: float[T, 4] ragged) -> y: float[T, {width}]"
    _hold(f"{head} {{ x -> {use} }}", LOOPS[-1:], rows=1)


@pytest.mark.parametrize("name", MODELS)
def test_what_a_cell_may_hold_agrees_for_a_row_alone(name: str) -> None:
    _hold(MODELS[name], FEW, rows=1)


def _hold(
    text: str, forms: list[Schedule], rows: int = 4, target: TargetName = "gpu"
) -> None:
    """Hold outputs, with and without gradients, and these to the portable program."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    model = compile(text).model()
    draw = np.random.default_rng(3)
    with jax.enable_x64(True):
        portable = load_program(generate(model, load_backend("jax")), "portable")
        variables = jax.tree.map(
            lambda w: jnp.asarray(draw.normal(size=w.shape)) * 0.5, portable.init(1)
        )
        x = jnp.asarray(draw.normal(size=(4, 5, 4)))[-rows:]
        given = (
            (jnp.asarray(draw.normal(size=(rows, 6))),) if "s: float[6]" in text else ()
        )
        masks = [[1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 1, 0]]
        mask = jnp.asarray(masks, bool)[-rows:]
        rng = jax.random.key(4)

        def run(program: Any) -> Any:
            def loss(variables: Any, x: Any, given: Any) -> Any:
                found = program.apply(
                    variables, x, *given, mask, training=True, rng=rng
                )
                outputs = jax.tree.leaves(found)
                seen = [jnp.cos(jnp.arange(y.size)).reshape(y.shape) for y in outputs]
                total = sum(map(jnp.vdot, seen, outputs))
                return total, found

            train = jax.value_and_grad(loss, (0, 1, 2), has_aux=True)
            found = jax.jit(train)(variables, x, given)
            return found, jax.jit(loss)(variables, x, given)

        expected = jax.tree.leaves(run(portable))
        for form in forms:
            source = generate(_with(model, form, target), load_backend("jax"))
            # Five steps are three chunks, the last of them not full.
            program = load_program(source.replace("CHUNK = 256", "CHUNK = 2"), "x")
            assert hasattr(program, "run_loop") or form.scan != "sequential"
            for found, wanted in zip(
                jax.tree.leaves(run(program)), expected, strict=True
            ):
                limit = 1e-13 * max(1.0, float(jnp.max(jnp.abs(wanted))))
                assert float(jnp.max(jnp.abs(found - wanted))) <= limit, form


def _with(model: Any, schedule: Schedule, target: TargetName) -> Any:
    nodes = tuple(
        replace(node, op=replace(node.op, schedule=schedule))
        if isinstance(node.op, Recurrent)
        else node
        for node in model.nodes
    )
    # A GPU runs all as it is scheduled; a CPU has gradients of matrices rows first.
    return replace(model, nodes=nodes, target=Target(target))


def test_where_a_core_trains_slower_the_loop_is_the_portable_one() -> None:
    text = "model m(x: float[T, 4]) -> float[T, 6] {{ x -> {} }}"
    use, backend = "lstm(6, recurrent_dropout = 0.5)", load_backend("jax")
    for one, target, runner in (
        (use, Target("cpu"), "recur("),
        (use, Target("gpu"), "run("),
        ("lstm(6)", Target("cpu"), "run("),
    ):
        model = schedule_model(compile(text.format(one)).model(), target)
        assert f" = {runner}" in generate(model, backend)
        said = backend.remark(model.nodes[1], target)
        assert ("portable program" in said) == (runner == "recur("), said


MESH = """
import jax
jax.config.update("jax_num_cpu_devices", 2)
mesh = jax.make_mesh((2,), ("batch",))
import numpy as np
from specc.codegen.backend import load_backend
from specc.codegen.build import generate, load_program
from specc.compiler import compile
from specc.ir.schedule import Target
from specc.passes.recurrence.choose import schedule_model

head = "model m(x: float[T, 4]) -> y: float[3]"
text = head + "{ x -> min_gru(4) -> bi(lru(2)) -> bi(gru(5, final)) -> dense(3) }"
model = schedule_model(compile(text).model(), Target("cpu"))
program = load_program(generate(model, load_backend("jax")), "program")
variables = program.init(2)
x = np.random.default_rng(0).normal(size=(4, 3, 4)).astype(np.float32)

def loss(variables, x, mesh=None):
    return (program.apply(variables, x, mesh=mesh) ** 2).sum()

one = jax.jit(jax.value_and_grad(loss))(variables, x)
spread = jax.jit(jax.value_and_grad(lambda v, x: loss(v, x, mesh)))
two = spread(variables, x)
compiled = spread.lower(variables, x).compile().as_text()
assert "all-reduce" in compiled, "gradients are summed over the devices"
assert "all-gather" not in compiled and "all-to-all" not in compiled, "and rows stay"
alone = jax.jit(lambda v, x: loss(v, x, mesh))(variables, x)
np.testing.assert_allclose(alone, one[0], rtol=1e-5)
for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
    assert len(b.sharding.device_set) == 2
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
print("alike")
"""


def test_a_batch_over_two_devices_gives_the_same_gradients() -> None:
    found = subprocess.run(
        [sys.executable, "-c", MESH], capture_output=True, text=True, check=False
    )
    assert found.stdout == "alike\n", found.stderr
