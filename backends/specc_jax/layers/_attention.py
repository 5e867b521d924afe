"""What the layers that attend have in common."""

from __future__ import annotations

from specc.codegen.expressions import Atom, Binary, Expression, call, literal
from specc.codegen.plan import Step
from specc.ops._attention import MultiHead
from specc_jax.writer import Writer


def weigh(scores: Expression, mask: Expression | None, causal: bool) -> Expression:
    """The softmax of scores, over the steps that a query may attend to."""
    if mask is None:
        return call("causal_softmax" if causal else "jax.nn.softmax", scores)
    return call("causal_masked_softmax" if causal else "masked_softmax", scores, mask)


def attend_with_heads(
    step: Step,
    writer: Writer,
    given: tuple[Expression, ...],
    mask: Expression | None,
    causal: bool,
) -> None:
    """Write a line each: the heads, their weights, and what they give together."""
    op = step.op
    assert isinstance(op, MultiHead)
    unbiased = "" if writer.has_weight(step, "b_o") else "_unbiased"
    kind = "self" if len(given) == 1 else "cross"
    heads = tuple(Atom(writer.temporary(n)) for n in ("queries", "keys", "values"))
    made = call(
        f"{kind}_heads{unbiased}", writer.weights(step), *given, literal(op.heads)
    )
    writer.put(heads, made, "")
    queries, keys, values = heads
    weights = Atom(writer.temporary("weights"))
    scores = call("scaled_scores", queries, keys)
    writer.put((weights,), weigh(scores, mask, causal), "")
    if op.dropout:
        writer.put((weights,), writer.random("dropout", weights, op.dropout), "")
    together = Binary("@", weights, values)
    result = call(f"merge_heads{unbiased}", writer.weights(step), together)
    writer.assign(step, result)
