"""How compile time and memory grow with a spec: 10 to 10,000 layers.

    python benchmarks/scaling.py [--most 10000] [--shapes chain rows ...]

Each figure is a process of its own: the user time and the peak memory of `specc check`
and `specc build`, without what they take for one layer. The exponent says how time grew
from the size before: 1 is linear, 2 is four times the time for twice the layers. With
matplotlib installed the curves are also drawn, to `scaling.svg`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from budgets import SPECC, measured

SIZES = (10, 100, 1_000, 10_000)
COMMANDS = {
    "check": ("check",),
    "build jax": ("build", "--backend", "jax", "--out"),
    "build tensorflow": ("build", "--backend", "tensorflow", "--out"),
}


def chain(layers: int) -> str:
    """Layers one after the other, each of another width than its neighbours."""
    flow = [f"dense({8 + place % 5}, relu)" for place in range(layers - 1)]
    return _model("float[8]", "\n    -> ".join(["x", *flow, "dense(8)"]))


def names(layers: int) -> str:
    """A statement for each layer, and a value of its own for each."""
    lines = [f"h{n + 1} = h{n} -> dense(8, tanh)" for n in range(layers)]
    return _model("float[8]", "\n  ".join(["h0 = x", *lines, f"h{layers}"]))


def loop(layers: int) -> str:
    """One layer in a loop."""
    return _model("float[8]", f"x -> for i in {layers} {{ dense(8, relu) }}")


def blocks(layers: int) -> str:
    """A block of six layers in a loop."""
    body = "residual { layernorm -> dense(16, relu) -> dense(8) } -> dense(8, tanh)"
    return _model("float[8]", f"x -> for i in {math.ceil(layers / 6)} {{ {body} }}")


def recurrent(layers: int) -> str:
    """Recurrent layers of the library over a ragged axis, no two neighbours alike."""
    flow = [f"{cell}({4 + place % 3})" for place in range(layers) for cell in _PICK]
    return _model("float[T, 8] ragged", " -> ".join(["x", *flow[:layers], "dense(8)"]))


def cells(layers: int) -> str:
    """A cell of its own for each layer."""
    declared = "".join(_CELL.format(place=place) for place in range(layers))
    flow = [f"own{place}(8)" for place in range(layers)]
    return declared + _model("float[T, 8]", "\n    -> ".join(["x", *flow]))


def fan(layers: int) -> str:
    """Every layer's value is kept, and all are summed at the end."""
    lines = [f"h{n + 1} = h{n} + (h{n} -> dense(8, relu))" for n in range(layers)]
    total = " + ".join(f"h{n}" for n in range(1, layers + 1))
    return _model("float[8]", "\n  ".join(["h0 = x", *lines, total]))


_PICK = ("lstm", "gru")
_CELL = """\
cell own{place}(n: int) {{
  state h[n]
  param W, U
  h' = tanh(W @ x + U @ h + {place})
  h'
}}
"""
SHAPES: dict[str, Callable[[int], str]] = {
    made.__name__: made for made in (chain, names, loop, blocks, recurrent, cells, fan)
}


def main() -> None:
    """Measure all and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=SIZES[-1], help="most layers")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=list(SHAPES))
    chosen = parser.parse_args()
    sizes = [size for size in SIZES if size <= chosen.most]
    print(f"| shape | command | {' | '.join(f'{size:,}' for size in sizes)} |")
    print("|---|---|" + "---|" * len(sizes))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for shape in chosen.shapes:
            for command, words in COMMANDS.items():
                curve = [_one(Path(folder), shape, words, n) for n in (1, *sizes)]
                found[f"{shape}, {command}"] = [time for time, _ in curve[1:]]
                print(f"| {shape} | {command} | {_cells(sizes, curve)} |", flush=True)
    if importlib.util.find_spec("matplotlib"):
        _draw(sizes, found)


def _one(
    folder: Path, shape: str, words: Sequence[str], layers: int
) -> tuple[float, float]:
    """User seconds and MiB of one command on one spec."""
    spec = folder / "spec.seq"
    spec.write_text(SHAPES[shape](layers), encoding="utf-8")
    command, *options = words
    out = [str(folder)] if options else []
    return measured((*SPECC, command, str(spec), *options, *out))


def _cells(sizes: Sequence[int], curve: Sequence[tuple[float, float]]) -> str:
    """`0.41 s, 58 MiB, n^1.02` for every size."""
    (least, _), *rest = curve
    shown = []
    for place, (time, memory) in enumerate(rest):
        text = f"{time:.2f} s, {memory:.0f} MiB"
        if place:
            more, less = time - least, rest[place - 1][0] - least
            grew = sizes[place] / sizes[place - 1]
            # Below a hundredth of a second there is nothing to compare.
            exponent = math.log(more / less, grew) if less > 0.01 else None
            text += "" if exponent is None else f", n^{exponent:.2f}"
        shown.append(text)
    return " | ".join(shown)


def _model(type: str, body: str) -> str:
    result = type.removesuffix(" ragged")
    return f"model m(x: {type}) -> {result} {{\n  {body}\n}}\n"


def _draw(sizes: Sequence[int], curves: dict[str, list[float]]) -> None:
    from matplotlib import pyplot

    for name, times in curves.items():
        pyplot.loglog(sizes, times, marker="o", label=name)
    pyplot.xlabel("layers")
    pyplot.ylabel("user seconds")
    pyplot.legend(fontsize="small")
    pyplot.savefig("scaling.svg")


if __name__ == "__main__":
    main()
