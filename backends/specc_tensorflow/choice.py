"""Which form a recurrent layer takes in a Keras program, and why."""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Node
from specc.ir.schedule import PORTABLE, Schedule, Target, TargetName
from specc.ir.types import Frozen
from specc.ops.recurrent import Recurrent
from specc_tensorflow.stock import StockUse, find_stock


class LoopChoice(Frozen):
    """The form of one layer.

    `schedule`: how its own loop is run. `stock`: Keras's cell that is equal, where the
    layer is made of it. `reason`: why, for a reader.
    """

    schedule: Schedule = PORTABLE
    stock: StockUse | None = None
    reason: str = ""

    @property
    def derived(self) -> bool:
        """Whether the layer is a loop with a backward pass of its own."""
        return self.schedule.backward == "derived"


def choose_loop(op: Recurrent, masked: bool, target: TargetName) -> LoopChoice:
    """The form of a recurrent layer; `masked`: whether any of its uses has a mask."""
    stock = find_stock(op.cell)
    stock = stock if stock and _drops_alike(op, stock) else None
    if op.schedule.backward == "automatic":
        return LoopChoice(stock=stock, reason="as in the portable program")
    # Measured on a CPU too: one product for all steps uses more cores than a step's.
    # Variables are made as [in, out], side by side: there is nothing to move.
    schedule = replace(op.schedule, input_product="outside", weights="turned")
    if target != "gpu":
        reason = "compiled for each batch size and length, after products with x"
        return LoopChoice(schedule, reason=reason)
    if stock is None or not stock.runs_on_cudnn:
        reason = "cuDNN has only lstm and gru, with biases, tanh and sigmoid"
        return LoopChoice(schedule, reason=f"a loop of its own: {reason}")
    if masked:
        reason = "cuDNN takes no row that is all padding"
        return LoopChoice(schedule, reason=f"a loop of its own: {reason}")
    reason = f"layers.{stock.cell.layer}, which is equal and runs on cuDNN"
    return LoopChoice(stock=stock, reason=reason)


def _drops_alike(op: Recurrent, stock: StockUse) -> bool:
    """Whether a stock layer drops by the same masks.

    With `recurrent_dropout`, Keras's LSTM and GRU draw masks for each gate.
    """
    alike = stock.cell.layer == "SimpleRNN" or not op.recurrent_dropout
    return alike and not op.weight_dropout


def remark_on(node: Node, target: Target) -> str:
    """How a Keras program runs a recurrent layer that has its schedule."""
    op = node.op
    assert isinstance(op, Recurrent)
    if target.name == "portable":
        return ""
    masked = bool(node.masks) and node.masks[0] is not None
    choice = choose_loop(op, masked, target.name)
    remarks = [choice.reason]
    if choice.derived and op.schedule.weights == "unmoved":
        remarks.append("variables as [in, out]")
    if choice.derived and op.schedule.scan != "sequential":
        remarks.append("step after step")
    if choice.derived and op.schedule.directions == "together":
        remarks.append("each direction apart")
    return "; ".join(remarks)
