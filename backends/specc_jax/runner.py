"""Runs generated programs, in a process that has JAX."""

from __future__ import annotations

import gc
import inspect
import os
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import jaxlib.version
import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.generic]
Arrays: TypeAlias = dict[str, Array]
# A pytree of arrays, which only JAX looks into.
Tree: TypeAlias = Any


def prepare(precision: str) -> None:
    """Compute in `float32` or `float64` from now on."""
    double = precision == "float64"
    jax.config.update("jax_enable_x64", double)  # type: ignore[no-untyped-call]
    global _prepared
    _prepared += 1
    # What was compiled for the program before is of no use any more; what is compiled
    # for all of them, such as making an array, is.
    if not _hurried or _prepared % KEPT == 0:
        jax.clear_caches()  # type: ignore[no-untyped-call]
        gc.collect()


def hurry() -> None:
    """From now on compile a program once, for outputs and gradients together.

    And without most optimisations: compiling takes longer than all that is run.
    """
    global _hurried
    if _hurried:
        return
    _hurried = True
    jax.config.update("jax_disable_most_optimizations", True)  # type: ignore[no-untyped-call]
    # Looking for cycles among all that JAX holds takes a tenth of the time.
    gc.freeze()
    gc.disable()


SAME_BITS = "--xla_gpu_deterministic_ops=true"
"""A GPU adds up without races, and nothing is chosen by how fast it was just now."""


def deterministic() -> None:
    """From now on the same run gives the same bits; before anything is computed."""
    flags = os.environ.get("XLA_FLAGS", "").split()
    if flags[-1:] != [SAME_BITS]:  # the last word counts
        os.environ["XLA_FLAGS"] = " ".join([*flags, SAME_BITS])
    # On a CPU sums are made in parts, which depend on how many threads there are.
    os.environ["PJRT_NPROC"] = "1"


def describe() -> dict[str, str]:
    """Versions, the device, and the settings that may change numbers."""
    device = jax.devices()[0]
    return {
        "jax": jax.__version__,
        "jaxlib": jaxlib.version.__version__,
        "numpy": np.__version__,
        "device": device.device_kind,
        "devices": str(jax.device_count()),
        **{name: os.environ.get(name, "") for name in ("XLA_FLAGS", "PJRT_NPROC")},
    }


_hurried = False
_prepared = 0
KEPT = 40
"""For how many programs in a hurry caches are kept."""
QUICK: dict[str, str | bool | int] = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}
"""What makes XLA compile programs of a page five times as fast on a CPU."""


def initial(module: ModuleType, seed: int) -> Arrays:
    """The program's own first weights, by canonical name."""
    return _flat(module.init(seed))


def run(
    module: ModuleType, weights: Arrays, inputs: Arrays, outputs: tuple[str, ...]
) -> Arrays:
    """The outputs by name; `outputs` are their names in the order of the head."""
    given = [inputs[name] for name in _arguments(module, inputs)]
    if _hurried:
        shapes = _several(
            jax.eval_shape(_traced(module.apply), _nested(weights), *given)
        )
        zeros = {str(n): np.zeros(x.shape, x.dtype) for n, x in enumerate(shapes)}
        _, found = _differentiated(module, weights, inputs, zeros)
    else:
        found = _several(jax.jit(module.apply)(_nested(weights), *given))
    return {name: np.asarray(value) for name, value in zip(outputs, found, strict=True)}


def gradients(
    module: ModuleType, weights: Arrays, inputs: Arrays, cotangents: Arrays
) -> Arrays:
    """Of the sum of output * cotangent, for trainable weights and float inputs.

    `cotangents` are in the order of the head.
    """
    (of_weights, of_inputs), _ = _differentiated(module, weights, inputs, cotangents)
    frozen = module.SPEC.get("frozen", ())
    made = {name: g for name, g in _flat(of_weights).items() if name not in frozen}
    return made | {f"input:{name}": np.asarray(g) for name, g in of_inputs.items()}


def _differentiated(
    module: ModuleType, weights: Arrays, inputs: Arrays, cotangents: Arrays
) -> tuple[tuple[Tree, Tree], Tree]:
    """Gradients of the sum of output * cotangent, and the outputs."""
    floats = {name: x for name, x in inputs.items() if x.dtype.kind == "f"}
    others = {name: x for name, x in inputs.items() if name not in floats}
    gradient = _gradient(module.apply, _arguments(module, inputs))
    factors = tuple(cotangents.values())
    found: tuple[tuple[Tree, Tree], Tree] = gradient(
        _nested(weights), floats, others, factors
    )
    return found


@lru_cache(maxsize=1)
def _gradient(
    apply: Callable[..., Tree], names: tuple[str, ...]
) -> Callable[..., Tree]:
    """The compiled gradient of one program, for as long as it is in use."""
    forward = _traced(apply) if _hurried else apply

    def total(
        variables: Tree, floats: Tree, others: Tree, factors: Tree
    ) -> tuple[jax.Array, Tree]:
        given = floats | others
        found = _several(forward(variables, *(given[name] for name in names)))
        pairs = zip(found, factors, strict=True)
        sums = [jnp.sum(y * factor) for y, factor in pairs]
        return jnp.sum(jnp.stack(sums)), found

    gradient = jax.grad(total, argnums=(0, 1), has_aux=True)
    return jax.jit(gradient, compiler_options=QUICK if _hurried else None)


@lru_cache(maxsize=1)
def _traced(apply: Callable[..., Tree]) -> Callable[..., Tree]:
    """The program, traced once for its shapes and its gradient."""
    return jax.jit(apply, inline=True)


def penalty(module: ModuleType, weights: Arrays) -> float:
    """The penalty of the weights."""
    return float(module.penalty(_nested(weights)))


def _arguments(module: ModuleType, inputs: Arrays) -> tuple[str, ...]:
    """The inputs' names in the order of `apply`.

    An input whose name Python needs has another one in the program. Inputs come in
    the model's order, so what is left over by name is right by place.
    """
    parameters = inspect.signature(module.apply).parameters.values()
    own = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    renamed = iter([name for name in inputs if name not in own])
    return tuple(name if name in inputs else next(renamed) for name in own)


def _several(outputs: Tree) -> tuple[jax.Array, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _nested(weights: Arrays) -> Tree:
    """`{"bi_lstm.forward.W_i": w}` as `{"bi_lstm": {"forward": {"W_i": w}}}`."""
    tree: Tree = {}
    for name, weight in weights.items():
        *outer, last = name.split(".")
        place = tree
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = weight
    return tree


def _flat(tree: Tree, path: str = "") -> Arrays:
    found: Arrays = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{path}{key}.")
        else:
            found[path + key] = np.asarray(value)
    return found
