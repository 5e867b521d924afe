"""Values have the names that the spec gives them, wherever it gives one."""

from __future__ import annotations

import pytest

import specc

MODEL = "model m(x: float[T, 4]) -> {}float[4] {{ x -> dense(4) -> max }}"


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_an_output_is_called_what_the_head_calls_it(backend: str) -> None:
    text = specc.compile(MODEL.format("highest: ")).source(backend)
    assert "    highest = " in text and "highest: float[B, 4]." in text


def test_an_output_without_a_name_is_told_by_its_type() -> None:
    compiled = specc.compile(MODEL.format(""))
    assert "Returns float[B, 4]." in compiled.source("jax")
    assert "a model whose output is float[B, 4]." in compiled.source("tensorflow")


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_values_are_called_what_a_block_calls_them(backend: str) -> None:
    block = "block gate(units: int) on (u, other) { u * (other -> dense(units)) }\n"
    text = MODEL.format("").replace("x -> dense(4)", "(x -> relu, x) -> gate(4)")
    made = specc.compile(block + text).source(backend)
    assert "    u = " in made and "u * " in made


def test_a_value_called_v_does_not_hide_where_weights_are() -> None:
    block = "block gate(units: int) on (u, v) { u * (v -> dense(units)) }\n"
    flow = "(x -> relu, x -> tanh) -> gate(4)"
    text = MODEL.format("").replace("x -> dense(4)", flow)
    made = specc.compile(block + text).source("jax")
    assert 'variables["gate"]["dense"]' in made and "v_2" not in made
