"""Parameter reports for programs: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from specc.diagnostics.visible import visible
from specc.report.cost_cells import COST_KEYS, layer_data, model_data
from specc.report.parameters import LayerRow, ModelReport

_FORMULA = tuple("=+-@")
LAYER_HEAD = (
    "model",
    "name",
    "op",
    "layer",
    "output",
    "parameters",
    "trainable",
    "formula",
    "shared_with",
)
WEIGHT_HEAD = (
    "model",
    "layer",
    "weight",
    "shape",
    "parameters",
    "trainable",
    "initializer",
)


def render_json(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """`{"schema": 1, "models": [...]}`, in ASCII; every layer has its weights.

    `trainable` and `frozen` are numbers of parameters. A layer that uses the weights of
    another has none of its own, and one key more, `shared_with`. `least_lengths`: named
    lengths that must be more than one. What costs were asked
    for stand under `cost`; a number, or an expression while a size in it is open.
    """
    data = {"schema": 1, "models": [_model(report) for report in reports]}
    return json.dumps(data, indent=2)


def render_csv(reports: Sequence[ModelReport], weights: bool = False) -> str:
    """A row per layer; with `weights`, a row per weight instead, and no costs.

    So the column `parameters` adds up to the total either way.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    costs = COST_KEYS if any(report.cost for report in reports) else ()
    writer.writerow(WEIGHT_HEAD if weights else (*LAYER_HEAD, *costs))
    for report in reports:
        rows = _weight_rows(report) if weights else _layer_rows(report)
        writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().removesuffix("\n")


def _plain(cell: str | int) -> str | int:
    """A cell as data: no control character, and nothing a spreadsheet would compute."""
    if not isinstance(cell, str):
        return cell
    shown = visible(cell)
    return f"'{shown}" if shown[:1] in _FORMULA and len(shown) > 1 else shown


def _model(report: ModelReport) -> dict[str, object]:
    layers = [_layer(layer) for layer in report.layers]
    found: dict[str, object] = {
        "name": report.name,
        "total": report.total,
        "trainable": report.trainable,
        "frozen": report.frozen,
        "layers": layers,
        "least_lengths": dict(report.least),
    }
    if report.cost is not None:
        found["cost"] = model_data(report.cost)
        for layer, cost in zip(layers, report.cost.layers, strict=True):
            layer["cost"] = layer_data(cost)
    return found


def _layer(row: LayerRow) -> dict[str, object]:
    found: dict[str, object] = {
        "name": row.name,
        "op": row.op,
        "output": row.output,
        "parameters": row.parameters,
        "trainable": row.trainable,
        "weights": [
            {
                "name": weight.name,
                "shape": list(weight.shape),
                "parameters": weight.parameters,
            }
            for weight in row.weights
        ],
    }
    if row.shared_with is not None:
        found["shared_with"] = row.shared_with
    return found


def _layer_rows(report: ModelReport) -> Iterator[tuple[str | int, ...]]:
    costs = report.cost.layers if report.cost is not None else ()
    for place, row in enumerate(report.layers):
        yield (
            report.name,
            row.name,
            row.op,
            row.layer,
            row.output,
            row.parameters,
            row.trainable,
            row.formula,
            row.shared_with or "",
            *(layer_data(costs[place]).values() if costs else ()),
        )


def _weight_rows(report: ModelReport) -> Iterator[tuple[str | int, ...]]:
    for row in report.layers:
        for weight in row.weights:
            yield (
                report.name,
                row.name,
                weight.name,
                "x".join(map(str, weight.shape)),
                weight.parameters,
                weight.parameters if weight.trainable else 0,
                weight.source,
            )
