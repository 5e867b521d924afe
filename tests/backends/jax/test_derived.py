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
from specc.ir.schedule import Schedule
from specc.ops.recurrent import Recurrent

pytestmark = pytest.mark.framework

OWN = """
cell own(units: int) on (x: float[4]) {
  state h[units], s[units]
  param W, U, V, p, b
  g = hard_sigmoid(W @ x + U @ h + b)
  a = softmax(V @ (g * s))
  s' = max(s, g) * a + abs(h) ** 2 - min(p * s, a)
  h' = silu(s') + elu(g - a) / (2 + softplus(s)) + selu(h) * sin(s)
  leaky_relu(h' - s) + softsign(g) + gelu_tanh(a) + sqrt(exp(cos(h)) + relu(s))
}
"""
LOOPS = [
    Schedule(backward="derived", input_product=place, residuals=kept)
    for place, kept in product(("inside", "outside"), ("kept", "recomputed"))
]
TOGETHER = Schedule(backward="derived", directions="together")
SCANS = [Schedule(backward="derived", scan=scan) for scan in ("parallel", "chunked")]
CASES = [
    ("bi(lstm(6))", 12, [*LOOPS, TOGETHER]),
    ("gru(6)", 6, LOOPS),
    ("lstm_full_gate_recurrence(6, reverse)", 6, LOOPS),
    ("bi(sru(6), sum)", 6, LOOPS),
    ("qrnn(6)", 6, LOOPS),
    ("own(6)", 6, LOOPS),
    ("min_gru(6, reverse)", 6, [*LOOPS, *SCANS]),
    ("bi(lru(3))", 8, [*LOOPS, *SCANS]),
]


@pytest.mark.parametrize(("use", "width", "forms"), CASES, ids=[c[0] for c in CASES])
def test_all_forms_agree(use: str, width: int, forms: list[Schedule]) -> None:
    import jax
    import jax.numpy as jnp
    import numpy as np

    own = OWN if "own" in use else ""
    head = f"model m(x: float[T, 4] ragged) -> y: float[T, {width}]"
    model = compile(f"{own}{head} {{ x -> {use} }}").model()
    draw = np.random.default_rng(3)
    with jax.enable_x64(True):
        portable = load_program(generate(model, load_backend("jax")), "portable")
        variables = jax.tree.map(
            lambda w: jnp.asarray(draw.normal(size=w.shape)) * 0.5, portable.init(1)
        )
        x = jnp.asarray(draw.normal(size=(4, 5, 4)))
        rows = [[1, 1, 1, 1, 1], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]
        mask = jnp.asarray(rows, bool)
        seen = jnp.asarray(draw.normal(size=(4, 5, width)))

        def run(program: Any) -> Any:
            def loss(variables: Any, x: Any) -> Any:
                y = program.apply(variables, x, mask)
                return jnp.vdot(seen, y), y

            return jax.jit(jax.value_and_grad(loss, (0, 1), has_aux=True))(variables, x)

        expected = jax.tree.leaves(run(portable))
        for form in forms:
            program = load_program(
                generate(_with(model, form), load_backend("jax")), "x"
            )
            for found, wanted in zip(
                jax.tree.leaves(run(program)), expected, strict=True
            ):
                limit = 1e-12 * max(1.0, float(jnp.max(jnp.abs(wanted))))
                assert float(jnp.max(jnp.abs(found - wanted))) <= limit, form


def _with(model: Any, schedule: Schedule) -> Any:
    nodes = tuple(
        replace(node, op=replace(node.op, schedule=schedule))
        if isinstance(node.op, Recurrent)
        else node
        for node in model.nodes
    )
    return replace(model, nodes=nodes, target="cpu")


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

text = "model m(x: float[T, 4]) -> y: float[3] { x -> bi(gru(5, final)) -> dense(3) }"
model = schedule_model(compile(text).model(), Target("cpu"))
program = load_program(generate(model, load_backend("jax")), "program")
variables = program.init(2)
x = np.random.default_rng(0).normal(size=(4, 3, 4)).astype(np.float32)

def loss(variables, x, mesh=None):
    return (program.apply(variables, x, mesh=mesh) ** 2).sum()

one = jax.jit(jax.grad(loss))(variables, x)
two = jax.jit(jax.grad(lambda v, x: loss(v, x, mesh)))(variables, x)
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
