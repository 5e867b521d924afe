"""A cost as cells of a table, and as plain data for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from specc.ir.amount import Amount
from specc.ir.size import Size
from specc.report.cost import LayerCost, ModelCost

COST_HEAD = ("multiply-adds", "steps", "activation bytes")
COST_KEYS = ("multiply_adds", "steps", "activation_bytes")


def cost_cells(cost: LayerCost) -> tuple[str, ...]:
    """A layer's cells under `COST_HEAD`."""
    return (
        amount_text(cost.multiply_adds),
        _readable(str(cost.steps)),
        amount_text(cost.activations),
    )


def total_cells(cost: ModelCost) -> tuple[str, ...]:
    """The cells of the totals: all layers, but the steps of the longest path."""
    paths = ", ".join(_readable(str(steps)) for steps in cost.steps)
    return (
        amount_text(cost.multiply_adds),
        f"max({paths})" if len(cost.steps) > 1 else paths,
        amount_text(cost.activations),
    )


def amount_text(amount: Amount) -> str:
    """`16,512·B·T + 64·B`."""
    return _readable(str(amount))


def size_note(cost: ModelCost) -> str:
    """What the numbers are for: `batch 64, T = 120, one pass forward`."""
    parts = [_given("batch", cost.batch)]
    parts += [_given(name, length) for name, length in cost.lengths]
    return ", ".join([*(part for part in parts if part), "one pass forward"])


def memory_rows(cost: ModelCost) -> list[tuple[str, Amount]]:
    """What a training step keeps, in bytes."""
    return [
        ("weights", Amount.product(cost.weights)),
        ("gradients", Amount.product(cost.gradients)),
        ("moments of Adam", Amount.product(cost.moments)),
        ("activations", cost.activations),
        ("all for training", cost.memory),
    ]


def layer_data(cost: LayerCost) -> dict[str, int | str]:
    """A layer's cost by `COST_KEYS`: numbers, or expressions where a size is open."""
    return {
        "multiply_adds": _plain(cost.multiply_adds),
        "steps": _plain(cost.steps),
        "activation_bytes": _plain(cost.activations),
    }


def model_data(cost: ModelCost) -> dict[str, object]:
    """A model's cost: the sizes it is for, the totals, and the memory in bytes."""
    lengths: Mapping[str, int | str] = {n: _plain(size) for n, size in cost.lengths}
    return {
        "batch": _plain(cost.batch),
        "lengths": lengths,
        "multiply_adds": _plain(cost.multiply_adds),
        "steps": _steps(cost.steps),
        "memory_bytes": {
            "weights": cost.weights,
            "gradients": cost.gradients,
            "moments": cost.moments,
            "activations": _plain(cost.activations),
            "total": _plain(cost.memory),
        },
    }


def _given(name: str, size: Size) -> str:
    if size.fixed is not None:
        return f"{name} = {size}"
    return "" if str(size) == name else f"{name} = {size}"


def _steps(paths: Sequence[Size]) -> int | str | None:
    if len(paths) == 1:
        return _plain(paths[0])
    return f"max({', '.join(map(str, paths))})" if paths else None


def _plain(amount: Amount | Size) -> int | str:
    return str(amount) if amount.fixed is None else amount.fixed


def _readable(text: str) -> str:
    """An expression with `·` between factors and numbers in groups of three."""
    tight = text.replace(" * ", "·")
    return re.sub(r"(?<![A-Za-z_0-9])\d+", lambda found: f"{int(found[0]):,}", tight)
