"""In which form a recurrent layer becomes JAX, where it is not as scheduled."""

from __future__ import annotations

from specc.ir.graph import Node
from specc.ir.schedule import PORTABLE, Schedule, Target, TargetName
from specc.ops.recurrent import Recurrent
from specc_jax.cells import has_vectors


def choose_schedule(op: Recurrent, target: TargetName) -> Schedule:
    """How a layer's loop is run."""
    return PORTABLE if _loss(op, target) else op.schedule


def remark_on(node: Node, target: Target) -> str:
    """How a JAX program runs a layer otherwise than its schedule says."""
    assert isinstance(node.op, Recurrent)
    loss = _loss(node.op, target.name)
    if loss:
        return f"as in the portable program: {loss}"
    remarks = []
    if node.op.schedule.scan != "sequential":
        remarks.append("JAX differentiates the scan, and keeps what that needs")
    if target.name == "gpu":
        remarks.append("no cuDNN: JAX has it for the LSTM alone, as an experiment")
    return "; ".join(remarks)


def _loss(op: Recurrent, target: TargetName) -> str:
    """By what a core was measured to train slower with a derived backward pass."""
    if target != "cpu" or op.schedule.backward == "automatic":
        return ""
    if op.recurrent_dropout:
        return "for a core, masks of states make the derived way back slower"
    if not has_vectors(op.cell):
        return "for a core, keeping a matrix of every step makes it slower"
    return ""
