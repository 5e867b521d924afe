"""Chooses a schedule for every recurrence of a model, and says why."""

from __future__ import annotations

from msgspec.structs import replace

from specc.ir.graph import Model, Node
from specc.ir.schedule import PORTABLE, Schedule, Target
from specc.ir.types import Frozen
from specc.ops.recurrent import Recurrent
from specc.passes.recurrence.analyse import Facts, find_facts

LONG = 8192
"""From how many steps on a parallel scan goes by chunks."""

FEW = 8
"""Up to how many rows a core gains from input products before the loop."""


WIDE = 128
"""From how many units on moving the weights costs more than it saves for few rows."""


class Choice(Frozen):
    """One field of a schedule as it was chosen, and the reason."""

    field: str
    value: str
    reason: str


class Decision(Frozen):
    """The schedule of one recurrence and the reasons for it."""

    schedule: Schedule
    choices: tuple[Choice, ...]


def schedule_model(model: Model, target: Target) -> Model:
    """The model with the schedule of every recurrence chosen for a target."""
    found: dict[int, Facts] = {}
    nodes = tuple(_scheduled(node, target, found) for node in model.nodes)
    return replace(model, nodes=nodes, target=target)


def _scheduled(node: Node, target: Target, found: dict[int, Facts]) -> Node:
    op = node.op
    if not isinstance(op, Recurrent) or target.name == "portable":
        return node
    facts = found.setdefault(id(op.cell), find_facts(op.cell))
    return replace(node, op=replace(op, schedule=decide(node, facts, target).schedule))


def explain(node: Node, target: Target) -> Decision:
    """The schedule of a recurrent layer for a target, with the reasons."""
    assert isinstance(node.op, Recurrent)
    return decide(node, find_facts(node.op.cell), target)


def decide(node: Node, facts: Facts, target: Target) -> Decision:
    """The schedule for these facts about the layer's cell."""
    if target.name == "portable":
        reason = "the plain loop, which reads best; choose a target for speed"
        return Decision(PORTABLE, (Choice("backward", "automatic", reason),))
    if facts.obstacle:
        reason = f"its equations have {facts.obstacle}"
        return Decision(PORTABLE, (Choice("backward", "automatic", reason),))
    scan = _scan(facts, target)
    directions = _directions(node, facts, scan, target)
    choices = [_backward(), _input_product(facts, target)]
    choices += [_weights(node, facts, scan, target), _residuals(facts)]
    choices += [choice for choice in (directions, scan) if choice is not None]
    fields = {choice.field: choice.value for choice in choices}
    return Decision(Schedule(**fields), tuple(choices))  # type: ignore[arg-type]


def _backward() -> Choice:
    reason = "gradients of weights are one product each, after the loop"
    return Choice("backward", "derived", reason)


def _input_product(facts: Facts, target: Target) -> Choice:
    field = "input_product"
    if not facts.hoistable:
        return Choice(field, "inside", "nothing depends on the input alone")
    if target.name != "cpu":
        reason = "one large product for all steps fills the device"
        return Choice(field, "outside", reason)
    if _has_few_rows(target):
        reason = "for few rows, reading the weights at every step costs most"
        return Choice(field, "outside", reason)
    if facts.products:
        reason = "what a step reads stays in the cache"
        return Choice(field, "inside", reason)
    if facts.staged:
        reason = "the loop that is left is element by element"
        return Choice(field, "outside", reason)
    reason = "it stays in the cache; a way back gains from one product for all steps"
    return Choice(field, "either", reason)


def _weights(node: Node, facts: Facts, scan: Choice, target: Target) -> Choice:
    field, op = "weights", node.op
    assert isinstance(op, Recurrent)
    if target.name != "cpu":
        return Choice(field, "turned", "one matrix side by side fills the device")
    if scan.value != "sequential" or not _has_few_rows(target):
        reason = "many rows are multiplied faster with weights laid ready"
        return Choice(field, "turned", reason)
    if op.cell.outside or op.drops:
        reason = "what is seen or kept at every step is laid ready with them"
        return Choice(field, "turned", reason)
    if facts.width < WIDE:
        return Choice(field, "turned", "narrow weights are soon laid ready")
    reason = "for few rows, moving wide weights costs as much as many steps"
    return Choice(field, "unmoved", reason)


def _has_few_rows(target: Target) -> bool:
    return target.batch is not None and target.batch < FEW


def _residuals(facts: Facts) -> Choice:
    if facts.products:
        reason = "computing gates again costs a product at every step"
        return Choice("residuals", "kept", reason)
    reason = "the states say it all, and the loop is element by element"
    return Choice("residuals", "recomputed", reason)


def _directions(
    node: Node, facts: Facts, scan: Choice, target: Target
) -> Choice | None:
    """None where there is one direction: nothing to choose."""
    field, op = "directions", node.op
    assert isinstance(op, Recurrent)
    if op.direction != "both":
        return None
    if target.name == "cpu":
        reason = "on a core, one loop over both takes as long as two loops"
        return Choice(field, "apart", reason)
    plain = op.merge == "concat" and not (op.states or op.drops)
    if not plain or facts.staged or len(node.inputs) > 1:
        reason = "only two directions side by side, from zeros, go in one loop"
        return Choice(field, "apart", reason)
    if scan.value != "sequential":
        return Choice(field, "apart", "there is no loop to share")
    reason = "one loop over both has half the steps to launch"
    return Choice(field, "together", reason)


def _scan(facts: Facts, target: Target) -> Choice:
    if not facts.linear:
        return Choice("scan", "sequential", "a state is not linear in the states")
    if target.name == "cpu":
        reason = "linear in its states, but a core runs the plain loop fastest"
        return Choice("scan", "sequential", reason)
    length = target.length
    if length is not None and length > LONG:
        reason = "linear in its states; a scan over chunks needs less memory"
        return Choice("scan", "chunked", reason)
    reason = "linear in its states: the steps are combined in log(T) rounds"
    return Choice("scan", "parallel", reason)
