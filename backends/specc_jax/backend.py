"""The JAX backend as `specc.codegen.backend.Backend` has it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from specc.codegen.elsewhere import Table
from specc.codegen.plan import Plan
from specc.codegen.renamed import Renamed
from specc.ir.graph import Model, Node
from specc.ir.op import Op
from specc.ir.schedule import Target
from specc_jax.choice import remark_on
from specc_jax.layers import emitted_ops
from specc_jax.program import RESERVED, print_program
from specc_jax.variables import variables_table


class JaxBackend(Struct, frozen=True):
    """Pure functions over a nested dict of weights; loading this imports no JAX."""

    name: ClassVar[str] = "jax"
    title: ClassVar[str] = "JAX"
    modules: ClassVar[tuple[str, ...]] = ("jax", "numpy")
    extra: ClassVar[str] = "jax"
    runner: ClassVar[str] = "specc_jax.runner"
    reserved: ClassVar[frozenset[str]] = RESERVED

    def supports(self, op: Op) -> bool:
        return op.name() in emitted_ops()

    def emit(self, plan: Plan) -> str:
        return print_program(plan)

    def weights_table(
        self, model: Model, renamed: Renamed, found: frozenset[str]
    ) -> Table:
        return variables_table(model, renamed)

    def remark(self, node: Node, target: Target) -> str:
        return remark_on(node, target)


backend = JaxBackend()
