"""The TensorFlow backend as `specc.codegen.backend.Backend` has it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from specc.codegen.elsewhere import Table
from specc.codegen.plan import Plan
from specc.codegen.renamed import Renamed
from specc.ir.graph import Model, Node
from specc.ir.op import Op
from specc.ir.schedule import Target
from specc_tensorflow.choice import remark_on
from specc_tensorflow.layers import emitted_ops
from specc_tensorflow.library import RESERVED
from specc_tensorflow.program import print_program
from specc_tensorflow.variables import variables_table


class TensorFlowBackend(Struct, frozen=True):
    """Functional Keras models; loading this imports no TensorFlow."""

    name: ClassVar[str] = "tensorflow"
    title: ClassVar[str] = "TensorFlow"
    modules: ClassVar[tuple[str, ...]] = ("tensorflow", "keras", "numpy")
    extra: ClassVar[str] = "tensorflow"
    runner: ClassVar[str] = "specc_tensorflow.runner"
    reserved: ClassVar[frozenset[str]] = RESERVED

    def supports(self, op: Op) -> bool:
        return op.name() in emitted_ops()

    def emit(self, plan: Plan) -> str:
        return print_program(plan)

    def weights_table(
        self, model: Model, renamed: Renamed, found: frozenset[str]
    ) -> Table:
        return variables_table(model, renamed, found)

    def remark(self, node: Node, target: Target) -> str:
        return remark_on(node, target)


backend = TensorFlowBackend()
