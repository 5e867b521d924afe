"""Cells that read more than a vector: matrices, images, two inputs, sequences.

Their equations are given, and their sizes, options and surroundings drawn.
"""

from __future__ import annotations

from specc.fuzz.options import call
from specc.fuzz.recurrent import find_sequence
from specc.fuzz.scope import Scope, small
from specc.ir.size import Size
from specc.ir.types import Axis, Type

MEMORY = """\
cell {name}(keys: int, values: int) {{
  state S[values, keys]
  param W_k, W_v, W_q
  S' = {decay} * S + outer(W_v @ x, {squash}(W_k @ x))
  S' @ {squash}(W_q @ x)
}}"""
FRAMES = """\
cell {name}(filters: int, size: int) on (x: float[H, W, d]) {{
  state h[H, W, filters]
  z = sigmoid(concat(x, h) -> conv(filters, size, same) as gate)
  h' = z * h + (1 - z) * (x -> conv(filters, size, same, {squash}))
}}"""
GAPS = """\
cell {name}(units: int) on (x: float[d], gap: float) {{
  state h[units]
  param W, U, w, b
  faded = h / (1 + {decay} * gap ** 2)
  h' = {squash}(W @ x + U @ faded + w * sin(gap) + b)
}}"""
PAIRED = """\
cell {name}(units: int) on (x: float[d], y: float[e]) {{
  state h[units], last[d]
  param W, V, L, U, b[units]
  last' = x
  h' = {decay} * h + {squash}(W @ x + V @ y + L @ last + U @ h + b)
}}"""
DECODER = """\
cell {name}(units: int, memory: float[S, d]) {{
  state h[units]
  seen = (h -> dense(d), memory) -> attend
  h' = (concat(x, seen), h) -> step(gru(units))
  concat(h', seen) -> dense(units, {squash})
}}"""
MATRIX = """\
cell {name}(units: int) on (x: float[r, d]) {{
  state M[r, units]
  param W, U, b
  M' = {decay} * M + {squash}(W @ x + U @ M + b)
}}"""
BOUNDED = ("tanh", "sigmoid", "softsign", "hard_sigmoid")


def add_memory_cell(scope: Scope) -> bool:
    """A state that is a matrix, written by outer products."""
    value = find_sequence(scope)
    if value is None:
        return False
    keys, values = scope.chance.randint(2, 4), scope.chance.width()
    return _run(
        scope,
        MEMORY,
        [str(keys), str(values)],
        [value.name],
        (value.type.axes[0], Axis(Size(values))),
        squash="softmax",
    )


def add_paired_cell(scope: Scope) -> bool:
    """Two inputs at every step."""
    value = find_sequence(scope)
    if value is None or not scope.can_grow():
        return False
    units, gaps = scope.chance.width(), scope.chance.likely(0.5)
    width = 1 if gaps else scope.chance.width()
    length = value.type.axes[0]
    if len(length.size.names) > 1 or not str(length.size).isalnum():
        return False
    other = Type("float", (Axis(length.size), Axis(Size(width))))
    reads = [value.name, scope.add_input(other).name]
    cell = GAPS if gaps else PAIRED
    return _run(scope, cell, [str(units)], reads, (length, Axis(Size(units))))


def add_decoder_cell(scope: Scope) -> bool:
    """A sequence that is seen whole at every step."""
    value, memory = find_sequence(scope), find_sequence(scope)
    if value is None or memory is None:
        return False
    units = scope.chance.width()
    seen = scope.chance.pick((memory.name, f"memory = {memory.name}"))
    return _run(
        scope,
        DECODER,
        [str(units), seen],
        [value.name],
        (value.type.axes[0], Axis(Size(units))),
        also=[memory.name],
    )


def add_frames_cell(scope: Scope) -> bool:
    """A step that reads an image or a matrix."""
    if not scope.can_grow():
        return False
    chance = scope.chance
    steps = Axis(Size.named("T"), chance.likely(0.7))
    high, wide, deep = (Axis(Size(chance.randint(1, 3))) for _ in range(3))
    units = chance.randint(1, 3)
    if chance.likely(0.4):
        value = scope.add_input(Type("float", (steps, high, deep)))
        made = (steps, high, Axis(Size(units)))
        return _run(scope, MATRIX, [str(units)], [value.name], made)
    value = scope.add_input(Type("float", (steps, high, wide, deep)))
    arguments = [str(units), str(chance.randint(1, 3))]
    made4 = (steps, high, wide, Axis(Size(units)))
    return _run(scope, FRAMES, arguments, [value.name], made4)


def _run(
    scope: Scope,
    cell: str,
    arguments: list[str],
    reads: list[str],
    axes: tuple[Axis, ...],
    *,
    also: list[str] | None = None,
    squash: str = "",
) -> bool:
    """A line that runs the cell, in one direction or both."""
    chance = scope.chance
    if not small(Type("float", axes)):
        return False
    name = scope.fresh("cell")
    decay, act = chance.pick(("0.5", "0.9", "0.25")), chance.pick(BOUNDED)
    text = cell.format(name=name, decay=decay, squash=squash or act)
    scope.cells.append(text)
    if chance.likely(0.3):
        axes = axes[1:]
        arguments = [*arguments, "final"]
    if chance.likely(0.2):
        arguments = (
            [*arguments, chance.pick(("l2 = 0.01", "frozen"))]
            if ("param" in cell)
            else arguments
        )
    layer = call(name, arguments)
    if chance.likely(0.3):
        merge = chance.pick(("", ", sum", ", average", ", multiply"))
        layer = f"bi({layer}{merge})"
        if not merge:
            axes = (*axes[:-1], Axis(Size(2 * (axes[-1].size.fixed or 1))))
    elif chance.likely(0.2):
        layer = call(name, [*arguments, "reverse"])
    source = reads[0] if len(reads) == 1 else f"({', '.join(reads)})"
    scope.add(source, [*reads, *(also or [])], [layer], [Type("float", axes)])
    return True
