"""What the layers that attend have in common."""

from __future__ import annotations

from specc.codegen.expressions import (
    Atom,
    Binary,
    Expression,
    Index,
    Tuple_,
    call,
    literal,
)
from specc.codegen.plan import Step
from specc.ops._attention import MultiHead
from specc.ops.self_attend import SelfAttend
from specc_jax.writer import Writer

PROJECTIONS = ("q", "k", "v")


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
) -> None:
    """Write a line each: the heads, their weights, and what they give together."""
    op = step.op
    assert isinstance(op, MultiHead)
    heads = tuple(Atom(writer.temporary(n)) for n in ("queries", "keys", "values"))
    queries, keys, values = heads
    biased = [writer.has_weight(step, f"b_{name}") for name in (*PROJECTIONS, "o")]
    unbiased = "" if biased[-1] else "_unbiased"
    if op.groups == 1 and len(set(biased)) == 1:
        kind = f"{'self' if len(given) == 1 else 'cross'}_heads{unbiased}"
        w = writer.weights(step)
        writer.put(heads, call(kind, w, *given, literal(op.heads)), "")
    else:
        w = _project(step, writer, given, heads)
    if isinstance(op, SelfAttend) and op.rotary:
        base = literal(op.rotary_base)
        turned = tuple(call("rotary", x, base) for x in (queries, keys))
        writer.put((queries, keys), Tuple_(turned), "")
    if op.groups > 1:
        groups = literal(op.groups)
        repeated = (call("jnp.repeat", x, groups, axis=literal(1)) for x in heads[1:])
        writer.put((keys, values), Tuple_(tuple(repeated)), "")
    scores = call(
        "plain_scores" if op.scale == "none" else "scaled_scores", queries, keys
    )
    if isinstance(op, SelfAttend) and op.alibi:
        scores = call("alibi", scores)
    weights = Atom(writer.temporary("weights"))
    if isinstance(op, SelfAttend) and op.window is not None:
        named = Atom(writer.temporary("scores"))
        writer.put((named,), scores, "")
        weighed = _weigh_near(named, mask, op.window, op.causal)
    else:
        weighed = weigh(scores, mask, op.causal)
    writer.put((weights,), weighed, "")
    if op.dropout:
        writer.put((weights,), writer.random("dropout", weights, op.dropout), "")
    together = Binary("@", weights, values)
    writer.assign(step, call(f"merge_heads{unbiased}", w, together))


def _project(
    step: Step,
    writer: Writer,
    given: tuple[Expression, ...],
    heads: tuple[Atom, ...],
) -> Expression:
    """A line for each projection, where they are not all alike; returns the weights."""
    op = step.op
    assert isinstance(op, MultiHead)
    query, memory = given[0], given[-1]
    if writer.mask(step, len(given) - 1) is not None:
        seen = Atom(writer.temporary("seen"))
        writer.put((seen,), memory, "")
        query, memory = (seen if len(given) == 1 else query), seen
    w = Atom(writer.temporary("w"))
    writer.put((w,), writer.weights(step), "")
    for name, x, head in zip(PROJECTIONS, (query, memory, memory), heads, strict=True):
        y: Expression = Binary("@", x, Index(w, literal(f"W_{name}")))
        if writer.has_weight(step, f"b_{name}"):
            y = Binary("+", y, Index(w, literal(f"b_{name}")))
        count = op.heads if name == "q" else op.heads // op.groups
        writer.put((head,), call("split_heads", y, literal(count)), "")
    return w


def _weigh_near(
    scores: Expression, mask: Expression | None, window: int, causal: bool
) -> Expression:
    """The softmax of scores, over steps that are not too far from a query."""
    near = call("last_steps" if causal else "near_steps", scores, literal(window))
    if mask is None:
        return call("softmax_where", scores, near)
    counting = call("for_queries", mask, scores)
    return call("softmax_where", scores, Binary("&", counting, near))
