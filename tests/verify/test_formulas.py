"""Weights that start by a formula: their numbers, from the seed alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from specc.codegen import initial
from specc.ir.graph import Model
from specc.verify.arrays import Array
from specc.verify.weights import initial_weights

Compile = Callable[[str], Model]
CELL = """
cell c(units: int, top: float = 1) {
  state h[units]
  param W
  param a[units] = log(uniform(1, 99)), e[units] = exp(-exp(a)) ** 2 + top / units
  param t[units] = uniform(0, 1) - uniform(0, 1), o = ones, s[units] = 2 * o
  h' = W @ x * a + e * t * o * s * h
}
"""


@pytest.fixture
def start(compile_text: Compile) -> Callable[..., Array]:
    def made(formula: str, seed: int = 3) -> Array:
        layer = f"dense(40, kernel = {formula})"
        text = f"model m(x: float[30]) -> float[40] {{ x -> {layer} }}"
        return initial_weights(compile_text(text), seed, Path())["dense.W"]

    return made


def stream(path: str = "dense.W", seed: int = 3) -> np.random.Generator:
    return initial.generator(seed, path)


def test_numbers_say_how_wide_a_draw_is(start: Callable[..., Array]) -> None:
    shape = (30, 40)
    expected = {
        "uniform(0.2)": stream().uniform(-0.2, 0.2, shape),
        "uniform(1, 1.5)": stream().uniform(1, 1.5, shape),
        "normal(0.02)": stream().normal(0, 0.02, shape),
        "normal(3, 0.02)": stream().normal(3, 0.02, shape),
        "constant(0.1)": np.full(shape, 0.1),
        "2 + zeros": np.full(shape, 2.0),
        "-normal(1)": -stream().normal(0, 1, shape),
        "min(uniform(1), 0.5)": np.minimum(stream().uniform(-1, 1, shape), 0.5),
        "sqrt(2)  * ones": np.full(shape, 2**0.5),
    }
    for formula, numbers in expected.items():
        found = start(formula)
        assert found.dtype == np.float32
        assert np.array_equal(found, numbers.astype(np.float32)), formula


def test_a_bare_name_keeps_its_bits(start: Callable[..., Array]) -> None:
    assert np.array_equal(start("uniform"), start("uniform(0.05)"))
    assert np.array_equal(start("normal"), start("normal(0.05)"))
    for name in ("orthogonal", "he_normal", "lecun_uniform", "glorot_uniform"):
        half = np.float32(0.5) * start(name)
        assert np.array_equal(start(f"{name}(0.5)"), half), name


def test_a_truncated_normal_stays_within_two_deviations(
    start: Callable[..., Array],
) -> None:
    found = start("truncated_normal(1, 0.1)")
    assert np.abs(found - 1).max() <= 0.2 + 1e-6
    assert abs(found.std() - 0.088) < 0.005, "0.88 of the deviation is left"
    untouched = np.abs(stream().standard_normal(found.shape)) <= 2
    plain = (1 + 0.1 * stream().standard_normal(found.shape)).astype(np.float32)
    assert np.array_equal(found[untouched], plain[untouched])


def test_seeds_and_paths_draw_other_numbers(start: Callable[..., Array]) -> None:
    assert not np.array_equal(start("normal(1)", seed=1), start("normal(1)", seed=2))


@pytest.mark.parametrize("layer", ["c(4, 3)", "bi(c(4, 3))"])
def test_a_weight_of_a_cell_starts_from_earlier_ones(
    layer: str, compile_text: Compile
) -> None:
    width = 8 if "bi" in layer else 4
    text = f"model m(x: float[T, 2]) -> float[T, {width}] {{ x -> {layer} }}"
    found = initial_weights(compile_text(CELL + text), 3, Path())
    for cell in {name.rpartition(".")[0] for name in found}:
        a = np.log(stream(f"{cell}.a").uniform(1, 99, 4))
        e = np.exp(-np.exp(a)) ** 2 + 0.75
        t = stream(f"{cell}.t").uniform(0, 1, 4) - stream(f"{cell}.t 2").uniform(
            0, 1, 4
        )
        for name, numbers in {"a": a, "e": e, "t": t, "s": np.full(4, 2.0)}.items():
            assert np.array_equal(found[f"{cell}.{name}"], np.float32(numbers)), name


def test_lru_starts_in_its_ring_with_its_norm(compile_text: Compile) -> None:
    """Orvieto et al. 2023, section 3.4 and appendix A."""
    layer = "lru(64, r_min = 0.5, r_max = 0.9, max_phase = 0.3)"
    text = f"model m(x: float[T, 32]) -> float[T, 32] {{ x -> {layer} }}"
    w = initial_weights(compile_text(text), 0, Path())
    modulus = np.exp(-np.exp(np.float64(w["lru.nu_log"])))
    phase = np.exp(np.float64(w["lru.theta_log"]))
    assert 0.5 < modulus.min() < modulus.max() < 0.9
    assert 0 < phase.min() < phase.max() < 0.3
    gamma = np.exp(np.float64(w["lru.gamma_log"]))
    np.testing.assert_allclose(gamma, np.sqrt(1 - modulus**2), rtol=1e-6)
    deviations = {"B_re": 64**-0.5, "B_im": 64**-0.5, "C_re": 1 / 8, "C_im": 1 / 8}
    for name, deviation in deviations.items():
        assert w[f"lru.{name}"].std() == pytest.approx(deviation, rel=0.06), name
    assert w["lru.D"].std() == pytest.approx(1, rel=0.4)
