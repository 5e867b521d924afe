"""A sequence fed one step at a time, through `states` and `init`, gives the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.codegen.backend import Backend
from specc.codegen.build import generate
from specc.ir.graph import Cell, Model
from specc.lower import lower_text
from specc.lower.library import library_cells
from specc.ops.recurrent import Recurrent
from specc.passes import run_passes
from specc.reference import run
from specc.verify.process import Worker
from specc.verify.sample import make_generator, sample_weights

MODELS = Path(__file__).resolve().parents[2] / "specs" / "models"
STEPS = 4
Array = np.ndarray[Any, Any]
Run = Callable[[Mapping[str, Array]], Mapping[str, Array]]

VECTOR = {"x": "3"}
# The spec a cell stands in, its call, and what a step reads.
CASES: dict[str, tuple[str, str, dict[str, str]]] = {
    "convolution": ("video_convlstm", "conv_lstm(2, 3", {"x": "3, 4, 2"}),
    "convolution of a gru": ("video_convlstm", "conv_gru(2, 3", {"x": "3, 4, 2"}),
    "fast weights": ("memory_cells", "fast_weights(3", VECTOR),
    "linear attention": ("memory_cells", "linear_attention(2, 3", VECTOR),
    "delta rule": ("memory_cells", "delta_rule(2, 3", VECTOR),
    "selective": ("memory_cells", "selective(2, 1", VECTOR),
    "turing": ("memory_cells", "turing(3, 2, 3", VECTOR),
    "projected": ("published_cells", "lstm_projected(5, 2", VECTOR),
    "independent": ("published_cells", "independent(4", VECTOR),
    "time gaps": ("published_cells", "time_aware(4", {"x": "3", "gap": "1"}),
    "missing values": (
        "published_cells",
        "decaying(4",
        {"x": "3", "seen": "3", "gap": "3"},
    ),
    "attention": ("attention_decoders", "search(4, z", VECTOR),
    "layers inside": ("conditioned_decoder", "conditioned(4, z -> mean", VECTOR),
}
PROVEN_IN_BACKENDS = ["convolution", "delta rule", "time gaps", "attention"]


def build(text: str) -> Model:
    return run_passes(lower_text(text))


def cell_of(model: Model) -> Cell:
    ops = [node.op for node in model.nodes if isinstance(node.op, Recurrent)]
    return ops[-1].cell


def stepping(spec: str, call: str, reads: dict[str, str]) -> Model:
    """A model that starts from given states and hands out the last ones."""
    cells = ""
    if spec:
        cells = (MODELS / f"{spec}.seq").read_text().partition("\nmodel ")[0] + "\n"
    heads = [f"{name}: float[T, {sizes}]" for name, sizes in reads.items()]
    sees = ["z: float[S, 2]"] if ", z" in call else []
    flow = f"({', '.join(reads)})"
    head = f"model m({', '.join(heads + sees)}) -> float[1]"
    # Reads the cell's own output and states, whatever their shapes.
    probe = f"{cells}{head} {{ {flow} -> {call}, final) -> flatten -> dense(1) }}\n"
    cell = cell_of(build(probe))
    states = [str(cell.state_type(i)) for i in range(len(cell.states))]
    heads += [f"s{i}: {state}" for i, state in enumerate(states)] + sees
    sizes = ", ".join(map(str, cell.type_of(cell.output).axes))
    outputs = [f"y: float[T, {sizes}]"]
    outputs += [f"e{i}: {state}" for i, state in enumerate(states)]
    given = ", ".join(f"s{i}" for i in range(len(states)))
    ends = ", ".join(f"e{i}" for i in range(len(states)))
    apart = f"  {ends} = ends\n"
    first = "ends" if len(states) > 1 else "e0"
    return build(
        f"{cells}model m({', '.join(heads)}) -> {', '.join(outputs)} {{\n"
        f"  y, {first} = {flow} -> {call}, states, init = ({given}))\n"
        f"{apart if len(states) > 1 else ''}"
        "}\n"
    )


def hold(model: Model, run_model: Run) -> None:
    """Whole against one step at a time, from states of zeros."""
    generator = make_generator(3)
    fixed = {"T": STEPS, "S": 3}
    drawn: dict[str, Array] = {}
    for ref in model.inputs:
        node = model.nodes[ref.node]
        shape = [2, *(axis.size.at(fixed) for axis in node.type.axes)]
        drawn[node.name] = generator.uniform(0.1, 1, shape)
        if node.name.startswith("s") and node.name[1:].isdigit():
            drawn[node.name] = np.zeros(shape)
    whole = run_model(drawn)
    along = [ref for ref in model.inputs if _runs(model, ref.node)]
    names = {model.nodes[ref.node].name for ref in along}
    states = {name: x for name, x in drawn.items() if name.startswith("s")}
    states = {name: x for name, x in states.items() if name[1:].isdigit()}
    others = {n: x for n, x in drawn.items() if n not in names and n not in states}
    outputs = []
    for t in range(STEPS):
        now = {name: drawn[name][:, t : t + 1] for name in names}
        found = run_model({**now, **states, **others})
        states = {f"s{i}": found[f"e{i}"] for i in range(len(states))}
        outputs.append(found["y"])
    y = np.concatenate(outputs, axis=1)
    np.testing.assert_allclose(y, whole["y"], rtol=1e-12, atol=1e-12)
    assert np.ptp(y) > 1e-6, "something to compare"
    for i in range(len(states)):
        np.testing.assert_allclose(states[f"s{i}"], whole[f"e{i}"], rtol=1e-12)


def _runs(model: Model, number: int) -> bool:
    axes = model.nodes[number].type.axes
    return bool(axes) and str(axes[0]) == "T"


def oracle(model: Model) -> Run:
    weights = sample_weights(model, make_generator(1))
    return lambda inputs: run(model, weights, inputs).outputs


@pytest.mark.parametrize("name", sorted(library_cells()))
def test_a_cell_of_the_library_goes_on_from_its_states(name: str) -> None:
    model = stepping("", f"{name}(4", VECTOR)
    hold(model, oracle(model))


@pytest.mark.parametrize("case", CASES)
def test_a_cell_of_any_kind_goes_on_from_its_states(case: str) -> None:
    model = stepping(*CASES[case])
    hold(model, oracle(model))


@pytest.mark.framework
@pytest.mark.parametrize("case", PROVEN_IN_BACKENDS)
def test_programs_go_on_from_their_states(
    case: str, backends: tuple[Backend, ...], workers: dict[str, Worker]
) -> None:
    model = stepping(*CASES[case])
    drawn = sample_weights(model, make_generator(1))
    weights = {name: w.astype(np.float64) for name, w in drawn.items()}
    for backend in backends:
        worker = workers[backend.name]
        worker.load(generate(model, backend), "float64")
        worker.use(weights)
        hold(model, partial(worker.run, outputs=list(model.output_names)))
