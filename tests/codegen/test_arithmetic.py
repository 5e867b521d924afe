"""Sums and products of values are written as a person would write them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import specc

HEAD = "model m(x: float[T, 4], z: float[T, 4], t: float[T], d: float[4])"
BACKENDS = ["jax", "tensorflow"]


def source(line: str, backend: str) -> str:
    text = f"{HEAD} -> y: float[T, 4] {{\n  y = {line}\n  y * t * d * z * x\n}}\n"
    return specc.compile(text).source(backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("x + z * x", "y = x + z * x"),
        ("(x + z) * x", "y = (x + z) * x"),
        ("x - (z - x)", "y = x - (z - x)"),
        ("x / (z / x)", "y = x / (z / x)"),
        ("x / z * x", "y = x / z * x"),
        ("x ** z ** 2", "y = x**z**2"),
        ("(x ** z) ** 2", "y = (x**z) ** 2"),
        ("x ** -2", "y = x**-2"),
        ("-x ** 2", "y = -(x**2)"),
        ("(-x) ** 2", "y = (-x) ** 2"),
        ("x - 0.5 + z", "y = x - 0.5 + z"),
        ("(1 - x) * z", "y = (1 - x) * z"),
        ("-(x + z) * x", "y = -(x + z) * x"),
    ],
)
def test_an_expression_keeps_its_shape(line: str, written: str, backend: str) -> None:
    assert f"    {written}  # [B, T, 4]\n" in source(line, backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_long_chain_is_broken_into_lines_and_laid_out(backend: str) -> None:
    made = source(" + ".join(["x", "z * 2"] * 60), backend)
    assert max(map(len, made.splitlines())) <= 88
    command = [sys.executable, "-m", "ruff", "format", "--check", "-"]
    subprocess.run(command, input=made, text=True, check=True, capture_output=True)
