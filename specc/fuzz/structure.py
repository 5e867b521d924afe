"""Steps side by side, in loops, in blocks and in nested sequences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from specc.fuzz.layers import draw_step
from specc.fuzz.program import Block, Line, Loop, Step, Use, step_text
from specc.fuzz.recurrent import is_sequence
from specc.fuzz.scope import Drawn, Scope, Value, small
from specc.ir.op import IllTyped
from specc.ir.size import Size
from specc.ir.types import Axis, Type
from specc.ops import layer_names
from specc.ops.concat import Concat

TRIES = 40
STEPWISE = ("dense", "layernorm", "rmsnorm", "normalize", "dropout", "noise", "softmax")
CELLS = ("lstm", "gru", "rnn", "mgu", "min_gru", "sru", "gru_reset_before")


def add_fan(scope: Scope) -> bool:
    """One value into several layers, which are merged."""
    chance = scope.chance
    value = scope.recent()
    for _ in range(TRIES):
        drawn = [_any_step(scope, value) for _ in range(chance.randint(2, 3))]
        made = [one for one in drawn if one is not None and len(one.types) == 1]
        if len(made) < 2 or any(one.types[0].dtype != "float" for one in made):
            continue
        types = [one.types[0] for one in made]
        wild = max(one.wild for one in made)
        texts = [step_text(one.step) for one in made]
        fan = f"({', '.join(texts)})"
        merge = chance.pick(("concat", "add", "average", "maximum"))
        if merge != "concat" and len(set(types)) > 1:
            merge = "concat"
        if merge != "concat":
            scope.add(value.name, [value.name], [fan, merge], types[:1], wild)
            return True
        try:
            joined = Concat().result(*types)
        except IllTyped:
            continue
        if small(joined):
            scope.add(value.name, [value.name], [fan, merge], [joined], wild)
            return True
    return False


def add_loop(scope: Scope) -> bool:
    """`for`: a few steps that keep the type, several times over."""
    value = scope.recent()
    steps = _keeping(scope, value)
    if not steps:
        return False
    chance = scope.chance
    turns = chance.pick(((0, 1), (0, 1, 2), (1, 2), (2, 1), (0,), (3,)))
    name = scope.fresh("i")
    said = tuple(_say(scope, step, name, turns) for step in steps)
    loop = Loop(name, turns, said)
    scope.add(value.name, [value.name], [loop], [value.type])
    return True


def add_each(scope: Scope) -> bool:
    """`each k in [2, 3] { dense(k) } -> concat`."""
    chance = scope.chance
    value = scope.recent()
    if value.type.dtype != "float" or not _has_features(value.type):
        return False
    widths = [chance.width() for _ in range(chance.randint(2, 3))]
    activation = chance.pick(("tanh", "relu", "gelu"))
    body = chance.pick((f"dense(k, {activation})", f"dense(k) -> {activation}"))
    if is_sequence(value.type) and chance.likely(0.5):
        body = f"conv(k, k, causal, {activation})"
    made = value.type.with_last(sum(widths))
    texts = [f"each k in {widths} {{ {body} }}", "concat"]
    scope.add(value.name, [value.name], texts, [made])
    return small(made)


def add_over(scope: Scope) -> bool:
    """`over T { ... }` on a value of nested sequences."""
    for value in scope.chance.sample(scope.values, len(scope.values)):
        type = value.type
        if type.rank < 2 or scope.inner or type.dtype == "bool":
            continue
        if type.rank == 2 and type.dtype == "float":
            continue
        if not str(type.axes[0]).isidentifier():
            continue
        inside = Type(type.dtype, type.axes[1:], bound=type.bound, pad=type.pad)
        steps: list[Step] = []
        for _ in range(scope.chance.randint(1, 2)):
            drawn = _any_step(scope, Value(value.name, inside))
            if drawn is None or len(drawn.types) > 1:
                break
            if "batchnorm" in step_text(drawn.step) and type.ragged:
                break  # it would count words that are padding
            steps.append(drawn.step)
            (inside,) = drawn.types
        if not steps or inside.dtype != "float":
            continue
        made = Type("float", (type.axes[0], *inside.axes))
        text = f"over {type.axes[0]} {{ {' -> '.join(map(step_text, steps))} }}"
        if small(made):
            scope.add(value.name, [value.name], [text], [made])
            return True
    return False


def add_standard_block(scope: Scope, name: str) -> bool:
    """A block of the library around steps."""
    value = scope.recent()
    if name == "gated" and value.type.dtype == "float":
        drawn = _any_step(scope, value)
        if drawn is None or len(drawn.types) > 1 or drawn.wild:
            return False
        text = f"{name} {{ {step_text(drawn.step)} }}"
        scope.add(value.name, [value.name], [text], drawn.types, 1)
        return True
    steps = _keeping(scope, value)
    if not steps or (name != "residual" and not _has_features(value.type)):
        return False
    body = " -> ".join(map(step_text, steps))
    width = value.type.last.fixed or 1 if value.type.axes else 1
    head = f"highway({width})" if name == "highway" else name
    made = value.type
    if name == "densely":
        made = value.type.with_last(2 * width)
    scope.add(value.name, [value.name], [f"{head} {{ {body} }}"], [made], value.wild)
    return small(made)


def add_block(scope: Scope) -> bool:
    """A block of its own: a flow that keeps the type, with numbers as parameters."""
    chance = scope.chance
    value = scope.recent()
    if scope.inner:
        return False
    scope.inner = True  # axes have no names in a block
    steps = _keeping(scope, value)
    scope.inner = False
    if not steps:
        return False
    name = scope.fresh("block")
    texts = list(map(step_text, steps))
    parameters: list[str] = []
    arguments: list[int] = []
    for place, text in enumerate(texts):
        found = re.search(r"(?<=\()\d+(?=[,)])", text)
        if found and chance.likely(0.7):
            parameters.append(f"n{place}")
            arguments.append(int(found[0]))
            texts[place] = f"{text[: found.start()]}n{place}{text[found.end() :]}"
    lines = [Line(("u",), "z", ("z",), tuple(texts))]
    if chance.likely(0.5):
        lines.append(Line(("w",), "z + tanh(u)", ("z", "u")))
    result = lines[-1].targets
    block = Block(name, tuple(parameters), ("z",), tuple(lines), result)
    scope.blocks.append(block)
    uses: list[Step] = [Use(name, tuple(arguments))]
    if chance.likely(0.3):
        uses = uses * 2
    elif chance.likely(0.3):
        uses = [Loop(scope.fresh("i"), (0, 1), tuple(uses))]
    scope.add(value.name, [value.name], uses, [value.type], value.wild)
    return True


def add_let(scope: Scope) -> bool:
    """A layer bound by `let`, used on several values or twice in a row."""
    chance = scope.chance
    if scope.inner:
        return False
    value = scope.recent()
    alike = [one for one in scope.values if one.type == value.type]
    steps = _keeping(scope, value) if chance.likely(0.5) else None
    name = scope.fresh("shared")
    if steps:
        text = " -> ".join(map(step_text, steps))
        scope.declare(f"let {name} = {text}", name)
        scope.add(value.name, [value.name, name], [name, name], [value.type])
        return True
    drawn = _any_step(scope, value)
    if drawn is None or len(drawn.types) > 1 or drawn.wild > 1:
        return False
    scope.declare(f"let {name} = {step_text(drawn.step)}", name)
    for one in {value.name: value, (other := chance.pick(alike)).name: other}.values():
        wild = max(drawn.wild, one.wild)
        scope.add(one.name, [one.name, name], [name], drawn.types, wild)
    return True


def add_tied(scope: Scope) -> bool:
    """An embedding whose table is the output projection too."""
    chance = scope.chance
    if not scope.can_grow():
        return False
    bound, dim = chance.pick((9, 10, 13)), chance.width()
    pad = chance.pick((None, 0, bound - 1))
    axis = Axis(Size.named("T"), pad is not None)
    ids = scope.add_input(Type("int", (axis,), bound=bound, pad=pad))
    name = scope.fresh("words")
    options = chance.pick(("", "", ", frozen", ", l2 = 0.01", ", kernel = normal(0.5)"))
    scope.declare(f"let {name} = embed({dim}{options})", name)
    steps: list[Step] = ["shift(1)"] * chance.likely(0.5)
    h = Type("float", (axis, Axis(Size(dim))))
    (value,) = scope.add(ids.name, [ids.name, name], [*steps, name], [h])
    inner = chance.pick(("", "tanh", f"{chance.pick(CELLS)}({dim})"))
    bias = chance.pick(("", "", ", bias = zeros", ", bias = normal(0.1)"))
    width = chance.pick((2, 3))
    between = [inner] if inner else []
    # Reduced at the end: what predicts its own ids must not look ahead.
    scope.add(
        value.name,
        [value.name, name],
        [*between, f"tied({name}{bias})", f"dense({width}, tanh)"],
        [Type("float", (axis, Axis(Size(width))))],
    )
    return True


def add_feedback(scope: Scope) -> bool:
    """`feedback(n) { ... }` from a vector."""
    chance = scope.chance
    vectors = [
        value
        for value in scope.values
        if value.type.dtype == "float"
        and value.type.rank == 1
        and _has_features(value.type)
    ]
    if not vectors and not scope.can_grow():
        return False
    width = chance.width()
    value = (
        chance.pick(vectors)
        if vectors
        else scope.add_input(Type("float", (Axis(Size(width)),)))
    )
    width, steps = value.type.last.fixed or 1, chance.randint(1, 4)
    body = chance.pick(
        (
            f"{chance.pick(CELLS)}({chance.width()}) -> dense({width}, tanh)",
            f"{chance.pick(CELLS)}({width})",
            f"dense({width}, tanh)",
            f"residual {{ {chance.pick(CELLS)}({width}) }}",
            f"dense(3, relu) -> rnn(2) -> gru(3) -> dense({width}, tanh)",
        )
    )
    text = f"feedback({steps}) {{ {body} }}"
    type = Type("float", (Axis(Size(steps)), Axis(Size(width))))
    scope.add(value.name, [value.name], [text], [type])
    return True


def _any_step(scope: Scope, value: Value) -> Drawn | None:
    """Any one layer that fits the value."""
    names = sorted(layer_names())
    for _ in range(TRIES):
        drawn = draw_step(scope, scope.chance.pick(names), value)
        if drawn is not None:
            return drawn
    return None


def _keeping(scope: Scope, value: Value) -> list[Step]:
    """One to three steps after which the type is the same."""
    chance = scope.chance
    type = value.type
    if type.dtype != "float" or value.wild:
        return []
    steps: list[Step] = []
    names = sorted(layer_names())
    for _ in range(TRIES):
        if is_sequence(type) and chance.likely(0.15):
            steps.append(f"{chance.pick(CELLS)}({type.last})")
        else:
            drawn = draw_step(scope, chance.pick(names), Value(value.name, type))
            if drawn is None or drawn.wild:
                continue
            if drawn.types != (type,):
                fits = len(drawn.types) == 1 and _only_wider(drawn.types[0], type)
                if not fits:
                    continue
                steps += [drawn.step, f"dense({type.last}, tanh)"]
            else:
                steps.append(drawn.step)
        if chance.likely(0.5) or len(steps) > 2:
            break
    return steps


def _only_wider(found: Type, type: Type) -> bool:
    """Whether only the number of features is another, and `dense` may mend that."""
    same = found.axes[:-1] == type.axes[:-1] and found.rank == type.rank
    return bool(found.axes) and same and _has_features(found) and _has_features(type)


def _has_features(type: Type) -> bool:
    return bool(type.axes) and type.last.fixed is not None and not type.axes[-1].ragged


def _say(scope: Scope, step: Step, name: str, turns: Sequence[int]) -> Step:
    """The step, one of its numbers said by the loop's where that leaves it legal."""
    if not isinstance(step, str):
        return step
    dilation = re.search(r"dilation = \d+", step)
    if dilation and ("same" in step or "causal" in step):
        return step.replace(dilation[0], f"dilation = {name} + 1")
    rate = re.search(r"dropout\(\d\.\d+", step)
    if rate:
        return step.replace(rate[0], f"dropout({name} / 10")
    return step
