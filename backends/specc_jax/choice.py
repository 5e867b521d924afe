"""In which form a recurrent layer becomes JAX, where it is not as scheduled."""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Node
from specc.ir.schedule import PORTABLE, Schedule, Target, TargetName
from specc.ops.recurrent import Recurrent
from specc_jax.cells import has_vectors, state_shapes

MANY, NARROW = 32, 128
"""From how many rows on, and below how many units, keeping costs a core more."""


def choose_schedule(op: Recurrent, target: Target) -> Schedule:
    """How a layer's loop is run."""
    if _loss(op, target.name):
        return PORTABLE
    if _is_crowded(op, target):
        return replace(op.schedule, residuals="recomputed")
    return op.schedule


def remark_on(node: Node, target: Target) -> str:
    """How a JAX program runs a layer otherwise than its schedule says."""
    assert isinstance(node.op, Recurrent)
    loss = _loss(node.op, target.name)
    if loss:
        return f"as in the portable program: {loss}"
    remarks = []
    if _is_crowded(node.op, target):
        remarks.append("residuals recomputed: of many rows, keeping them costs more")
    if node.op.schedule.scan != "sequential":
        remarks.append("JAX differentiates the scan, and keeps what that needs")
    if target.name == "gpu":
        remarks.append("no cuDNN: JAX has it for the LSTM alone, as an experiment")
    return "; ".join(remarks)


def _is_crowded(op: Recurrent, target: Target) -> bool:
    """Whether what is kept takes a core longer than a product to compute it again.

    XLA asks for the memory of a call anew at every call, and gets fresh pages.
    """
    kept = op.schedule.backward == "derived" and op.schedule.residuals == "kept"
    if target.name != "cpu" or not kept or (target.batch or 0) < MANY:
        return False
    plain = has_vectors(op.cell) and not (op.cell.outside or op.cell.layers)
    return plain and max(width for (width,) in state_shapes(op.cell)) < NARROW


def _loss(op: Recurrent, target: TargetName) -> str:
    """By what a core was measured to train slower with a derived backward pass."""
    if target != "cpu" or op.schedule.backward == "automatic":
        return ""
    if op.recurrent_dropout:
        return "for a core, masks of states make the derived way back slower"
    if not has_vectors(op.cell):
        return "for a core, keeping a matrix of every step makes it slower"
    return ""
