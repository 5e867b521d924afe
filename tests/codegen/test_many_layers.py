"""Programs of very many layers are Python that any interpreter takes."""

from __future__ import annotations

import pytest

import specc

LAYERS = 1_000


def different_layers() -> str:
    flow = " -> ".join(f"dense({8 + place}, relu)" for place in range(LAYERS))
    return f"model m(x: float[8]) -> float[1] {{ x -> {flow} -> dense(1) }}"


def one_sum() -> str:
    names = [f"h{place}" for place in range(LAYERS)]
    lines = "\n".join(f"{name} = x -> dense(8)" for name in names)
    return f"model m(x: float[8]) -> float[8] {{\n{lines}\n{' + '.join(names)}\n}}"


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
@pytest.mark.parametrize("made", [different_layers, one_sum])
def test_a_thousand_layers_make_a_program_that_compiles(backend: str, made) -> None:
    text = specc.compile(made()).source(backend)
    # Neither the parser's nor the compiler's stack is deep enough for nested code.
    code = compile(text, "<program>", "exec")
    assert {"SPEC"} < set(code.co_names)
    assert text.count("relu") >= LAYERS or made is one_sum
