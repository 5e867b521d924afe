"""Programs under JAX's transformations: jit, grad, vmap, shard_map, export."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402
from jax import export  # noqa: E402
from jax.sharding import Mesh, PartitionSpec  # noqa: E402
from specc_jax import backend  # noqa: E402

from specc.codegen.build import generate  # noqa: E402
from specc.ir.lengths import model_sizes  # noqa: E402
from specc.ir.schedule import TARGETS, Target  # noqa: E402
from specc.passes.recurrence.choose import schedule_model  # noqa: E402

pytestmark = pytest.mark.framework

SPECS = sorted((Path(__file__).parent / "specs").glob("*.seq"))
CLASSIFIER = """model classifier(tokens: int[T] < 11 pad 0) -> float[3] {
  tokens -> embed(4) -> conv(6, 3, causal, relu) -> maxpool(2) -> bi(lstm(5))
         -> dropout(0.5) -> gru(4, final) -> layernorm -> dense(3, softmax)
}"""
PRODUCT = r"stablehlo\.(?:dot_general|convolution).*"
IDS = np.array([[1, 2, 3, 4, 5, 6], [7, 8, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]], np.int32)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def loss(module):
    return lambda variables, tokens: module.apply(variables, tokens)[:, 0].sum()


def lowered_text(module, *arguments):
    """The StableHLO of the gradient, which has the forward pass in it."""
    value = jax.value_and_grad(lambda *all: leaves_sum(module.apply(*all)))
    return jax.jit(value).lower(*arguments).as_text()


def leaves_sum(outputs):
    return sum(jnp.sum(leaf) for leaf in jax.tree.leaves(outputs))


def arguments_of(module, model):
    variables = module.init()
    inputs = []
    for ref in model.inputs:
        type = model.type_of(ref)
        shape = (2, *(axis.size.at(dict.fromkeys("TS", 9)) for axis in type.axes))
        dtype = {"int": np.int32, "float": np.float32, "bool": bool}[type.dtype]
        inputs.append(np.ones(shape, dtype))
    return variables, *inputs


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_product_carries_highest_precision(path, build, worker):
    model = build(path.read_text())[0]
    for target in TARGETS:
        scheduled = schedule_model(model, Target(target))
        if target != "portable" and scheduled.nodes == model.nodes:
            continue
        module = worker.load(generate(scheduled, backend))
        found = lowered_text(module, *arguments_of(module, model))
        products = re.findall(PRODUCT, found)
        assert products or path.stem in PRODUCTLESS
        for product in products:
            exact = "HIGHEST, HIGHEST" in product
            exact |= product.count("#stablehlo<precision HIGHEST>") == 2
            assert exact, f"{target}: {product}"


PRODUCTLESS = ("activations", "dropout", "embed", "normal", "pool", "pool_ragged")
PRODUCTLESS += ("reduce_numbers", "reduce_ragged", "reshape", "shape_image")


@pytest.mark.parametrize("platform", ["cpu", "cuda", "tpu"])
def test_programs_export_with_symbolic_batch_and_length(platform, load):
    module = load(CLASSIFIER)
    # A scan over what may be no steps at all is more than JAX exports.
    shape = export.symbolic_shape("B, T", constraints=("T >= 2",))
    tokens = jax.ShapeDtypeStruct(shape, jnp.int32)
    variables = module.init()
    for function in (jax.jit(module.apply), jax.jit(jax.grad(loss(module)))):
        made = export.export(function, platforms=[platform])(variables, tokens)
        products = re.findall(PRODUCT, made.mlir_module())
        assert products and all("HIGHEST" in product for product in products)
        if platform == "cpu":
            jax.tree.map(close, made.call(variables, IDS), function(variables, IDS))


@pytest.mark.parametrize("name", ["conv", "pool", "reduce", "both", "states"])
def test_lengths_without_masks_are_symbolic_too(name, build, worker):
    model, source = build((SPECS[0].parent / f"{name}.seq").read_text())
    module = worker.load(source)
    names = ("B", *sorted({n for size in model_sizes(model) for n in size.names}))
    constraints = [f"{name} >= 5" for name in names]
    symbols = export.symbolic_shape(", ".join(names), constraints=constraints)
    sizes = dict(zip(names, symbols, strict=True))
    inputs = []
    for ref in model.inputs:
        axes = model.type_of(ref).axes
        shape = (sizes["B"], *(sizes.get(str(a), a.size.fixed) for a in axes))
        inputs.append(jax.ShapeDtypeStruct(shape, jnp.float32))
    made = export.export(jax.jit(module.apply))(module.init(), *inputs)
    assert all(aval.shape[0] == sizes["B"] for aval in made.out_avals)


def test_short_inputs_need_no_constraint_where_steps_may_be_none(load):
    module = load("model m(x: float[T, 2]) -> float[3] { x -> conv(3, 5) -> max }")
    batch, length = export.symbolic_shape("B, T")
    x = jax.ShapeDtypeStruct((batch, length, 2), jnp.float32)
    export.export(jax.jit(module.apply))(module.init(), x)


def test_loops_for_a_core_leave_masked_lengths_open(build, worker):
    layers = "x -> min_gru(4) -> bi(lru(2))"
    text = f"model m(x: float[T, 4] ragged) -> float[T, 8] {{ {layers} }}"
    model = schedule_model(build(text)[0], Target("cpu"))
    module = worker.load(generate(model, backend))
    rows, steps = export.symbolic_shape("B, T")
    x = jax.ShapeDtypeStruct((rows, steps, 4), jnp.float32)
    mask = jax.ShapeDtypeStruct((rows, steps), jnp.bool_)
    variables = module.init()
    made = export.export(jax.jit(module.apply))(variables, x, mask)
    given = jnp.ones((2, 3, 4)), jnp.asarray([[True, False, True], [False] * 3])
    close(made.call(variables, *given), module.apply(variables, *given))


def test_jit_changes_nothing(load):
    module = load(CLASSIFIER)
    variables = module.init()
    expected = module.apply(variables, IDS)
    found = jax.jit(module.apply)(variables, IDS)
    close(found, expected)


def test_programs_map_over_sets_of_weights(load):
    module = load(CLASSIFIER)
    sets = [module.init(seed) for seed in range(3)]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *sets)
    apply = jax.jit(module.apply)
    found = jax.jit(jax.vmap(module.apply, in_axes=(0, None)))(stacked, IDS)
    for place, variables in enumerate(sets):
        close(found[place], apply(variables, IDS))


def test_programs_map_over_batches_spread_on_devices(load):
    module = load(CLASSIFIER)
    variables = module.init()
    mesh = Mesh(np.array(jax.devices()[:1]), ("rows",))
    rows, whole = PartitionSpec("rows"), PartitionSpec()

    def total(variables, tokens):
        return jax.lax.psum(loss(module)(variables, tokens), "rows")

    for function, alone, out in (
        (module.apply, module.apply, rows),
        (jax.grad(total), jax.grad(loss(module)), whole),
    ):
        spread = jax.shard_map(
            function, mesh=mesh, in_specs=(whole, rows), out_specs=out
        )
        found = jax.jit(spread)(variables, IDS)
        jax.tree.map(close, found, jax.jit(alone)(variables, IDS))


def test_a_program_computes_in_the_precision_of_its_weights(worker, build):
    module = worker.load(build(CLASSIFIER)[1], "float64")
    single = module.init()
    double = jax.tree.map(lambda w: w.astype(jnp.float64), single)
    for variables, dtype in ((single, jnp.float32), (double, jnp.float64)):
        assert jax.eval_shape(module.apply, variables, IDS).dtype == dtype
        gradients = jax.eval_shape(jax.grad(loss(module)), variables, IDS)
        assert all(leaf.dtype == dtype for leaf in jax.tree.leaves(gradients))
